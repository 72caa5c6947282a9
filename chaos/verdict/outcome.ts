/**
 * What a command ends with after its runs. A run that ended as its document expects is no failure, whatever its verdict
 * is called: a control arm must FAIL, a rehearsal must be ABORTED. One that passes where it should have failed is a FAIL.
 */
import { worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { VerdictRun } from '#contracts/verdict.ts';

export interface OutcomeOptions {
  /** A run that could not tell is accepted, because somebody said so. */
  allowInconclusive: boolean;
  /** It was ended before its time: runs that were not come to are no PASS. */
  stopped: boolean;
}

/** The state whose exit code is due. */
export function outcomeOf(runs: readonly Pick<VerdictRun, 'verdict' | 'asExpected'>[], { allowInconclusive, stopped }: OutcomeOptions): VerdictState {
  const states = runs.map(({ verdict, asExpected }): VerdictState => {
    if (asExpected || (allowInconclusive && verdict === 'INCONCLUSIVE')) return 'PASS';
    return verdict === 'PASS' ? 'FAIL' : verdict;
  });
  return worstVerdict(stopped ? [...states, 'ABORTED'] : states);
}
