/**
 * What a command ends with after its runs, whether it made them or judges them again. A run that ended as its document
 * expects is no failure, whatever its verdict is called: a control arm must FAIL, a rehearsal must be ABORTED. One that
 * passes where it should have failed is a FAIL. Runs that were not come to are no PASS.
 */
import { worstVerdict, type VerdictState } from '#contracts/exit-codes.ts';
import type { Verdict, VerdictRun } from '#contracts/verdict.ts';

/** What of a verdict decides how a command ends. */
export interface EndedRuns extends Pick<Verdict, 'notRun'> {
  runs: readonly Pick<VerdictRun, 'verdict' | 'asExpected'>[];
}

/** The worst that came out, as it is called. */
export function verdictStateOf({ runs, notRun }: EndedRuns): VerdictState {
  return worstOf(runs.map(({ verdict }) => verdict), notRun);
}

/**
 * The state whose exit code is due.
 * @param allowInconclusive a run that could not tell is accepted, because somebody said so
 */
export function outcomeOf({ runs, notRun }: EndedRuns, { allowInconclusive }: { allowInconclusive: boolean }): VerdictState {
  const states = runs.map(({ verdict, asExpected }): VerdictState => {
    if (asExpected || (allowInconclusive && verdict === 'INCONCLUSIVE')) return 'PASS';
    return verdict === 'PASS' ? 'FAIL' : verdict;
  });
  return worstOf(states, notRun);
}

function worstOf(states: readonly VerdictState[], notRun: readonly string[]): VerdictState {
  return worstVerdict([...states, ...notRun.map(() => 'ABORTED' as const)]);
}
