/** Kills one after the other, until there are as many as were asked for. What a miss leaves broken is healed, so that it counts once. */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import type { Moment } from '../moments.ts';
import { killOnce, type Killing } from './one-kill.ts';
import { isMiss, type Kill } from './summary.ts';

/** So many runs in a row that were over before their moment are no chance. */
const OVER_IN_A_ROW_MAX = 3;

export interface SeriesWatch {
  onKill: (kill: Kill) => void;
  /** It does not count; another takes its place. */
  onOver: (moment: Moment, why: string) => void;
}

/**
 * @param signal ends it after the run that goes on is ended and healed
 * @returns as many as there were
 * @throws CommandFailure when runs do not come to their moment, or as {@link killOnce} does
 */
export async function killSeries(moments: Iterator<Moment, never>, times: number, region: Killing, signal: AbortSignal, watch: SeriesWatch): Promise<Kill[]> {
  const kills: Kill[] = [];
  let overInARow = 0;
  try {
    while (kills.length < times && !signal.aborted) {
      const moment = moments.next().value;
      const outcome = await killOnce(moment, region, signal);
      if (outcome.type === 'stopped') break;
      if (outcome.type === 'over') {
        overInARow += 1;
        watch.onOver(moment, outcome.why);
        if (overInARow === OVER_IN_A_ROW_MAX) throw new CommandFailure(`${OVER_IN_A_ROW_MAX} runs in a row were over before their controller was to be killed; the last: ${outcome.why}.`, EXIT.NOT_READY);
        continue;
      }
      overInARow = 0;
      kills.push(outcome.kill);
      watch.onKill(outcome.kill);
      if (isMiss(outcome.kill)) await region.putBack();
    }
    return kills;
  } finally {
    await region.putBack();
  }
}
