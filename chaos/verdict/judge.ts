/**
 * The one function that turns a run's evidence into a verdict: a demo, an experiment and a repetition from a
 * report's folder all end here. It has no clock, no I/O and no memory, and records of no shape make it throw:
 * from an empty or damaged set it says INCONCLUSIVE, never PASS. What each figure means stands in `contracts/verdict.ts`.
 */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { LATE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { AssertionResult, Headroom, VerdictRun } from '#contracts/verdict.ts';
import { headroom } from '#policy/headroom.ts';
import { assertionResults } from './assertions.ts';
import { attemptsPerRequest } from './attempts.ts';
import { crossingOrdersPerSecond } from './crossing.ts';
import { hostOf, isReadable, untrustedReasons, weakReasons } from './evidence.ts';
import { addedLatencyMsMax, latencyQuantiles } from './latency-quantiles.ts';
import { latencyMs, sortIntoWindows } from './order-windows.ts';
import { availability } from './per-second.ts';
import { headroomLack, headroomSentence, hypothesisResults } from './readiness.ts';
import { allOf, firstOf, readFacts, type Interval, type RunFacts } from './run-facts.ts';
import { servesAgainMs } from './serves-again.ts';
import { kindText } from './stated-fault.ts';
import { timeline } from './timeline.ts';
import { touchedBy } from './touched.ts';

/** Statuses with which a program of the region refuses work on purpose. */
const SHED_STATUSES: readonly (number | null)[] = [429, 503];

/** A run with one of these did not go to its end. */
const STOPS = ['run.aborted', 'run.failed', 'run.not-ready'] as const;

const RESCUE_OFF = 'The rescue of the balancers was off in this run: what a silent target held was not sent again.';

const NO_HEADROOM: Headroom = { ratedPerAz: 0, source: 'model', utilisationBefore: 0, utilisationAfter: 0, canLoseAz: false };

export function judge(records: readonly CustomerRecord[], journal: readonly JournalEvent[], document: ExperimentDocument): VerdictRun {
  const readable = records.filter(isReadable);
  const facts = readFacts(journal, document);
  const windows = sortIntoWindows(readable, facts, document.arm);
  const { orders, menus } = windows;
  const answered = orders.filter(isAnswered);
  const failed = orders.filter((record) => !isAnswered(record));
  const { cpuMax, generatorLagMsP99 } = hostOf(journal, facts, windows);
  const figures = {
    requests: {
      offered: orders.length,
      answered: answered.length,
      failed: failed.length,
      late: answered.filter((record) => latencyMs(record) > LATE_MS).length,
      shed: failed.filter((record) => SHED_STATUSES.includes(record.status)).length,
      bakedTwice: firstOf(journal, 'kitchens.counted')?.bakedTwice ?? 0,
    },
    menu: { offered: menus.length, failed: menus.filter((record) => !isAnswered(record)).length },
    touched: touchedBy(windows.fault, facts),
    availability: availability(orders, facts.measured),
    latencyMs: { before: latencyQuantiles(windows.baseline), during: latencyQuantiles(windows.fault), after: latencyQuantiles(windows.after) },
    addedLatencyMsMax: addedLatencyMsMax(windows.baseline, windows.fault),
    // Bare customers do not pass the front door.
    attemptsPerRequest: document.arm === 'bare' ? null : attemptsPerRequest(journal, facts.measured),
    crossingOrdersPerSecond: crossingOrdersPerSecond(windows.baseline, facts),
    servesAgainMs: servesAgainMs(windows.after, facts),
    skewMs: facts.skewMs,
    timelineMs: timeline(facts, windows, journal, document.arm),
  };
  const isWhole = facts.missing.length === 0 && STOPS.every((type) => firstOf(journal, type) === undefined);
  const region = facts.ratePerSecond > 0 ? headroom(facts.capacity, facts.ratePerSecond, AVAILABILITY_ZONES.length) : NO_HEADROOM;
  const hypothesis = hypothesisResults(document, readable, baselineAsked(facts));
  const demands = assertionResults({ figures, facts, windows, journal, document }, document.assertions, isWhole);
  const lack = facts.ratePerSecond > 0 ? headroomLack(document, facts.capacity, facts.ratePerSecond) : null;
  const { verdict, reasons } = conclude(journal, {
    unready: [...(lack === null ? [] : [lack]), ...textsOf(hypothesis, 'FAIL')],
    untrusted: untrustedReasons(readable, records.length - readable.length, journal, facts, windows),
    broken: textsOf(demands, 'FAIL'),
    open: [...textsOf([...hypothesis, ...demands], 'INCONCLUSIVE'), ...weakReasons(windows)],
    cause: [...(region.canLoseAz ? [] : [headroomSentence(region, facts.ratePerSecond)]), ...(facts.rescue ? [] : [RESCUE_OFF])],
  });
  return {
    az: facts.az,
    fault: facts.fault,
    kind: kindText(facts.stated),
    verdict,
    asExpected: verdict === document.expect && (verdict !== 'ABORTED' || isBraked(journal)),
    reasons,
    assertions: [...hypothesis, ...demands],
    ...figures,
    headroom: region,
    host: { cpuMax, generatorLagMsP99 },
  };
}

/**
 * A guardrail stopped what the fault did, and all of it was healed. One that trips before anything is broken, on a region that
 * was ill already, or after everything is healed, rehearses nothing.
 */
function isBraked(journal: readonly JournalEvent[]): boolean {
  const tripped = firstOf(journal, 'guardrail.tripped');
  if (tripped === undefined || firstOf(journal, 'fault.injected') === undefined) return false;
  const healed = [...allOf(journal, 'fault.healed'), ...allOf(journal, 'given.healed')];
  return healed.some(({ atMs }) => atMs >= tripped.atMs) && healed.every(({ remains }) => remains.length === 0);
}

/** Until the runner asked whether the region was ready; else until the fault. */
function baselineAsked({ baseline, measured, askedMs }: RunFacts): Interval | null {
  const fromMs = measured?.fromMs;
  if (fromMs === undefined || baseline === null) return null;
  return { fromMs, toMs: askedMs ?? baseline.toMs };
}

function textsOf(assertions: readonly AssertionResult[], state: AssertionResult['state']): string[] {
  return assertions.filter((result) => result.state === state).map(({ text }) => text);
}

interface Grounds {
  /** The region was not fit for it. */
  unready: string[];
  /** The measurement is broken, so it says nothing either way. */
  untrusted: string[];
  /** Bounds that do not hold; they outweigh a thin sample. */
  broken: string[];
  /** Bounds of which nobody can tell, and what is too little for a PASS. */
  open: string[];
  /** What may be behind a FAIL. */
  cause: string[];
}

function conclude(journal: readonly JournalEvent[], { unready, untrusted, broken, open, cause }: Grounds): { verdict: VerdictState; reasons: string[] } {
  const aborted = firstOf(journal, 'run.aborted');
  if (aborted !== undefined) return { verdict: 'ABORTED', reasons: [aborted.reason] };
  const crashed = firstOf(journal, 'run.failed');
  if (crashed !== undefined) return { verdict: 'ERROR', reasons: [crashed.reason] };
  const refused = firstOf(journal, 'run.not-ready');
  if (refused !== undefined) return { verdict: 'NOT_READY', reasons: unready.length > 0 ? unready : [refused.reason] };
  if (untrusted.length > 0) return { verdict: 'INCONCLUSIVE', reasons: [...untrusted, ...broken] };
  if (unready.length > 0) return { verdict: 'NOT_READY', reasons: unready };
  if (broken.length > 0) return { verdict: 'FAIL', reasons: [...broken, ...open, ...cause] };
  if (open.length > 0) return { verdict: 'INCONCLUSIVE', reasons: open };
  return { verdict: 'PASS', reasons: [] };
}
