/**
 * What a container is, read from its labels and its command: role, AZ, data centre, service, ports, program.
 * It guards against the label that is misspelt and therefore silently absent: a replica without its AZ
 * would survive every experiment, and the experiment would pass.
 */
import type { Node } from 'yaml';
import { AVAILABILITY_ZONES, isAvailabilityZone, LABEL, ROLES, SCOPES } from '#contracts/labels.ts';
import type { AvailabilityZone, Role, Scope } from '#contracts/labels.ts';
import type { ServiceDeclaration } from './compose-subset.ts';
import type { YamlSource } from './yaml-source.ts';

export interface Placement {
  role: Role;
  az: AvailabilityZone | null;
  dc: string | null;
  service: string | null;
  scope: Scope;
  port: number | null;
  adminPort: number | null;
  program: string | null;
}

const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const PROGRAM = /^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[\w./-]+\.ts$/;

const INSIDE: readonly Role[] = ['load-balancer', 'service', 'link'];
/** Roles that others send traffic to. */
const SERVING: readonly Role[] = ['front-door', 'load-balancer', 'service', 'injector'];

/** Null, after a complaint for every wrong label, if the container cannot be placed. */
export function readPlacement(source: YamlSource, declaration: ServiceDeclaration): Placement | null {
  const { name, at, labels, command } = declaration;
  let isGood = true;
  const refuse = (where: Node, message: string): void => {
    isGood = false;
    source.report(where, `${name}: ${message}`);
  };
  const one = <T extends string>(label: string, allowed: readonly T[]): T | null => {
    const found = labels.get(label);
    if (found === undefined) return null;
    const value = allowed.find((candidate) => candidate === found.text);
    if (value === undefined) refuse(found.at, `${label} is "${found.text}"; allowed: ${allowed.join(', ')}`);
    return value ?? null;
  };
  const port = (label: string): number | null => {
    const found = labels.get(label);
    if (found === undefined) return null;
    if (/^[1-9]\d{0,4}$/.test(found.text) && Number(found.text) <= 65535) return Number(found.text);
    refuse(found.at, `${label} is "${found.text}"; it must be a port from 1 to 65535`);
    return null;
  };

  const ours = Object.values(LABEL) as string[];
  for (const [label, { at: where }] of labels) {
    if (label.startsWith('azimuth.') && !ours.includes(label)) refuse(where, `label ${label} is unknown; there are ${ours.join(', ')}`);
  }
  const role = one(LABEL.role, ROLES);
  const az = one(LABEL.az, AVAILABILITY_ZONES);
  const scope = one(LABEL.scope, SCOPES);
  const trafficPort = port(LABEL.port);
  const adminPort = port(LABEL.adminPort);
  const dc = labels.get(LABEL.dc);
  const service = labels.get(LABEL.service);
  const program = readProgram(source, declaration);
  if (!labels.has(LABEL.role)) refuse(at, `needs the label ${LABEL.role}; allowed: ${ROLES.join(', ')}`);
  if (role === null) return null;

  const belongs = INSIDE.includes(role);
  if (belongs && !labels.has(LABEL.az)) refuse(at, `role ${role} needs the label ${LABEL.az}; allowed: ${AVAILABILITY_ZONES.join(', ')}`);
  if (!belongs && labels.has(LABEL.az)) refuse(labels.get(LABEL.az)?.at ?? at, `role ${role} stands outside every AZ: remove ${LABEL.az}`);
  if (dc !== undefined && role !== 'service') refuse(dc.at, `only role service has ${LABEL.dc}; role ${role} belongs to ${belongs ? 'its whole AZ' : 'none'}`);
  else if (dc !== undefined && !isDataCentreOf(dc.text, az)) {
    refuse(dc.at, `${LABEL.dc} is "${dc.text}"; it must be a data centre of its AZ: ${az ?? '<az>'}-dc1, ${az ?? '<az>'}-dc2, …`);
  }
  if (role === 'service' && service === undefined) refuse(at, `role service needs the label ${LABEL.service}, the name by which others call it`);
  if (role !== 'service' && service !== undefined) refuse(service.at, `only role service has ${LABEL.service}`);
  if (service !== undefined && !SERVICE_NAME.test(service.text)) {
    refuse(service.at, `${LABEL.service} is "${service.text}"; it must be a host name of a-z, 0-9 and "-"`);
  }
  if (scope !== null && role !== 'service') refuse(labels.get(LABEL.scope)?.at ?? at, `only role service has ${LABEL.scope}`);
  const needsPort = SERVING.includes(role);
  if (needsPort && !labels.has(LABEL.port)) refuse(at, `role ${role} needs the label ${LABEL.port}, a port from 1 to 65535`);
  if (!needsPort && labels.has(LABEL.port)) refuse(labels.get(LABEL.port)?.at ?? at, `role ${role} takes no traffic of its own: remove ${LABEL.port}`);
  const needsAdmin = program !== null && role !== 'region';
  if (needsAdmin && !labels.has(LABEL.adminPort)) refuse(at, `a program of ours needs the label ${LABEL.adminPort}, a port from 1 to 65535`);
  if (!needsAdmin && labels.has(LABEL.adminPort)) {
    refuse(labels.get(LABEL.adminPort)?.at ?? at, `only a program of ours (command ["node", "….ts"]) has ${LABEL.adminPort}`);
  }
  if (trafficPort !== null && trafficPort === adminPort) {
    refuse(labels.get(LABEL.adminPort)?.at ?? at, `${LABEL.port} and ${LABEL.adminPort} are both ${trafficPort}; they must differ`);
  }
  const instance = declaration.environment.get('AZIMUTH_INSTANCE');
  if (needsAdmin && instance?.text !== name) {
    refuse(instance?.at ?? at, `AZIMUTH_INSTANCE in its environment must be its own name, ${name}`);
  }
  if (program === null && role !== 'service' && role !== 'link') {
    refuse(command[0]?.at ?? at, `role ${role} needs a command of the form ["node", "services/<name>/main.ts"]`);
  }
  if (!isGood) return null;
  const defaultScope = belongs ? 'zonal' : 'regional';
  return { role, az, dc: dc?.text ?? null, service: service?.text ?? null, scope: scope ?? defaultScope, port: trafficPort, adminPort, program };
}

/** `az1-dc2` is a data centre of az1; without a valid AZ, of any. */
function isDataCentreOf(text: string, az: AvailabilityZone | null): boolean {
  const match = /^(az\d+)-dc[1-9]\d{0,2}$/.exec(text);
  const owner = match?.[1];
  return owner !== undefined && (az === null ? isAvailabilityZone(owner) : owner === az);
}

/** The program of a command `["node", "<file>.ts"]`; null for a container that is not ours. */
function readProgram(source: YamlSource, { name, command }: ServiceDeclaration): string | null {
  const [first, file, ...others] = command;
  if (first?.text !== 'node') return null;
  if (file !== undefined && others.length === 0 && PROGRAM.test(file.text)) return file.text;
  source.report(file?.at ?? first.at, `${name}: a command of node must be ["node", "<file>.ts"], the file relative to this checkout`);
  return null;
}
