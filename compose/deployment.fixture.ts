/** The deployment's files as data: docker-compose.yml with its merge keys resolved, and whatever else lies in the checkout. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';

export interface Service {
  image: string;
  pull_policy?: string;
  build?: { context: string; dockerfile: string };
  attach?: boolean;
  init?: boolean;
  user?: string;
  read_only?: boolean;
  cap_drop?: string[];
  security_opt?: string[];
  mem_limit?: string;
  healthcheck?: { test: string[] };
  profiles?: string[];
  restart?: string;
  entrypoint?: string[];
  command?: string[];
  ports?: string[];
  volumes?: string[];
  networks?: Record<string, unknown>;
  environment?: Record<string, string | number>;
  labels: Record<string, string | number>;
  depends_on?: Record<string, { condition: string }>;
}

export interface Mount {
  source: string;
  target: string;
  isReadOnly: boolean;
}

export const ROOT = join(import.meta.dirname, '..');

export function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

export function yaml(path: string): unknown {
  return parse(read(path), { merge: true });
}

export const { services, networks, volumes } = yaml('docker-compose.yml') as {
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean }>;
  volumes: Record<string, unknown>;
};

export function roleOf({ labels }: Service): string {
  return String(labels['azimuth.role']);
}

export function namesOf(test: (service: Service, name: string) => boolean): string[] {
  return Object.entries(services).filter(([name, service]) => test(service, name)).map(([name]) => name);
}

/** `source:target[:ro]`; a source may be a variable with a path in its default. */
export function mountsOf({ volumes: texts = [] }: Service): Mount[] {
  return texts.map((text) => {
    const [, source = '', target = '', mode] = /^(\$\{[^}]+\}|[^:]+):([^:]+)(?::(ro))?$/.exec(text) ?? [];
    return { source, target, isReadOnly: mode === 'ro' };
  });
}
