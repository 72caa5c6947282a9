/**
 * The run second by second, by intended send time: what a person sees as a chart, and availability as the
 * area of answered over the area of expected. In an open loop every intended order is expected, so the rate
 * need not be guessed and a slow region cannot shrink what is expected of it.
 */
import { isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { Interval } from './run-facts.ts';

export interface Second {
  /** Whole seconds since the start of the stretch. */
  atS: number;
  offered: number;
  answered: number;
}

/** Every full second of the stretch, those without orders too. */
export function perSecond(orders: readonly CustomerRecord[], stretch: Interval): Second[] {
  const seconds = Array.from({ length: Math.floor((stretch.toMs - stretch.fromMs) / 1000) }, (_, atS) => ({ atS, offered: 0, answered: 0 }));
  for (const record of orders) {
    const second = seconds[Math.floor((record.intendedMs - stretch.fromMs) / 1000)];
    if (second === undefined) continue;
    second.offered += 1;
    if (isAnswered(record)) second.answered += 1;
  }
  return seconds;
}

/** Shares 0..1; null without orders. */
export function availability(orders: readonly CustomerRecord[], stretch: Interval | null): { run: number; worstSecond: number } | null {
  if (stretch === null || orders.length === 0) return null;
  const shares = perSecond(orders, stretch).filter((second) => second.offered > 0).map((second) => second.answered / second.offered);
  const run = orders.filter(isAnswered).length / orders.length;
  return { run, worstSecond: Math.min(run, ...shares) };
}
