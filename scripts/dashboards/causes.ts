/**
 * What each query is for: the cause under which it must show something else than before, and what. Guards against a
 * panel that shows the same whatever happens, and against an alert that nothing can fire. `cause-makers.ts` makes the
 * causes on a real region, in the order in which they stand here.
 *
 * A new panel, rule or annotation goes under the cause that it is for. Names are those of {@link nameOf}.
 */
import type { AskedQuery } from '../../dashboards/queries.ts';
import type { Change } from './value-range.ts';

export const CAUSES = ['overload', 'surge', 'grey AZ', 'small AZ', 'stutter', 'verdict', 'order sent again', 'AZ loss', 'AZ freeze', 'two AZs answer 503', 'two AZs that lie', 'end of the region'] as const;
export type Cause = (typeof CAUSES)[number];

type Expected = Readonly<Record<Cause, Partial<Readonly<Record<Change, readonly string[]>>>>>;

const EXPECTED: Expected = {
  overload: {
    rises: [
      'recording azimuth:region_failed:ratio_rate10s', 'recording azimuth:region_failed:ratio_rate30s', 'recording azimuth:region_failed:ratio_rate1m',
      'recording azimuth:region_failed:ratio_rate2m', 'recording azimuth:region_failed:ratio_rate6m', 'recording azimuth:region_failed:ratio_rate24m',
      'recording azimuth:orders_expected:rate1m', 'recording azimuth:utilisation:ratio_rate1m', 'recording azimuth:utilisation_after_az_loss:ratio_rate1m',
      'Region / Of its rating, after losing the worst AZ / A', 'Region / After losing an AZ / A',
      'Region / Latency that customers see / A', 'Region / Latency that customers see / B', 'Region / Latency that customers see / C',
      'AZ / Expected latency at the front door: $az / A', 'AZ / Expected latency at the front door: neighbours / A', 'AZ / Latency inside (p99): $az / A', 'AZ / Latency inside (p99): neighbours / A', 'AZ / Ovens busy: neighbours / A', 'AZ / Orders waiting: neighbours / A',
      'Region / Attempts per request / A', 'Load balancer / Attempts per request / A',
      'Load balancer / Requests that failed / A', 'Load balancer / Expected latency by target / A', 'Load balancer / Latency / B',
      'Chaos / Orders / A', 'Chaos / Slowest orders / A', 'Chaos / Slowest orders / B', 'Chaos / Orders lost in kitchens / A',
    ],
    falls: [
      'recording azimuth:region_availability:ratio_rate10s', 'recording azimuth:service_availability:ratio_rate10s',
      'recording azimuth:az_rated_orders:sum', 'recording azimuth:can_lose_az', 'recording azimuth:can_lose_any_az',
      'Region / Answered of expected, now / A', 'Region / Answered of expected, time shown / A', 'Region / Can lose an AZ now / A', 'Region / Answered by service / A',
      // What a full kitchen refuses is answered at once.
      'Load balancer / Latency / A',
    ],
    appears: [
      'alert RegionAvailabilityLow', 'alert RegionBudgetBurning', 'alert ServiceAvailabilityLow', 'alert CannotLoseAz', 'alert RegionAboveRating',
      'Load balancer / Requests by status / A',
    ],
  },
  surge: {
    rises: [
      'recording azimuth:orders_expected:rate10s', 'recording azimuth:orders_answered:rate10s',
      'Region / Expected and answered / A', 'Region / Expected and answered / B', 'Region / Orders answered by AZ / A',
      'AZ / Orders answered: $az / A', 'AZ / Orders answered: neighbours / A', 'AZ / Bytes over its link: $az / A', 'AZ / Bytes over its link: neighbours / A',
      'Load balancer / First attempts by AZ / A', 'Load balancer / Processor / A',
      'Chaos / Bytes over the links / A', 'Chaos / Menu reads / A',
    ],
  },
  'grey AZ': {
    rises: [
      'Region / Ovens busy by AZ / A', 'Region / Orders waiting by AZ / A', 'Region / Faults / A',
      'AZ / Ovens busy: $az / A', 'AZ / Orders waiting: $az / A',
      'Chaos / Faults now / A', 'Chaos / Faults made, time shown / A', 'Chaos / Faults by target / A',
      'Region: Faults', 'AZ: Faults', 'Load balancer: Faults', 'Chaos: Faults',
    ],
    appears: ['alert AzsFarApart', 'alert KitchenSaturated', 'alert FaultLeftActive'],
  },
  'small AZ': { rises: ['Load balancer / Spilled to other AZs / A'] },
  stutter: {
    rises: ['Load balancer / Event loop lag / A', 'Chaos / Lag of the customers themselves / A'],
    appears: ['alert LoadBalancerLag', 'alert GeneratorSaturated'],
  },
  verdict: { appears: ['Chaos / Last verdicts / A'] },
  'order sent again': { rises: ['Chaos / Orders lost in kitchens / B'] },
  'AZ loss': {
    rises: [
      'recording azimuth:first_attempts_failed:ratio_rate10s',
      'Region / First attempts that fail, by AZ / A',
      'AZ / Share of its orders: neighbours / A', 'AZ / First attempts into it that fail: $az / A',
      'Load balancer / Decisions / A', 'Load balancer / Ejections, and why / A', 'Load balancer / Ejections by target / A', 'Load balancer / First attempts that fail / A', 'Load balancer / Rescues and retries / B',
      'Chaos / Rescues, retries and ejections / B', 'Chaos / Rescues, retries and ejections / C',
    ],
    falls: [
      'recording azimuth:az_answered_of_share:ratio_rate10s', 'recording azimuth:az_in_service',
      'Region / AZs in service / A', 'Region / Share of each AZ / A',
      'AZ / Programs of $az / A', 'AZ / Share of its orders: $az / A',
      'Load balancer / Targets in rotation / A',
      'Chaos / AZs in service / A',
    ],
    appears: ['alert AzUnavailable', 'alert TargetsEjected', 'alert TargetDown'],
    vanishes: ['AZ / Processor: $az / A', 'Load balancer: instance'],
  },
  'AZ freeze': {
    rises: ['AZ / First attempts into it that fail: neighbours / A', 'Load balancer / Rescues and retries / A', 'Chaos / Rescues, retries and ejections / A'],
    falls: ['AZ / Programs of its neighbours / A'],
    vanishes: ['AZ / Processor: neighbours / A'],
  },
  'two AZs answer 503': { appears: ['alert BalancerFailsOpen'] },
  'two AZs that lie': { rises: ['Load balancer / Not sent again, and why / A'], appears: ['alert FirstAttemptsFail', 'alert RetryBudgetSpent'] },
  'end of the region': { vanishes: ['Region: job', 'AZ: job', 'Load balancer: job', 'Chaos: job'] },
};

/** What must be seen of a query, and when. */
export interface Expectation {
  name: string;
  cause: Cause;
  change: Change;
}

export const EXPECTATIONS: readonly Expectation[] = CAUSES.flatMap((cause) =>
  (Object.entries(EXPECTED[cause]) as [Change, readonly string[]][]).flatMap(([change, names]) => names.map((name) => ({ name, cause, change }))));

/** `Region / Share of each AZ / A`, `alert TargetDown`, `recording azimuth:can_lose_az`, `Chaos: Faults`, `Chaos: job`. */
export function nameOf({ origin, dashboard, panel, refId, name }: AskedQuery): string {
  if (origin === 'panel') return `${dashboard} / ${panel} / ${refId}`;
  return dashboard === undefined ? `${origin} ${name}` : `${dashboard}: ${name}`;
}

/** What is wrong with the table, one sentence each; nothing when each query stands under exactly one cause. */
export function gapsOf(queries: readonly AskedQuery[], expectations: readonly Expectation[]): string[] {
  const names = new Set(queries.map(nameOf));
  const missing = [...names].filter((name) => !expectations.some((one) => one.name === name));
  const unknown = expectations.filter(({ name }) => !names.has(name));
  const twice = expectations.filter(({ name }, at) => expectations.findIndex((one) => one.name === name) !== at);
  return [
    ...missing.map((name) => `"${name}" has no cause: add it to scripts/dashboards/causes.ts, under the fault that it is for and what it must show then (rises, falls, appears, vanishes).`),
    ...unknown.map(({ name, cause }) => `"${name}" stands under "${cause}" in scripts/dashboards/causes.ts, and nothing asks it any more: take it out.`),
    ...twice.map(({ name }) => `"${name}" has two causes in scripts/dashboards/causes.ts: leave one.`),
  ];
}
