/**
 * Whether a query shows something else than before: how its series differ from a stretch of samples of before. Guards
 * against taking noise for an effect: a value must leave the range of before by as much again as the range is wide.
 */
import type { Labels, Series } from './prometheus-api.ts';

export type Change = 'rises' | 'falls' | 'appears' | 'vanishes';

/** Room around a value that did not move at all, as a share of it. */
const ROOM_MIN = 0.02;

interface Range {
  min: number;
  max: number;
  samples: number;
}

/** Series of before by their labels. */
export class ValueRange {
  readonly #ranges = new Map<string, Range>();
  /** Points in time at which anything was there. */
  readonly #moments: number;

  /** @param before a stretch of samples */
  constructor(before: readonly Series[]) {
    const moments = new Set<number>();
    for (const { labels, points } of before) {
      const values = points.filter(([, value]) => Number.isFinite(value)).map(([at, value]) => {
        moments.add(at);
        return value;
      });
      if (values.length > 0) this.#ranges.set(keyOf(labels), { min: Math.min(...values), max: Math.max(...values), samples: values.length });
    }
    this.#moments = moments.size;
  }

  get isEmpty(): boolean {
    return this.#ranges.size === 0;
  }

  /** What is other in `now` than it was before, with one example of each. */
  changes(now: readonly Series[]): Map<Change, string> {
    const found = new Map<Change, string>();
    const note = (change: Change, text: string): void => void (found.has(change) || found.set(change, text));
    const present = new Set<string>();
    for (const { labels, points } of now) {
      const value = points.at(-1)?.[1] ?? NaN;
      // No observation is no series: a quantile of nothing.
      if (!Number.isFinite(value)) continue;
      const key = keyOf(labels);
      present.add(key);
      const range = this.#ranges.get(key);
      if (range === undefined) note('appears', `${key} ${value}`);
      else if (value > range.max + roomOf(range)) note('rises', `${key} ${range.max} → ${value}`);
      else if (value < range.min - roomOf(range)) note('falls', `${key} ${range.min} → ${value}`);
    }
    // Who was there at every moment, not who came and went.
    for (const [key, { samples }] of this.#ranges) if (samples === this.#moments && !present.has(key)) note('vanishes', key);
    return found;
  }
}

function roomOf({ min, max }: Range): number {
  return Math.max(max - min, ROOM_MIN * Math.max(Math.abs(min), Math.abs(max)));
}

function keyOf(labels: Labels): string {
  const parts = Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${parts.map(([name, value]) => `${name}="${value}"`).join(', ')}}`;
}
