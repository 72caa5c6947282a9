/** A small valid region for tests: one AZ, one line per thing that can be wrong. */
export const SMALL_REGION = `name: \${AZIMUTH_REGION:-azimuth}
x-environment: &environment
  LOG_LEVEL: \${LOG_LEVEL:-warn}
services:
  region:
    image: azimuth
    command: ["node", "services/region/main.ts"]
    network_mode: none
    labels:
      azimuth.role: region
    environment:
      AZIMUTH_REGION: \${AZIMUTH_REGION:-azimuth}
      AZIMUTH_SHOP_PORT: \${AZIMUTH_SHOP_PORT:-8080}
      LOG_LEVEL: \${LOG_LEVEL:-warn}
  front-door:
    command: ["node", "services/load-balancer/main.ts"]
    labels:
      azimuth.role: front-door
      azimuth.port: 8080
      azimuth.admin-port: 9000
    environment: { <<: *environment, AZIMUTH_INSTANCE: front-door }
    ports:
      - "127.0.0.1:\${AZIMUTH_SHOP_PORT:-8080}:8080"
    networks:
      front: { ipv4_address: 10.83.0.10 }
      street: { ipv4_address: 10.83.4.10 }
  az1-link:
    image: ghcr.io/shopify/toxiproxy:2.12.0
    labels:
      azimuth.role: link
      azimuth.az: az1
    command: ["-host", "10.83.0.101", "-port", "8474"]
    networks:
      front: { ipv4_address: 10.83.0.101 }
      az1: { ipv4_address: 10.83.1.101 }
  az1-load-balancer:
    command: ["node", "services/load-balancer/main.ts"]
    labels:
      azimuth.role: load-balancer
      azimuth.az: az1
      azimuth.port: 80
      azimuth.admin-port: 9000
    environment: { <<: *environment, AZIMUTH_INSTANCE: az1-load-balancer }
    networks:
      az1:
        ipv4_address: 10.83.1.10
        aliases: [kitchen]
  az1-kitchen-a:
    command: ["node", "services/kitchen/main.ts"]
    labels:
      azimuth.role: service
      azimuth.service: kitchen
      azimuth.scope: zonal
      azimuth.az: az1
      azimuth.dc: az1-dc1
      azimuth.port: 8080
      azimuth.admin-port: 9000
    environment:
      <<: *environment
      AZIMUTH_INSTANCE: az1-kitchen-a
      KITCHEN_OVENS: 8
    networks:
      az1: { ipv4_address: 10.83.1.31 }
networks:
  az1: { internal: true, ipam: { config: [{ subnet: 10.83.1.0/24 }] } }
  front: { internal: true, ipam: { config: [{ subnet: 10.83.0.0/24 }] } }
  street: { ipam: { config: [{ subnet: 10.83.4.0/24 }] } }
`;

/** Puts `after` where `before` stands; exactly one place. */
export function edited(before: string, after: string, text = SMALL_REGION): string {
  const parts = text.split(before);
  if (parts.length !== 2) throw new Error(`"${before}" stands ${parts.length - 1} times in the text`);
  return parts.join(after);
}
