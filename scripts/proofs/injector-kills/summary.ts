/** What kills of a region's first process came to: a line for each, and the whole. */
import { quantile } from '#simulation/figures.ts';
import { GONE_MS_MAX, isMiss, type Kill } from './one-kill.ts';

export interface Summary {
  kills: number;
  /** While a fault was held. */
  withFault: number;
  /** By phase; `none` before the first. */
  byPhase: Record<string, number>;
  /** From the kill until no process was left, milliseconds; null where none went. */
  goneMsMedian: number | null;
  goneMsMax: number | null;
  goneMsBar: number;
  /** Of the next starts, milliseconds. */
  upMsMax: number | null;
  misses: number;
}

export function summaryOf(kills: readonly Kill[]): Summary {
  const byPhase: Record<string, number> = {};
  for (const { phase } of kills) byPhase[phase ?? 'none'] = (byPhase[phase ?? 'none'] ?? 0) + 1;
  const goneMs = kills.flatMap((kill) => kill.goneMs ?? []).sort((one, other) => one - other);
  const upMs = kills.flatMap(({ next }) => next.upMs ?? []);
  return {
    kills: kills.length, withFault: kills.filter(({ held }) => held.length > 0).length, byPhase,
    goneMsMedian: goneMs.length === 0 ? null : quantile(goneMs, 0.5), goneMsMax: goneMs.at(-1) ?? null, goneMsBar: GONE_MS_MAX,
    upMsMax: upMs.length === 0 ? null : Math.max(...upMs), misses: kills.filter(isMiss).length,
  };
}

/** @param number of the kill, from 1 on */
export function killLine(number: number, kill: Kill): string {
  const { experiment, az, atMs, phase, held, goneMs, left, next } = kill;
  const gone = goneMs === null ? `LEFT: ${left.join(', ')}` : `nothing left after ${goneMs} ms`;
  const start = next.unclean.length > 0 ? `next start NOT CLEAN: ${next.unclean.join(', ')}` : `up again after ${seconds(next.upMs ?? 0)}, clean`;
  const told = next.told === null ? '' : ` "${next.told}"`;
  return `${String(number).padStart(3)}  ${experiment} ${az}, ${seconds(atMs)} in: ${phase ?? 'before the first phase'}, ${held.join(', ') || 'no fault'} held; ${gone}; ${start}${told}${isMiss(kill) ? '  MISS' : ''}`;
}

export function summaryText({ kills, withFault, byPhase, goneMsMedian, goneMsMax, goneMsBar, upMsMax, misses }: Summary): string {
  if (kills === 0) return 'Nobody was killed.';
  const phases = Object.entries(byPhase).map(([phase, count]) => `${count} in ${phase}`).join(', ');
  const gone = goneMsMedian === null || goneMsMax === null ? 'something always left' : `nothing left after ${goneMsMedian} ms in the median, ${goneMsMax} ms at most (bar ${goneMsBar} ms)`;
  return `${kills} kills (${phases}), ${withFault} with a fault: ${gone}; ${upMsMax === null ? 'never up again' : `up again within ${seconds(upMsMax)}`}; ${misses} left something or were not clean.`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
