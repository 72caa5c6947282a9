/**
 * Reads from a run's journal what happened when, and cuts its time into the windows that figures belong to.
 * Guards against judging a run that was cut short or whose journal has holes as if it had been whole: what
 * is not there is named, and a verdict with something missing never passes.
 *
 *   baseline [start of baseline, fault)   fault [fault, healing)   after [healing, end)   measured: all three
 */
import type { AzCapacity } from '#contracts/capacity.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent, Phase } from '#contracts/journal.ts';
import { statedFaultText, statedFault, type StatedFault } from './stated-fault.ts';

/** Half-open stretch of wall clock, milliseconds since the epoch. */
export interface Interval {
  fromMs: number;
  toMs: number;
}

export interface RunFacts {
  az: string;
  seed: number;
  region: string;
  ratePerSecond: number;
  capacity: AzCapacity;
  /** Such as `kill az1`. */
  fault: string;
  /** What was done, as the injector acknowledged it, else as the document wants it. */
  stated: StatedFault;
  /** The fault takes the AZ under test as a whole, so that orders must leave it. A cut leaves both of its AZs in use. */
  wholeAz: boolean;
  members: ReadonlySet<string>;
  /** Milliseconds between the first and the last of them. */
  skewMs: number | null;
  /** When the runner asked whether the region was ready; null for a run that did not come to it. */
  askedMs: number | null;
  /** Zero of the timeline. */
  faultMs: number | null;
  /** When the injector was told to heal. */
  healingMs: number | null;
  /** Whether balancers sent again what a silent target held. */
  rescue: boolean;
  /** When a guardrail ended the run. */
  trippedMs: number | null;
  /** When every inverse of the fault was acknowledged. */
  acknowledgedMs: number | null;
  /** When everything that was broken ran again. */
  restoredMs: number | null;
  measured: Interval | null;
  baseline: Interval | null;
  faultWindow: Interval | null;
  after: Interval | null;
  /** Sentences; empty for a journal that is whole. */
  missing: string[];
}

type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

/** The first event of a type; undefined when there is none. Later ones of the same type are of no account. */
export function firstOf<T extends JournalEvent['type']>(journal: readonly JournalEvent[], type: T): EventOf<T> | undefined {
  return journal.find((event): event is EventOf<T> => event.type === type);
}

/** All events of a type, in the order of the journal. */
export function allOf<T extends JournalEvent['type']>(journal: readonly JournalEvent[], type: T): EventOf<T>[] {
  return journal.filter((event): event is EventOf<T> => event.type === type);
}

/** Never throws; with an empty journal everything is null and named as missing. */
export function readFacts(journal: readonly JournalEvent[], document: ExperimentDocument): RunFacts {
  const missing: string[] = [];
  const started = firstOf(journal, 'run.started');
  if (started === undefined) missing.push('The journal does not say how the run started.');
  const phase = (wanted: Phase): number | null =>
    finite(allOf(journal, 'phase.started').find((event) => event.phase === wanted)?.atMs);
  const injected = firstOf(journal, 'fault.injected');
  const healed = firstOf(journal, 'fault.healed');
  const baselineMs = phase('baseline');
  const faultMs = finite(injected?.startedMs);
  const restoredMs = finite(healed?.atMs);
  const healingMs = phase('recovery');
  const endMs = finite(firstOf(journal, 'run.ended')?.atMs);
  if (baselineMs === null) missing.push('The run had no baseline.');
  if (faultMs === null) missing.push('The injector acknowledged no fault.');
  if (healingMs === null) missing.push('The run had no recovery.');
  if (restoredMs === null) missing.push('The injector did not report that the fault was healed.');
  if (endMs === null) missing.push('The run did not reach its end.');
  if (injected !== undefined && injected.members.length === 0) missing.push('The fault took nothing.');
  const given = allOf(journal, 'given.made').length;
  if (given < document.given.length) missing.push(`${given} of the ${document.given.length} faults that the document gives were made beforehand.`);
  const askedMs = phase('fault') ?? finite(firstOf(journal, 'run.not-ready')?.atMs);
  const windows = cut(baselineMs, faultMs, healingMs, endMs);
  if (windows === null && missing.length === 0) missing.push('The times in the journal are out of order.');
  const az = started?.az ?? 'unknown';
  const stated = injected === undefined ? statedFault(document.fault, az) : { ...injected.detail, verb: injected.verb, target: injected.target };
  return {
    az,
    seed: started?.seed ?? 0,
    region: started?.region ?? 'unknown',
    ratePerSecond: started?.ratePerSecond ?? 0,
    capacity: started?.capacity ?? { ratedPerAz: 0, source: 'model' },
    fault: statedFaultText(stated),
    stated,
    wholeAz: stated.target === az && stated.verb !== 'cut',
    members: new Set(injected?.members),
    skewMs: finite(injected?.skewMs),
    askedMs,
    faultMs,
    healingMs,
    rescue: started?.settings?.rescue ?? document.settings.rescue !== false,
    trippedMs: finite(firstOf(journal, 'guardrail.tripped')?.atMs),
    acknowledgedMs: finite(healed?.acknowledgedMs),
    restoredMs,
    measured: windows?.measured ?? null,
    baseline: windows?.baseline ?? null,
    faultWindow: windows?.faultWindow ?? null,
    after: windows?.after ?? null,
    missing,
  };
}

type Windows = Pick<RunFacts, 'measured' | 'baseline' | 'faultWindow' | 'after'>;

/** A run that was cut short still has the windows it came to; null when even a baseline cannot be told. */
function cut(baselineMs: number | null, faultMs: number | null, healingMs: number | null, endMs: number | null): Windows | null {
  if (baselineMs === null || endMs === null) return null;
  const marks = [baselineMs, faultMs ?? endMs, healingMs ?? endMs, endMs];
  if (marks.some((mark, index) => index > 0 && mark < (marks[index - 1] as number))) return null;
  const between = (fromMs: number, toMs: number): Interval | null => (toMs > fromMs ? { fromMs, toMs } : null);
  return {
    measured: between(baselineMs, endMs),
    baseline: between(baselineMs, faultMs ?? endMs),
    faultWindow: faultMs === null ? null : between(faultMs, healingMs ?? endMs),
    after: healingMs === null ? null : between(healingMs, endMs),
  };
}

function finite(value: number | undefined): number | null {
  return value !== undefined && Number.isFinite(value) ? value : null;
}
