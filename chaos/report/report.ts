/**
 * What every rendering of a report is made of: each run's verdict beside the digest of the evidence that it was computed
 * from. Made once, so that Markdown, JUnit and HTML cannot count differently; nothing here decides anything.
 */
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import type { Region } from '#contracts/region.ts';
import type { AssertionResult, Verdict, VerdictRun } from '#contracts/verdict.ts';
import { isReadable } from '#chaos/verdict/evidence.ts';
import { allOf, firstOf, readFacts, type RunFacts } from '#chaos/verdict/run-facts.ts';
import { exclusions } from './exclusions.ts';
import { runSeries, type RunSeries } from './series.ts';

/** What is said of an AZ of `notRun`. */
export const NOT_RUN = 'Nothing was done: it was ended before it came to this AZ.';

/** All that a verdict on one run is computed from. */
export interface Evidence {
  document: ExperimentDocument;
  records: CustomerRecord[];
  journal: JournalEvent[];
}

type EventOf<T extends JournalEvent['type']> = Extract<JournalEvent, { type: T }>;

export interface ReportedRun {
  run: VerdictRun;
  document: ExperimentDocument;
  /** The claim that was tested, one sentence. */
  hypothesis: string;
  /** What the document says that the run ends in: FAIL of a control arm, which shows what the mechanism prevents. */
  expected: VerdictState;
  asExpected: boolean;
  facts: RunFacts;
  series: RunSeries;
  assertions: readonly AssertionResult[];
  /** What of the evidence is in none of the figures, a sentence each. */
  exclusions: readonly string[];
  /** Null for a journal of before it was written down. */
  machine: EventOf<'host.described'> | null;
  /** Of the region; null for a journal of before it was written down. */
  body: Region['body'] | null;
  /** Of the code that ran; null outside a Git checkout. */
  commit: string | null;
  /** Wall clock, milliseconds since the epoch; null for a run that never started. */
  startedMs: number | null;
  opinions: readonly EventOf<'balancer.changed'>[];
  /** Everything that happened, for renderings that retell the run. */
  journal: readonly JournalEvent[];
}

export interface Report {
  verdict: Verdict;
  /** In the order of `verdict.runs`. */
  runs: readonly ReportedRun[];
}

/** @param evidence of `verdict.runs`, in their order */
export function reportOf(verdict: Verdict, evidence: readonly Evidence[]): Report {
  const runs = verdict.runs.flatMap((run, index) => {
    const one = evidence[index];
    return one === undefined ? [] : [reportedRun(run, one)];
  });
  return { verdict, runs };
}

function reportedRun(run: VerdictRun, { document, records, journal }: Evidence): ReportedRun {
  const readable = records.filter(isReadable);
  const facts = readFacts(journal, document);
  const started = firstOf(journal, 'run.started');
  return {
    run,
    document,
    hypothesis: document.hypothesis.text,
    expected: document.expect,
    asExpected: run.asExpected,
    facts,
    series: runSeries(readable, journal, facts, document.arm),
    assertions: run.assertions,
    exclusions: exclusions(readable, records.length - readable.length, journal, facts, document.arm),
    machine: firstOf(journal, 'host.described') ?? null,
    body: started?.body ?? null,
    commit: started?.commit ?? null,
    startedMs: started?.atMs ?? null,
    opinions: allOf(journal, 'balancer.changed'),
    journal,
  };
}
