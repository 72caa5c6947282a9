/** The word of a verdict with its colour and a mark of its own, so that it needs no colour to be told from the others. */
import type { VerdictState } from '#contracts/exit-codes.ts';
import { element } from '../drawing/markup.ts';

const STATES: Readonly<Record<VerdictState, { mark: string; colour: 'good' | 'bad' | 'doubtful' }>> = {
  PASS: { mark: '✓', colour: 'good' },
  FAIL: { mark: '✕', colour: 'bad' },
  INCONCLUSIVE: { mark: '?', colour: 'doubtful' },
  NOT_READY: { mark: '…', colour: 'doubtful' },
  ABORTED: { mark: '■', colour: 'doubtful' },
  ERROR: { mark: '!', colour: 'bad' },
};

export function stateBadge(state: VerdictState): string {
  const { mark, colour } = STATES[state];
  return element('span', { class: `badge ${colour}` }, element('span', { 'aria-hidden': 'true' }, mark), ` ${state}`);
}
