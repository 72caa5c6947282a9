/** Kills one after the other, until there are as many as were asked for: what somebody kills, and what becomes of it, is the caller's. */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { Moment } from './moments.ts';

/** So many runs in a row that were over before their moment are no chance. */
const OVER_IN_A_ROW_MAX = 3;

export type Outcome<Kill> =
  | { type: 'killed'; kill: Kill }
  /** The run had ended before its moment came: it was no point of an experiment. */
  | { type: 'over'; why: string }
  /** By the signal. */
  | { type: 'stopped' };

export interface SeriesWatch<Kill> {
  /** Those that there are; a series that breaks off has not been for nothing. */
  kills: Kill[];
  onKill: (kill: Kill) => void;
  /** It does not count; another takes its place. */
  onOver: (moment: Moment, why: string) => void;
}

/**
 * @param kill at that moment
 * @param signal ends it after the kill that is under way
 * @throws CommandFailure when runs do not come to their moment, or as `kill` and `onKill` do
 */
export async function killSeries<Kill>(moments: Iterator<Moment, never>, times: number, kill: (moment: Moment) => Promise<Outcome<Kill>>, signal: AbortSignal, { kills, onKill, onOver }: SeriesWatch<Kill>): Promise<void> {
  let overInARow = 0;
  while (kills.length < times && !signal.aborted) {
    const moment = moments.next().value;
    const outcome = await kill(moment);
    if (outcome.type === 'stopped') return;
    if (outcome.type === 'over') {
      overInARow += 1;
      onOver(moment, outcome.why);
      if (overInARow === OVER_IN_A_ROW_MAX) throw new CommandFailure(`${OVER_IN_A_ROW_MAX} runs in a row were over before their moment; the last: ${outcome.why}.`, EXIT.NOT_READY);
      continue;
    }
    overInARow = 0;
    kills.push(outcome.kill);
    onKill(outcome.kill);
  }
}

/** For a person: another takes its place. */
export function overLine({ document, az, atMs }: Moment, why: string): string {
  return `     ${document.id} ${az} was over before ${(atMs / 1000).toFixed(1)} s: ${why}. Another takes its place.`;
}
