/**
 * What a run of a Chaos Toolkit experiment found, in our states, from its journal alone. Guards against its known false
 * passes: a rollback that failed (lib #94), an action that broke nothing, a method without anything to hold.
 *
 *   steady before, not after → FAIL           not steady before → NOT_READY     interrupted → ABORTED
 *   an action or a rollback failed → ERROR    no hypothesis, no action, or a probe of the method that saw nothing → INCONCLUSIVE
 *
 * Several can hold: the worst state is the verdict, all reasons are named.
 */
import { worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { ActivityRun, SteadyState, ToolkitJournal } from './journal.ts';

export interface ToolkitVerdict {
  state: VerdictState;
  /** Sentences, in the order of the run; empty for PASS. */
  reasons: readonly string[];
}

type Finding = readonly [VerdictState, string];

export function judgeToolkitJournal({ steady_states: { before, after }, run, rollbacks, status }: ToolkitJournal): ToolkitVerdict {
  const interrupted: Finding[] = status === 'interrupted' ? [['ABORTED', 'It was interrupted; the rollbacks were run.']] : [];
  const findings: Finding[] = [
    ...(interrupted.length > 0 ? interrupted : unsteady(before, 'NOT_READY', 'before the method: nothing was done')),
    ...run.flatMap(ofMethod),
    ...(interrupted.length > 0 ? [] : unsteady(after, 'FAIL', 'after the method')),
    ...nothingHeld(before),
    ...nothingDone(before, run, interrupted.length > 0),
    ...rollbacks.filter((one) => one.status !== 'succeeded').map((one): Finding => ['ERROR', `Rollback "${one.activity.name}" failed: ${why(one)}. What it was to undo may still be there.`]),
  ];
  return { state: worstVerdict(findings.map(([state]) => state)), reasons: findings.map(([, reason]) => reason) };
}

function unsteady(steady: SteadyState | null, state: VerdictState, when: string): Finding[] {
  if (steady === null || steady.steady_state_met) return [];
  const probe = steady.probes.find((one) => one.tolerance_met === false);
  if (probe === undefined) return [[state, `The hypothesis did not hold ${when}.`]];
  const seen = probe.status === 'succeeded' ? 'is beyond its tolerance' : `saw nothing: ${why(probe)}`;
  return [[state, `Probe "${probe.activity.name}" ${seen}, ${when}.`]];
}

function ofMethod(one: ActivityRun): Finding[] {
  if (one.status !== 'failed') return [];
  if (one.activity.type === 'probe') return [['INCONCLUSIVE', `Probe "${one.activity.name}" of the method saw nothing: ${why(one)}.`]];
  return [['ERROR', `Action "${one.activity.name}" failed: ${why(one)}. The method ended there.`]];
}

function nothingHeld(before: SteadyState | null): Finding[] {
  if (before !== null && before.probes.length > 0) return [];
  return [['INCONCLUSIVE', 'It has no hypothesis with probes: nothing had to hold, so it proves nothing.']];
}

/** What nothing shook is steady after as it was before. */
function nothingDone(before: SteadyState | null, run: readonly ActivityRun[], isInterrupted: boolean): Finding[] {
  if (isInterrupted || before?.steady_state_met !== true || run.some(({ activity }) => activity.type === 'action')) return [];
  return [['INCONCLUSIVE', 'The method has no action: nothing was done that could have shaken it, so it proves nothing.']];
}

function why({ exception = [] }: ActivityRun): string {
  return exception.join(' ').replace(/\.$/, '') || 'it did not end';
}
