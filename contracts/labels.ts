/**
 * The labels by which `docker-compose.yml` says what a container is. They are the only thing that the
 * compiler, the injector and the drivers go by: a container name means nothing to them.
 */

/** Container labels, all under `azimuth.`; see the table in ARCHITECTURE.md. */
export const LABEL = {
  role: 'azimuth.role',
  /** Availability Zone. Absent on what stands outside every AZ (front door, customers, observers). */
  az: 'azimuth.az',
  /** Data centre, `<az>-dc<n>`: a blast radius inside the AZ. */
  dc: 'azimuth.dc',
  /** Name by which others call the service (`kitchen`); only with role `service`. */
  service: 'azimuth.service',
  /** `zonal` lives and dies with one AZ; `regional` spreads itself over all. */
  scope: 'azimuth.scope',
  /** Port of the traffic. */
  port: 'azimuth.port',
  /** Port of `/metrics`, `/readyz` and the switches; never reachable by customers. */
  adminPort: 'azimuth.admin-port',
} as const;

export const AVAILABILITY_ZONES = ['az1', 'az2', 'az3'] as const;
export type AvailabilityZone = (typeof AVAILABILITY_ZONES)[number];

export const ROLES = ['front-door', 'load-balancer', 'service', 'link', 'customers', 'injector', 'controller', 'observer', 'tool', 'region'] as const;
export type Role = (typeof ROLES)[number];

export const SCOPES = ['zonal', 'regional'] as const;
export type Scope = (typeof SCOPES)[number];

/** Narrows a label's text; anything else is a configuration error that the caller reports. */
export function isAvailabilityZone(text: string): text is AvailabilityZone {
  return (AVAILABILITY_ZONES as readonly string[]).includes(text);
}
