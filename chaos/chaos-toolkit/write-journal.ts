/**
 * A run of ours as a Chaos Toolkit journal, for what reads those. Nothing is judged here: what had to hold in the baseline
 * are the probes before, what had to hold of the whole run those after, and what was done to the region are the activities.
 *
 *   PASS, FAIL → completed    INCONCLUSIVE, NOT_READY, ERROR → failed    ABORTED → interrupted, or aborted by a guardrail
 *   FAIL → deviated
 */
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { AssertionResult } from '#contracts/verdict.ts';
import type { ReportedRun } from '#chaos/report/report.ts';
import { statedFaultText } from '#chaos/verdict/stated-fault.ts';
import { toolkitExperiment } from './export-experiment.ts';
import type { Activity } from './experiment.ts';
import { CHAOSLIB_VERSION, type ActivityRun, type SteadyState, type ToolkitJournal } from './journal.ts';

const STATUS: Readonly<Record<VerdictState, ToolkitJournal['status']>> = {
  PASS: 'completed', FAIL: 'completed', INCONCLUSIVE: 'failed', NOT_READY: 'failed', ERROR: 'failed', ABORTED: 'interrupted',
};

/** A whole document; ends with a line end. */
export function toolkitJournalText(run: ReportedRun): string {
  return `${JSON.stringify(toolkitJournal(run), null, 2)}\n`;
}

function toolkitJournal({ run, document, assertions, journal, machine, facts }: ReportedRun): ToolkitJournal {
  const moments = journal.map(({ atMs }) => atMs);
  const startMs = moments[0] ?? 0;
  const endMs = Math.max(startMs, moments.at(-1) ?? 0);
  const experiment = toolkitExperiment(document, run.az);
  const isBefore = ({ phase }: AssertionResult): boolean => phase === 'baseline';
  const tripped = journal.some(({ type }) => type === 'guardrail.tripped');
  return {
    'chaoslib-version': CHAOSLIB_VERSION,
    platform: machine?.system ?? 'unknown',
    // No host is written down in a report; what was under test is.
    node: facts.region,
    experiment,
    start: iso(startMs),
    status: run.verdict === 'ABORTED' && tripped ? 'aborted' : STATUS[run.verdict],
    deviated: run.verdict === 'FAIL',
    steady_states: {
      before: steadyState(assertions.filter(isBefore), facts.baseline?.fromMs ?? startMs, facts.baseline?.toMs ?? endMs),
      after: run.verdict === 'NOT_READY' ? null : steadyState(assertions.filter((one) => !isBefore(one)), facts.baseline?.fromMs ?? startMs, endMs),
      during: [],
    },
    run: journal.flatMap((event) => activitiesOf(event, experiment.method)),
    rollbacks: journal.flatMap(givenHealed),
    end: iso(endMs),
    duration: (endMs - startMs) / 1000,
  };
}

/** Null where nothing was looked at. Each assertion is a probe, which our judge has made from the customers' records. */
function steadyState(assertions: readonly AssertionResult[], fromMs: number, toMs: number): SteadyState | null {
  if (assertions.length === 0) return null;
  const probes = assertions.map((one): ActivityRun => {
    const { id, metric, min, max, observed, unit, samples, state, text } = one;
    const provider: Activity['provider'] = { type: 'process', path: './azimuth', arguments: ['judge', '.'] };
    return {
      activity: { type: 'probe', name: id, provider, ...(min === null && max === null ? {} : { tolerance: { type: 'range', range: [min ?? -Number.MAX_VALUE, max ?? Number.MAX_VALUE] } }) },
      output: { metric, observed, unit, samples, text },
      ...spanned(fromMs, toMs),
      status: state === 'INCONCLUSIVE' ? 'failed' : 'succeeded',
      ...(state === 'INCONCLUSIVE' ? { exception: [text] } : {}),
      tolerance_met: state === 'PASS',
    };
  });
  return { steady_state_met: probes.every((probe) => probe.tolerance_met === true), probes };
}

/** What the run did to the region, by the exported activity that does the same. */
function activitiesOf(event: JournalEvent, method: readonly Activity[]): ActivityRun[] {
  switch (event.type) {
    case 'given.made':
    case 'fault.injected': {
      const { verb, target, detail, members } = event;
      const fromMs = event.type === 'fault.injected' ? event.startedMs : event.atMs;
      return [done(named(method, statedFaultText({ ...detail, verb, target })), { id: event.id, members }, fromMs, event.atMs)];
    }
    case 'fault.healed': {
      const heal = method.find(({ name }) => name.startsWith('heal ')) ?? plain('heal');
      return [ended(done(heal, { healed: event.healed, remains: event.remains }, event.atMs, event.atMs), event.remains)];
    }
    default:
      return [];
  }
}

function givenHealed(event: JournalEvent): ActivityRun[] {
  if (event.type !== 'given.healed') return [];
  return [ended(done(plain(`heal ${event.target}`), { healed: event.healed, remains: event.remains }, event.atMs, event.atMs), event.remains)];
}

function named(method: readonly Activity[], name: string): Activity {
  return method.find((activity) => activity.name === name) ?? plain(name);
}

function plain(name: string): Activity {
  return { type: 'action', name, provider: { type: 'process', path: './azimuth', arguments: name.split(' ') } };
}

function done(activity: Activity, output: unknown, fromMs: number, toMs: number): ActivityRun {
  return { activity, output, ...spanned(fromMs, toMs), status: 'succeeded' };
}

function ended(run: ActivityRun, remains: readonly { name: string; reason: string }[]): ActivityRun {
  if (remains.length === 0) return run;
  return { ...run, status: 'failed', exception: remains.map(({ name, reason }) => `${name}: ${reason}`) };
}

function spanned(fromMs: number, toMs: number): { start: string; end: string; duration: number } {
  return { start: iso(fromMs), end: iso(toMs), duration: (toMs - fromMs) / 1000 };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
