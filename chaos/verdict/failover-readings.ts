/** Readings of the metrics that are about a fault: how customers left what was broken, and how they came back. */
import type { ExperimentMetric, SliMetric, StandingMetric } from '#contracts/experiment-metrics.ts';
import { isAnswered } from '#contracts/records.ts';
import { reading, type MeasuredRun, type Reading } from './reading.ts';
import { allOf } from './run-facts.ts';
import { THRESHOLDS } from './thresholds.ts';

type FailoverMetric = Exclude<ExperimentMetric, SliMetric | 'failed_orders'> | StandingMetric;

const mustWithin: Reading['must'] = (_bound, figure) => `they must within ${figure}`;

export const FAILOVER_READINGS: Readonly<Record<FailoverMetric, (run: MeasuredRun) => Reading>> = {
  failed_menus: ({ figures: { menu } }) =>
    reading(menu.offered === 0 ? null : menu.failed, menu.offered, `${menu.failed} of ${menu.offered} menu reads failed`, (bound) => `${bound} may`),
  added_latency_ms: ({ figures: { addedLatencyMsMax: added }, windows }) => {
    const found = added === null ? 'What the fault added to the latency cannot be told' : `The fault added ${Math.round(added)} ms to the slowest order`;
    return reading(added, windows.fault.length, found, (bound) => `${bound} may be added`, { thin: thinBaseline(windows) });
  },
  moved_ms: ({ figures: { timelineMs: { moved } }, facts, windows, document }) => {
    const applies = facts.wholeAz && document.arm === 'balanced';
    const found = moved === null ? `Orders never moved away from ${facts.az}` : `Orders moved away from ${facts.az} after ${Math.round(moved)} ms`;
    return reading(moved, windows.fault.length, found, mustWithin, { waitedMs: applies ? faultMs(facts) : null });
  },
  time_to_steady: ({ figures: { timelineMs: { steady } }, facts, windows }) => {
    const found = steady === null ? 'Orders were not answered steadily until the end of the fault' : `Orders were answered steadily from ${inSeconds(steady)} after the fault on`;
    return reading(steady, windows.fault.length, found, mustWithin, { waitedMs: faultMs(facts) });
  },
  time_to_eject: ({ figures: { timelineMs: { ejected } }, facts, journal }) => {
    const found = ejected === null ? 'The balancers never took out what was broken' : `The balancers took out what was broken after ${Math.round(ejected)} ms`;
    return reading(ejected, allOf(journal, 'balancer.changed').length, found, mustWithin, { waitedMs: faultMs(facts) });
  },
  attempts_per_request: ({ figures: { attemptsPerRequest: attempts }, journal }) => {
    const found = attempts === null ? "The front door's attempts per request are not known" : `The front door made ${attempts.toFixed(3)} attempts per request in the worst 10 s`;
    return reading(attempts, allOf(journal, 'host.sampled').length, found, (bound) => `${bound} are allowed`);
  },
  time_to_balanced: ({ figures: { timelineMs: { balanced, restored } }, facts, windows }) => {
    const tookMs = balanced === null || restored === null ? null : balanced - restored;
    const waitedMs = facts.after === null || facts.restoredMs === null ? null : facts.after.toMs - facts.restoredMs;
    const found = tookMs === null ? `The AZs did not share the orders evenly within ${waitedText(waitedMs)} of the return` : `The AZs shared the orders evenly ${inSeconds(tookMs)} after the return`;
    return reading(tookMs, windows.after.length, found, mustWithin, { waitedMs });
  },
  serves_again_ms: ({ figures: { servesAgainMs: tookMs }, facts, windows }) => {
    const waitedMs = !facts.wholeAz || facts.after === null || facts.healingMs === null ? null : facts.after.toMs - facts.healingMs;
    const found = tookMs === null ? `${facts.az} took no order within ${waitedText(waitedMs)} of healing` : `${facts.az} took orders again ${inSeconds(tookMs)} after healing began`;
    return reading(tookMs, windows.after.length, found, (_bound, figure) => `it must within ${figure}`, { waitedMs });
  },
  crossed_orders_per_second: ({ figures: { crossingOrdersPerSecond: crossed }, windows }) => {
    const found = crossed === null ? 'Nobody can tell what crossed the way before it was broken' : `${crossed.toFixed(1)} orders/s crossed the way before it was broken`;
    return reading(crossed, windows.baseline.length, found, (_bound, figure) => `fewer than ${figure} prove nothing`);
  },
  touched_orders: ({ figures: { touched }, windows }) =>
    reading(touched, windows.fault.length, touched === 0 ? 'No order was touched by the fault' : `${touched} orders were touched by the fault`, () => 'a run that touches none proves nothing'),
  no_residue: ({ journal, facts }) => {
    const healed = [...allOf(journal, 'fault.healed'), ...allOf(journal, 'given.healed')];
    const remains = healed.flatMap((event) => event.remains);
    const found = remains.length === 0 ? 'Everything that was broken runs again' : remains.map(({ name, reason }) => `${name} could not be healed: ${reason}`).join('; ');
    return reading(facts.restoredMs === null ? null : remains.length, healed.length, facts.restoredMs === null ? 'Nobody can tell whether everything that was broken runs again' : found, () => 'nothing may stay broken');
  },
};

/** Why the baseline cannot carry a p99.9 less oven times. */
function thinBaseline({ baseline }: MeasuredRun['windows']): string | null {
  if (baseline.length < THRESHOLDS.baselineOrdersMin) return `The baseline holds ${baseline.length} orders; a p99.9 needs ${THRESHOLDS.baselineOrdersMin}.`;
  const unbaked = baseline.filter((record) => isAnswered(record) && record.bakeMs === null).length;
  return unbaked > baseline.length / 1000 ? `${unbaked} answered orders of the baseline do not say how long they were in the oven.` : null;
}

function faultMs({ faultWindow }: MeasuredRun['facts']): number | null {
  return faultWindow === null ? null : faultWindow.toMs - faultWindow.fromMs;
}

function waitedText(waitedMs: number | null): string {
  return waitedMs === null ? 'this run' : `${(waitedMs / 1000).toFixed(0)} s`;
}

function inSeconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(1)} s`;
}
