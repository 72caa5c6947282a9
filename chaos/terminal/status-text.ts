/** `status` as a page for people: faults, customers, round trips, components with their cost, and who thinks what of whom. */
import { isLinkVerb, type ComponentStatus, type Fault, type RegionStatus, type TargetOpinion, type UpstreamOpinion } from '#contracts/faults.ts';
import { customersText } from './customers-text.ts';
import { faultText } from './fault-text.ts';
import { roundTripText } from './round-trip-text.ts';
import { bytes, countdown, figure, percent, table } from './table.ts';

const INDENT = '  ';

export function statusText(status: RegionStatus): string {
  const sections = [
    headText(status),
    faultsSection(status),
    customersSection(status),
    roundTripText(status.roundTrips, INDENT),
    componentsSection(status),
    opinionsSection(status),
  ];
  return sections.filter((section) => section !== null).join('\n\n');
}

function headText({ region, body, urls, settings, atMs }: RegionStatus): string {
  const rescue = settings.rescue ? 'on' : 'off';
  const ovens = settings.ovens === null ? '' : `, ${settings.ovens} ovens per kitchen`;
  const time = new Date(atMs).toISOString().slice(11, 19);
  const rows = Object.entries(urls).map(([name, url]) => [name, url]);
  return `Region "${region}" (${body}) at ${time} UTC; rescue ${rescue}${ovens}\n${table(rows, INDENT)}`;
}

function faultsSection({ faults, atMs }: RegionStatus): string {
  if (faults.length === 0) return 'Faults: none';
  const rows = faults.map((fault) => [
    fault.id,
    faultText(fault),
    membersText(fault),
    fault.state === 'healing' ? 'healing' : `heals in ${countdown(fault.leaseEndsMs - atMs)}`,
    [fault.reason, pendingText(fault)].filter((part) => part !== null).join('; '),
  ]);
  return `Faults\n${table(rows, INDENT)}`;
}

function membersText({ verb, members }: Fault): string {
  const one = isLinkVerb(verb) ? 'way' : 'member';
  return `${members.length} ${members.length === 1 ? one : `${one}s`}`;
}

/** A link that cannot be reached may hold the fault already: it froze with it. */
function pendingText({ verb, pending }: Fault): string | null {
  if (pending === undefined) return null;
  return `${isLinkVerb(verb) ? 'cannot be reached' : 'not told yet'}: ${pending.map(({ name }) => name).join(', ')}`;
}

function customersSection({ customers }: RegionStatus): string {
  if (customers === null) return 'Customers: they do not answer';
  const arm = customers.arm === 'bare' ? ', bare clients' : '';
  const lag = `their own lag: p99 ${customers.generatorLagMsP99.toFixed(1)} ms`;
  return `Customers, last ${customers.windowMs / 1000} s at ${customers.ratePerSecond} orders/s${arm}\n${INDENT}${customersText(customers)}\n${INDENT}${lag}`;
}

function componentsSection({ components }: RegionStatus): string {
  const rows = components.map((one) => [
    one.name,
    one.dc ?? one.az ?? 'outside',
    one.state,
    figure(one.pid === null ? '-' : String(one.pid), 7),
    figure(one.memoryBytes === null ? '-' : bytes(one.memoryBytes), 10),
    figure(one.cpuShare === null ? '-' : percent(one.cpuShare), 6),
  ]);
  const total = ['total', '', `${count(components, 'running')} of ${components.length} running`, '', figure(bytesTotal(components), 10), figure(cpuTotal(components), 6)];
  return `${table([['Components', 'where', 'state', figure('pid', 7), figure('PSS', 10), figure('cpu', 6)], ...rows, total])}`;
}

/** One table per upstream: balancers down, targets across; a reason where a target is not simply up. */
function opinionsSection({ balancers, atMs }: RegionStatus): string {
  const silent = balancers.filter(({ upstreams }) => upstreams === null).map(({ balancer }) => balancer);
  const upstreams = [...new Set(balancers.flatMap((one) => (one.upstreams ?? []).map(({ upstream }) => upstream)))];
  const tables = upstreams.map((upstream) => {
    const opinions = balancers.flatMap(({ balancer, upstreams: all }) => {
      const found = all?.find((one) => one.upstream === upstream);
      return found === undefined ? [] : [{ balancer, opinion: found }];
    });
    const targets = [...new Set(opinions.flatMap(({ opinion }) => opinion.targets.map(({ target }) => target)))];
    const head = [`What they think of ${upstream}`, ...targets.map((target) => target.replace(`-${upstream}`, '')), ''];
    const rows = opinions.map(({ balancer, opinion }) => [
      `${INDENT}${balancer}`,
      ...targets.map((target) => cell(opinion.targets.find((one) => one.target === target), atMs)),
      remarks(opinion, atMs),
    ]);
    return table([head, ...rows]);
  });
  return [...tables, ...(silent.length === 0 ? [] : [`Balancers that say nothing: ${silent.join(', ')}`])].join('\n\n');
}

function cell(opinion: TargetOpinion | undefined, atMs: number): string {
  if (opinion === undefined) return '-';
  const weight = opinion.weight < 1 ? ` ${percent(opinion.weight)}` : '';
  return opinion.state === 'up' ? `up${weight}` : `${opinion.state} ${opinion.reason} ${countdown(atMs - opinion.sinceMs)}${weight}`;
}

function remarks({ failOpen, spill, shiftedZones }: UpstreamOpinion, atMs: number): string {
  return [
    ...(failOpen ? ['fails open'] : []),
    ...(spill > 0 ? [`spills ${percent(spill)}`] : []),
    ...shiftedZones.map(({ zone, untilMs }) => `${zone} shifted away for ${countdown(untilMs - atMs)}`),
  ].join(', ');
}

function count(components: readonly ComponentStatus[], state: ComponentStatus['state']): number {
  return components.filter((one) => one.state === state).length;
}

function bytesTotal(components: readonly ComponentStatus[]): string {
  const known = components.map(({ memoryBytes }) => memoryBytes).filter((value) => value !== null);
  return known.length === 0 ? '-' : bytes(known.reduce((sum, value) => sum + value, 0));
}

function cpuTotal(components: readonly ComponentStatus[]): string {
  const known = components.map(({ cpuShare }) => cpuShare).filter((value) => value !== null);
  return known.length === 0 ? '-' : percent(known.reduce((sum, value) => sum + value, 0));
}
