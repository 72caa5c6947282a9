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
import type { Headroom, VerdictRun } from '#contracts/verdict.ts';
import { headroom } from '#policy/headroom.ts';
import { attemptsPerRequest } from './attempts.ts';
import { brokenBars } from './bars.ts';
import { crossingOrdersPerSecond } from './crossing.ts';
import { hostOf, isReadable, untrustedReasons, weakReasons } from './evidence.ts';
import { addedLatencyMsMax, latencyQuantiles } from './latency-quantiles.ts';
import { latencyMs, sortIntoWindows } from './order-windows.ts';
import { availability } from './per-second.ts';
import { firstOf, readFacts } from './run-facts.ts';
import { servesAgainMs } from './serves-again.ts';
import { timeline } from './timeline.ts';
import { touchedBy } from './touched.ts';

/** Statuses with which a program of the region refuses work on purpose. */
const SHED_STATUSES: readonly (number | null)[] = [429, 503];

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
    crossingOrdersPerSecond: crossingOrdersPerSecond(windows.baseline, facts, document),
    servesAgainMs: servesAgainMs(windows.after, facts),
    skewMs: facts.skewMs,
    timelineMs: timeline(facts, windows, journal, document.arm),
  };
  const untrusted = untrustedReasons(readable, records.length - readable.length, journal, facts, windows);
  const broken = brokenBars(figures, facts, document);
  const weak = weakReasons(windows, document, figures);
  return {
    az: facts.az,
    fault: facts.fault,
    ...conclude(journal, untrusted, broken, weak),
    assertions: [],
    ...figures,
    headroom: facts.ratePerSecond > 0 ? headroom(facts.capacity, facts.ratePerSecond, AVAILABILITY_ZONES.length) : NO_HEADROOM,
    host: { cpuMax, generatorLagMsP99 },
  };
}

/** A broken measurement says nothing either way; a broken bar outweighs a thin sample. */
function conclude(journal: readonly JournalEvent[], untrusted: string[], broken: string[], weak: string[]): { verdict: VerdictState; reasons: string[] } {
  const aborted = firstOf(journal, 'run.aborted');
  if (aborted !== undefined) return { verdict: 'ABORTED', reasons: [aborted.reason] };
  const crashed = firstOf(journal, 'run.failed');
  if (crashed !== undefined) return { verdict: 'ERROR', reasons: [crashed.reason] };
  if (untrusted.length > 0) return { verdict: 'INCONCLUSIVE', reasons: [...untrusted, ...broken] };
  if (broken.length > 0) return { verdict: 'FAIL', reasons: [...broken, ...weak] };
  if (weak.length > 0) return { verdict: 'INCONCLUSIVE', reasons: weak };
  return { verdict: 'PASS', reasons: [] };
}
