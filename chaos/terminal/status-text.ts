/** `status` as a page for people: faults, what differs, customers, round trips, components with their cost, and who thinks what of whom. */
import { isLinkVerb, type Fault, type TargetOpinion, type UpstreamOpinion } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import { authorText } from '#policy/holders.ts';
import { customersText } from './customers-text.ts';
import { terminalFaultText } from './fault-text.ts';
import { componentsText } from './components-text.ts';
import { roundTripText } from './round-trip-text.ts';
import { countdown, percent, table } from './table.ts';

const INDENT = '  ';

export function statusText(status: RegionStatus): string {
  const sections = [
    headText(status),
    safetySection(status),
    faultsSection(status),
    differencesSection(status),
    customersSection(status),
    roundTripText(status.roundTrips, INDENT),
    componentsText(status),
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

/** Why nobody can break anything now. */
function safetySection({ lever, journalTrouble }: RegionStatus): string | null {
  const lines = [
    ...(lever.blocked ? [`New faults are blocked since ${new Date(lever.sinceMs ?? 0).toISOString().slice(0, 19).replace('T', ' ')} UTC: ${lever.reason}`] : []),
    ...(journalTrouble === null ? [] : [`New faults are refused, because the injector cannot write down what it breaks: ${journalTrouble}`]),
  ];
  return lines.length === 0 ? null : lines.join('\n');
}

function faultsSection({ faults, atMs }: RegionStatus): string {
  if (faults.length === 0) return 'Faults: none';
  const rows = faults.map((fault) => [
    fault.id,
    terminalFaultText(fault),
    membersText(fault),
    fault.state === 'healing' ? 'healing' : `heals in ${countdown(fault.leaseEndsMs - atMs)}`,
    [ownerText(fault), fault.reason, pendingText(fault)].filter((part) => part !== null).join('; '),
  ]);
  return `Faults\n${table(rows, INDENT)}`;
}

/** Nothing for who types here, most likely. */
function ownerText(fault: Fault): string | null {
  return fault.holder === 'operator' && fault.by === null ? null : authorText(fault);
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

/** Only in containers can anybody else have had a hand in them. */
function differencesSection({ differences }: RegionStatus): string | null {
  if (differences.length === 0) return null;
  return `Differs from its description\n${differences.map((one) => `${INDENT}${one}`).join('\n')}`;
}

function customersSection({ customers }: RegionStatus): string {
  if (customers === null) return 'Customers: they do not answer';
  const arm = customers.arm === 'bare' ? ', bare clients' : '';
  const lag = `their own lag: p99 ${customers.generatorLagMsP99.toFixed(1)} ms`;
  return `Customers, last ${customers.windowMs / 1000} s at ${customers.ratePerSecond} orders/s${arm}\n${INDENT}${customersText(customers)}\n${INDENT}${lag}`;
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
