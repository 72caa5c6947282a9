/**
 * The tables of a report as rows of text, head first: what Markdown and HTML both show, so that they show the same. Columns
 * are named so that a table can be read without the code; figures carry their units.
 */
import type { AssertionResult, Timeline } from '#contracts/verdict.ts';
import { count, duration, percent, percentDown, ratio } from './figure-text.ts';
import type { ReportedRun } from './report.ts';
import { timeDecomposition, tookMs, type Step } from './time-decomposition.ts';

export interface Table {
  head: readonly string[];
  rows: readonly (readonly string[])[];
}

/** A row for each AZ: what customers got and how long it took. */
export function azTable(runs: readonly ReportedRun[]): Table {
  return {
    head: ['AZ', 'verdict', 'fault', 'orders', 'failed', 'late', 'menus failed', 'availability', 'worst second', 'added', 'moved', 'steady', 'balanced', 'attempts'],
    rows: runs.map(({ run, facts }) => {
      const { requests, menu, availability, addedLatencyMsMax, timelineMs, attemptsPerRequest } = run;
      const took = stepTimes(timelineMs, healingSinceFault(facts));
      return [
        run.az, run.verdict, run.fault, count(requests.offered), count(requests.failed), count(requests.late), count(menu.failed),
        percentDown(availability?.run ?? null), percentDown(availability?.worstSecond ?? null), known(addedLatencyMsMax),
        known(took.move), known(took.steady), known(took.balance), attemptsPerRequest === null ? DASH : ratio(attemptsPerRequest),
      ];
    }),
  };
}

/** Milliseconds after the fault; null where nothing was healed. */
export function healingSinceFault({ faultMs, healingMs }: ReportedRun['facts']): number | null {
  return faultMs === null || healingMs === null ? null : healingMs - faultMs;
}

/** Latency of answered orders before, during and after the fault, milliseconds. */
export function latencyTable({ run }: ReportedRun): Table {
  const rows = (['before', 'during', 'after'] as const).map((window) => {
    const quantiles = run.latencyMs[window];
    return [window, ...(['p50', 'p99', 'p999', 'max'] as const).map((name) => known(quantiles?.[name] ?? null))];
  });
  return { head: ['latency', 'p50', 'p99', 'p99.9', 'max'], rows };
}

/** What happened when, in the order in which it did, and who says so. */
export function timelineTable({ run, facts }: ReportedRun): Table {
  const { timelineMs } = run;
  const noticed = MOMENTS.flatMap(({ at, what, saidBy }) => (timelineMs[at] === null ? [] : [{ atMs: timelineMs[at], what, saidBy }]));
  const { faultMs } = facts;
  const done = faultMs === null ? [] : DEEDS.flatMap(({ at, what, saidBy }) => (facts[at] === null ? [] : [{ atMs: facts[at] - faultMs, what, saidBy }]));
  const rows = [...noticed, ...done].sort((one, other) => one.atMs - other.atMs);
  return { head: ['after the fault', 'what', 'by whose word'], rows: rows.map(({ atMs, what, saidBy }) => [duration(atMs), what, saidBy]) };
}

const MOMENTS: readonly { at: keyof Timeline; what: string; saidBy: string }[] = [
  { at: 'fault', what: 'the first member was struck', saidBy: 'injector' },
  { at: 'firstCustomerError', what: 'the first request failed', saidBy: 'customers' },
  { at: 'firstFailedCheck', what: 'the first check failed', saidBy: 'balancers' },
  { at: 'ejected', what: 'it was out of rotation', saidBy: 'balancers' },
  { at: 'moved', what: 'the last order was sent there first', saidBy: 'customers' },
  { at: 'lastCustomerError', what: 'the last request failed', saidBy: 'customers' },
  { at: 'steady', what: 'from here on every order was answered within 500 ms', saidBy: 'customers' },
  { at: 'restored', what: 'everything ran again', saidBy: 'injector' },
  { at: 'readmitted', what: 'it was in rotation again', saidBy: 'balancers' },
  { at: 'balanced', what: 'the AZs shared the orders evenly', saidBy: 'customers' },
];

const DEEDS: readonly { at: 'trippedMs' | 'healingMs' | 'acknowledgedMs'; what: string; saidBy: string }[] = [
  { at: 'trippedMs', what: 'a guardrail tripped', saidBy: 'runner' },
  { at: 'healingMs', what: 'healing began', saidBy: 'runner' },
  { at: 'acknowledgedMs', what: 'every inverse was acknowledged', saidBy: 'injector' },
];

export function decompositionTable({ run, facts }: ReportedRun): Table {
  const { leaving, returning } = timeDecomposition(run.timelineMs, healingSinceFault(facts));
  const row = (since: string) => (step: Step): string[] => [step.name, known(tookMs(step)), since, step.until];
  const [restore, ...later] = returning;
  return {
    head: ['step', 'took', 'from', 'until'],
    rows: [
      ...leaving.map((step) => row(step.name === 'eject' ? 'the first failed check' : 'the fault')(step)),
      ...(restore === undefined ? [] : [row('the beginning of healing')(restore)]),
      ...later.map(row('the restoration')),
    ],
  };
}

/** What of its bar each assertion uses; `samples` are what its figure was counted from. */
export function assertionTable(assertions: readonly AssertionResult[]): Table {
  return {
    head: ['assertion', 'state', 'observed', 'allowed', 'phase', 'samples'],
    rows: assertions.map((one) => [one.id, one.state, observedText(one), allowedText(one), one.phase ?? 'all', count(one.samples)]),
  };
}

function observedText({ observed, unit }: AssertionResult): string {
  return observed === null ? DASH : inUnit(observed, unit);
}

function allowedText({ min, max, unit }: AssertionResult): string {
  const bounds = [...(min === null ? [] : [`≥ ${inUnit(min, unit)}`]), ...(max === null ? [] : [`≤ ${inUnit(max, unit)}`])];
  return bounds.length === 0 ? DASH : bounds.join(', ');
}

function inUnit(value: number, unit: AssertionResult['unit']): string {
  switch (unit) {
    case 'ms':
      return duration(value);
    case 'ratio':
      return String(Number(value.toFixed(5)));
    case 'attempts':
      return `${ratio(value)} per request`;
    default:
      return `${String(Number(value.toFixed(1)))} ${unit}`;
  }
}

export function headroomTable(runs: readonly ReportedRun[]): Table {
  return {
    head: ['AZ', 'rated per AZ', 'used before', 'used with an AZ gone', 'can lose an AZ', 'host processors', 'load generator late (p99)'],
    rows: runs.map(({ run: { az, headroom, host } }) => [
      az, `${count(headroom.ratedPerAz)}/s, ${headroom.source === 'model' ? 'from the model' : 'measured'}`, percent(headroom.utilisationBefore),
      percent(headroom.utilisationAfter), headroom.canLoseAz ? 'yes' : 'NO', `${percent(host.cpuMax)} at most, over 5 s`, `${host.generatorLagMsP99.toFixed(1)} ms`,
    ]),
  };
}

const DASH = '–';

function known(valueMs: number | null): string {
  return valueMs === null ? DASH : duration(valueMs);
}

function stepTimes(timelineMs: Timeline, healingMs: number | null): Record<Step['name'], number | null> {
  const { leaving, returning } = timeDecomposition(timelineMs, healingMs);
  return Object.fromEntries([...leaving, ...returning].map((step) => [step.name, tookMs(step)])) as Record<Step['name'], number | null>;
}
