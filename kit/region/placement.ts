/**
 * What a container is, read from its labels and its command: role, AZ, data centre, service, ports, program.
 * It guards against the label that is misspelt and therefore silently absent: a replica without its AZ
 * would survive every experiment, and the experiment would pass.
 */
import type { Node } from 'yaml';
import { AVAILABILITY_ZONES, isAvailabilityZone, LABEL, ROLES, SCOPES } from '#contracts/labels.ts';
import type { AvailabilityZone, Role, Scope } from '#contracts/labels.ts';
import type { ServiceDeclaration } from './compose-subset.ts';
import type { Text, YamlSource } from './yaml-source.ts';

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

type Placing = 'az' | 'dc' | 'service' | 'scope' | 'port';
type Need = 'needed' | 'optional' | 'refused';

const OUTSIDE = { az: 'refused', dc: 'refused', service: 'refused', scope: 'refused', port: 'refused' } as const;

/** Which labels a role has. A load balancer and a link belong to their whole AZ, hence to no data centre. */
const NEEDS: Record<Role, Record<Placing, Need>> = {
  'front-door': { ...OUTSIDE, port: 'needed' },
  'load-balancer': { ...OUTSIDE, az: 'needed', port: 'needed' },
  service: { az: 'needed', dc: 'optional', service: 'needed', scope: 'optional', port: 'needed' },
  link: { ...OUTSIDE, az: 'needed' },
  customers: OUTSIDE,
  injector: { ...OUTSIDE, port: 'needed' },
  controller: { ...OUTSIDE, port: 'needed' },
  observer: { ...OUTSIDE, port: 'optional' },
  tool: OUTSIDE,
  region: OUTSIDE,
};

/** Roles that a container with a program of somebody else can have. */
const FOREIGN: readonly Role[] = ['service', 'link', 'observer'];

const A_PORT = 'a port from 1 to 65535';
const ALLOWED: Record<Placing, string> = {
  az: AVAILABILITY_ZONES.join(', '),
  dc: '<az>-dc1, <az>-dc2, …',
  service: 'a host name of a-z, 0-9 and "-", by which others call it',
  scope: SCOPES.join(', '),
  port: A_PORT,
};

const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
/** Relative, and not leaving the checkout. */
const PROGRAM = /^(?!\/)(?!(?:.*\/)?\.\.?(?:\/|$))[\w./-]+\.ts$/;

/** Null, after a complaint for every wrong label, if the container cannot be placed. */
export function readPlacement(source: YamlSource, declaration: ServiceDeclaration): Placement | null {
  const { name, at, labels } = declaration;
  let isGood = true;
  const refuse: Refuse = (where, message) => {
    isGood = false;
    source.report(where, `${name}: ${message}`);
  };
  for (const [label, { at: where }] of labels) {
    if (label.startsWith('azimuth.') && !KNOWN.includes(label)) refuse(where, `label ${label} is unknown; there are ${KNOWN.join(', ')}`);
  }
  const role = oneOf(labels, LABEL.role, ROLES, refuse);
  if (!labels.has(LABEL.role)) refuse(at, `needs the label ${LABEL.role}; allowed: ${ROLES.join(', ')}`);
  if (role !== null) checkNeeds(declaration, role, refuse);
  const az = oneOf(labels, LABEL.az, AVAILABILITY_ZONES, refuse);
  const placement = {
    az,
    dc: matching(labels, LABEL.dc, (text) => isDataCentreOf(text, az), az === null ? ALLOWED.dc : `${az}-dc1, ${az}-dc2, …`, refuse),
    service: matching(labels, LABEL.service, (text) => SERVICE_NAME.test(text), ALLOWED.service, refuse),
    port: portOf(labels, LABEL.port, refuse),
    adminPort: portOf(labels, LABEL.adminPort, refuse),
    program: readProgram(declaration, refuse),
  };
  if (role !== null) checkStart(declaration, role, refuse);
  const scope = oneOf(labels, LABEL.scope, SCOPES, refuse) ?? (az === null ? 'regional' : 'zonal');
  if (role !== null) checkProgram(declaration, role, placement, refuse);
  return isGood && role !== null ? { ...placement, role, scope } : null;
}

const KNOWN = Object.values(LABEL) as string[];

type Labels = ReadonlyMap<string, Text>;
type Refuse = (where: Node, message: string) => void;

function checkNeeds({ at, labels }: ServiceDeclaration, role: Role, refuse: Refuse): void {
  for (const [key, need] of Object.entries(NEEDS[role]) as [Placing, Need][]) {
    const found = labels.get(LABEL[key]);
    if (need === 'needed' && found === undefined) refuse(at, `role ${role} needs the label ${LABEL[key]}; allowed: ${ALLOWED[key]}`);
    if (need !== 'refused' || found === undefined) continue;
    const having = ROLES.filter((other) => NEEDS[other][key] !== 'refused');
    refuse(found.at, `role ${role} has no ${LABEL[key]}: remove it; roles that have one are ${having.join(', ')}`);
  }
}

/** A tool is started by its name alone, with words for the program of its entrypoint; everything else starts by itself. */
function checkStart({ at, entrypoint, profiles }: ServiceDeclaration, role: Role, refuse: Refuse): void {
  const [first] = entrypoint;
  if (role === 'tool') {
    // Words behind the file are its own.
    if (first?.text !== 'node' || !entrypoint.some(({ text }) => PROGRAM.test(text))) {
      refuse(first?.at ?? at, 'role tool needs an entrypoint of the form ["node", "<file>.ts", …], the file relative to this checkout');
    }
    if (profiles.length === 0) refuse(at, 'role tool needs "profiles", else it starts with the region');
    return;
  }
  if (first !== undefined && !FOREIGN.includes(role)) refuse(first.at, `role ${role} has no entrypoint: its command says what runs`);
  const [profile] = profiles;
  if (profile !== undefined) refuse(profile.at, `role ${role} is always there: only a tool has profiles`);
}

function checkProgram(
  { name, at, labels, command, environment }: ServiceDeclaration,
  role: Role,
  { program, port, adminPort }: Pick<Placement, 'program' | 'port' | 'adminPort'>,
  refuse: Refuse,
): void {
  const admin = labels.get(LABEL.adminPort);
  if (role === 'tool') {
    if (admin !== undefined) refuse(admin.at, `role tool ends with its command and has no ${LABEL.adminPort}`);
    return;
  }
  if (program === null && !FOREIGN.includes(role) && command[0]?.text !== 'node') {
    refuse(command[0]?.at ?? at, `role ${role} needs a command of the form ["node", "services/<name>/main.ts"]`);
  }
  if (program === null || role === 'region') {
    if (admin !== undefined) refuse(admin.at, `only a program of ours (command ["node", "<file>.ts"]) that keeps running has ${LABEL.adminPort}`);
    return;
  }
  if (admin === undefined) refuse(at, `a program of ours needs the label ${LABEL.adminPort}; allowed: ${A_PORT}`);
  else if (port !== null && port === adminPort) refuse(admin.at, `${LABEL.port} and ${LABEL.adminPort} are both ${port}; they must differ`);
  const instance = environment.get('AZIMUTH_INSTANCE');
  if (instance?.text !== name) refuse(instance?.at ?? at, `AZIMUTH_INSTANCE in its environment must be its own name, ${name}`);
}

function oneOf<T extends string>(labels: Labels, label: string, allowed: readonly T[], refuse: Refuse): T | null {
  const found = labels.get(label);
  const value = allowed.find((candidate) => candidate === found?.text) ?? null;
  if (found !== undefined && value === null) refuse(found.at, `${label} is "${found.text}"; allowed: ${allowed.join(', ')}`);
  return value;
}

function matching(labels: Labels, label: string, test: (text: string) => boolean, allowed: string, refuse: Refuse): string | null {
  const found = labels.get(label);
  if (found === undefined) return null;
  if (test(found.text)) return found.text;
  refuse(found.at, `${label} is "${found.text}"; allowed: ${allowed}`);
  return null;
}

function portOf(labels: Labels, label: string, refuse: Refuse): number | null {
  const isPort = (text: string): boolean => /^[1-9]\d{0,4}$/.test(text) && Number(text) <= 65535;
  const text = matching(labels, label, isPort, A_PORT, refuse);
  return text === null ? null : Number(text);
}

/** `az1-dc2` is a data centre of az1; of any AZ while its own is not known. */
function isDataCentreOf(text: string, az: AvailabilityZone | null): boolean {
  const owner = /^(az\d+)-dc[1-9]\d{0,2}$/.exec(text)?.[1];
  return owner !== undefined && (az === null ? isAvailabilityZone(owner) : owner === az);
}

/** The program of a command `["node", "<file>.ts"]`; null for a container that is not ours. */
function readProgram({ command }: ServiceDeclaration, refuse: Refuse): string | null {
  const [first, file, ...others] = command;
  if (first?.text !== 'node') return null;
  if (file !== undefined && others.length === 0 && PROGRAM.test(file.text)) return file.text;
  refuse(file?.at ?? first.at, 'a command of node must be ["node", "<file>.ts"], the file relative to this checkout');
  return null;
}
