/**
 * What the command line ends with. Verdict states and exit codes are one list, so that a CI job can tell
 * "customers noticed" from "the machine was too busy to know".
 */
export const EXIT = {
  PASS: 0,
  FAIL: 1,
  /** Usage or configuration: nothing was done. */
  USAGE: 2,
  INCONCLUSIVE: 3,
  ABORTED: 4,
  NOT_READY: 5,
  ERROR: 6,
} as const;

export type VerdictState = 'PASS' | 'FAIL' | 'INCONCLUSIVE' | 'ABORTED' | 'NOT_READY' | 'ERROR';

/** Best first. A run of several parts ends in the worst of them. */
const ORDER: readonly VerdictState[] = ['PASS', 'INCONCLUSIVE', 'NOT_READY', 'ABORTED', 'ERROR', 'FAIL'];

/** The worst of the given states; PASS for none. */
export function worstVerdict(states: Iterable<VerdictState>): VerdictState {
  let worst: VerdictState = 'PASS';
  for (const state of states) if (ORDER.indexOf(state) > ORDER.indexOf(worst)) worst = state;
  return worst;
}
