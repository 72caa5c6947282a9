/**
 * A verdict for people: the word first, then why, then the figures that matter beside their bars, the chart,
 * the timeline and the headroom. Nothing here decides anything.
 */
import { STANDING_METRICS, type ExperimentMetric } from '#contracts/experiment-metrics.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { LatencyQuantiles, Timeline, VerdictRun } from '#contracts/verdict.ts';
import { commandText } from '#kit/tool-container.ts';
import { availabilityChart, type Mark } from './availability-chart.ts';
import { maxOf, minOf, onlyMeasures } from './bounds.ts';
import { sortIntoWindows } from './order-windows.ts';
import { perSecond } from './per-second.ts';
import { readFacts, type RunFacts } from './run-facts.ts';
import { statedFaultText, statedFault } from './stated-fault.ts';
import { THRESHOLDS } from './thresholds.ts';

const LABEL_WIDTH = 24;

/** Lines of one run, without the replay command and the report's folder. `columns`: width of the terminal. */
export function verdictText(
  run: VerdictRun, document: ExperimentDocument, records: readonly CustomerRecord[], journal: readonly JournalEvent[], columns: number,
): string[] {
  return [
    `${run.verdict}  ${document.title} (${run.fault})${verdictNote(run, document)}`,
    ...run.reasons.map((reason) => `  ${reason}`),
    '',
    line('Struck', struckText(run, readFacts(journal, document))),
    ...figureLines(run, document),
    ...run.assertions.filter(({ metric, phase }) => !hasLineOfItsOwn(metric, phase)).map(({ id, state, text }) => line(`  ${id}`, `${state}: ${text}`)),
    '',
    ...chartLines(run, document, records, journal, columns),
    '',
    line('Timeline', timelineText(run.timelineMs)),
    line('Headroom', headroomText(run)),
    line('Host', `processors at most ${percent(run.host.cpuMax)} busy for 5 s until healing · load generator ${ms(run.host.generatorLagMsP99)} late (p99)`),
    ...(run.host.cpuMax > THRESHOLDS.cpuShareMax ? [line('', 'no processor was left for so many orders on this machine: try a lower --rate, or give it less else to do')] : []),
  ];
}

/** A PASS that nothing could have broken must not read like one that held, nor a FAIL that had to be like a defect. */
function verdictNote({ verdict, asExpected }: VerdictRun, document: ExperimentDocument): string {
  if (document.expect !== 'PASS') return asExpected ? ', as it must' : `, but it must end ${document.expect}`;
  return verdict === 'PASS' && onlyMeasures(document) ? ': measured; there is no bar to hold' : '';
}

/** What was struck, how far apart, and what that is outside. */
function struckText({ skewMs, kind }: VerdictRun, { members }: Pick<RunFacts, 'members'>): string {
  if (skewMs === null || members.size === 0) return 'nothing';
  const [first = ''] = members;
  const what = members.size === 1 ? first : `${members.size} ${first.includes('/') ? 'ways' : 'members'} within ${ms(skewMs)}`;
  return kind === null ? what : `${what}, ${kind}`;
}

function figureLines(run: VerdictRun, document: ExperimentDocument): string[] {
  const { arm, given } = document;
  const { requests, menu, latencyMs, crossingOrdersPerSecond } = run;
  const bar = (metric: ExperimentMetric, unit: string, of = 1): string => {
    const max = maxOf(document, metric);
    return max === null ? '' : `  (bar: ≤ ${max / of}${unit})`;
  };
  const crossedMin = minOf(document, 'crossed_orders_per_second');
  const availability = run.availability === null ? 'unknown' : `${percentExact(run.availability.run)}, worst second ${percentExact(run.availability.worstSecond)}`;
  return [
    ...(given.length === 0 ? [] : [line('Broken beforehand', given.map((fault) => statedFaultText(statedFault(fault, run.az))).join(', '))]),
    ...(crossedMin === null ? [] : [line('Over the way before', `${crossingOrdersPerSecond?.toFixed(1) ?? 'unknown'} orders/s  (bar: ≥ ${crossedMin} orders/s)`)]),
    line('Orders', `${count(requests.offered)} offered, ${count(requests.answered)} answered, ${count(requests.failed)} failed${bar('failed_orders', ' failed')}`),
    line('', `${count(requests.late)} late (over 500 ms), ${count(requests.bakedTwice)} baked twice, ${count(run.touched)} touched by the fault`),
    line('Menu reads', `${count(menu.offered)} offered, ${count(menu.failed)} failed${bar('failed_menus', ' failed')}`),
    line('Availability', availability),
    line('Added latency', `${ms(run.addedLatencyMsMax)} to the slowest order${bar('added_latency_ms', ' ms')}`),
    ...(arm === 'bare' ? [] : [
      ...(maxOf(document, 'moved_ms') === null && !onlyMeasures(document) ? [] : [line('Moved to other AZs', `${movedText(run.timelineMs)}${bar('moved_ms', ' ms')}`)]),
      line('Attempts per request', `${run.attemptsPerRequest?.toFixed(3) ?? 'unknown'} in the worst 10 s${bar('attempts_per_request', '')}`),
      line('Balanced again', `${balancedText(run.timelineMs)}${bar('time_to_balanced', ' s', 1000)}`),
    ]),
    ...(maxOf(document, 'serves_again_ms') === null ? [] : [line('Serves again', `${servesAgainText(run)}${bar('serves_again_ms', ' s', 1000)}`)]),
    line('Latency before', quantilesText(latencyMs.before)),
    line('        during', quantilesText(latencyMs.during)),
    line('        after', quantilesText(latencyMs.after)),
  ];
}

/** What stands among the figures with its bar, and what every run holds. */
function hasLineOfItsOwn(metric: string, phase: string | null): boolean {
  const ofTheWhole = ['failed_orders', 'failed_menus', 'attempts_per_request'];
  const ofAPhase = ['added_latency_ms', 'moved_ms', 'time_to_balanced', 'serves_again_ms', 'crossed_orders_per_second', ...Object.keys(STANDING_METRICS)];
  return (phase === null && ofTheWhole.includes(metric)) || ofAPhase.includes(metric);
}

function chartLines(
  run: VerdictRun, document: ExperimentDocument, records: readonly CustomerRecord[], journal: readonly JournalEvent[], columns: number,
): string[] {
  const facts = readFacts(journal, document);
  if (facts.measured === null) return [];
  const { measured } = facts;
  const { orders } = sortIntoWindows(records, facts, document.arm);
  const at = (atMs: number | null, label: string): Mark[] => (atMs === null ? [] : [{ atS: (atMs - measured.fromMs) / 1000, label }]);
  const { balanced } = run.timelineMs;
  const marks = [
    ...at(facts.faultMs, run.fault),
    ...at(facts.restoredMs, 'healed'),
    ...at(balanced === null || facts.faultMs === null ? null : facts.faultMs + balanced, 'balanced'),
  ];
  return ['Orders per second: █ answered, ░ offered and not answered', ...availabilityChart(perSecond(orders, measured), marks, columns)];
}

const STEPS: readonly [keyof Timeline, string][] = [
  ['firstCustomerError', 'first customer error'], ['firstFailedCheck', 'first failed check'], ['ejected', 'ejected'], ['moved', 'moved'],
  ['lastCustomerError', 'last customer error'], ['steady', 'steady'], ['restored', 'restored'], ['readmitted', 'readmitted'], ['balanced', 'balanced'],
];

function timelineText(timelineMs: Timeline): string {
  const happened = STEPS.flatMap(([step, name]) => {
    const atMs = timelineMs[step];
    return atMs === null ? [] : [{ atMs, text: `${name} ${seconds(atMs)}` }];
  });
  return ['fault 0', ...happened.sort((one, other) => one.atMs - other.atMs).map(({ text }) => text)].join(' · ');
}

function headroomText({ headroom }: VerdictRun): string {
  const { ratedPerAz, source, utilisationBefore, utilisationAfter, canLoseAz } = headroom;
  return `${ratedPerAz}/s rated per AZ (${source === 'model' ? `from the model; "${commandText('run capacity')}" measures it` : 'measured here'}), ` +
    `${percent(utilisationBefore)} used before, ${percent(utilisationAfter)} with an AZ gone: ${canLoseAz ? 'can lose an AZ' : 'cannot lose an AZ at this rate'}`;
}

function movedText({ moved }: Timeline): string {
  return moved === null ? 'not while the fault lasted' : `after ${ms(moved)}`;
}

function balancedText({ balanced, restored }: Timeline): string {
  return balanced === null || restored === null ? 'not within this run' : `${seconds(balanced - restored)} after the return`;
}

function servesAgainText({ servesAgainMs }: VerdictRun): string {
  return servesAgainMs === null ? 'not within this run' : `${seconds(servesAgainMs)} after healing began`;
}

function quantilesText(quantiles: LatencyQuantiles | null): string {
  return quantiles === null ? 'no answered orders' : `p50 ${ms(quantiles.p50)}, p99 ${ms(quantiles.p99)}, p99.9 ${ms(quantiles.p999)}, max ${ms(quantiles.max)}`;
}

function line(label: string, text: string): string {
  return `${label.padEnd(LABEL_WIDTH)}${text}`;
}

function count(value: number): string {
  return value.toLocaleString('en-GB');
}

function ms(value: number | null): string {
  return value === null ? 'unknown' : `${Math.round(value)} ms`;
}

function seconds(valueMs: number): string {
  return `${(valueMs / 1000).toFixed(2)} s`;
}

function percent(share: number): string {
  return `${(share * 100).toFixed(0)} %`;
}

/** Rounded down: 99.9996 % must not read as 100 %. */
function percentExact(share: number): string {
  return `${(Math.floor(share * 100_000) / 1000).toFixed(3)} %`;
}
