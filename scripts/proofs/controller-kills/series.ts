/** Kills of one controller after the other. What a miss leaves broken is healed, so that it counts once. */
import { killSeries, type SeriesWatch } from '../kill-series.ts';
import type { Moment } from '../moments.ts';
import { killOnce, type Killing } from './one-kill.ts';
import { isMiss, type Kill } from './summary.ts';

/**
 * @param signal ends it after the run that goes on is ended and healed
 * @throws CommandFailure when runs do not come to their moment, or as {@link killOnce} does
 */
export async function killControllers(moments: Iterator<Moment, never>, times: number, region: Killing, signal: AbortSignal, watch: SeriesWatch<Kill>): Promise<void> {
  try {
    await killSeries(moments, times, async (moment) => {
      const outcome = await killOnce(moment, region, signal);
      if (outcome.type === 'killed' && isMiss(outcome.kill)) await region.putBack();
      return outcome;
    }, signal, watch);
  } finally {
    await region.putBack();
  }
}
