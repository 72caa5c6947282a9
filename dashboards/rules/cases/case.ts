/**
 * Situations in which an alert must fire, and near misses in which it must not: what promtool is given to test rules
 * with. Guards against the alert that cannot fire, which looks exactly like a healthy region.
 */
import { JOB, SCRAPE_INTERVAL_S } from '../../promql.ts';

export interface Situation {
  /** What is going on, in words. */
  what: string;
  series: readonly SeriesOverTime[];
  /** When promtool looks, after the beginning. */
  at: string;
}

export interface FiringSituation extends Situation {
  /** Labels of the alert, without its severity. */
  labels: Readonly<Record<string, string>>;
  /** `$value` as the description renders it. */
  value?: string;
}

export interface AlertCases {
  alert: string;
  fires: readonly FiringSituation[];
  nearMisses: readonly Situation[];
}

export interface SeriesOverTime {
  series: string;
  values: string;
}

type Labels = Readonly<Record<string, string>>;

/** Long enough for every case but those that say otherwise. */
const DEFAULT_S = 300;

/** A counter that grows by so much a second. */
export function growing(metric: string, labels: Labels, perSecond: number, forS = DEFAULT_S): SeriesOverTime {
  return { series: named(metric, labels), values: `0+${Number((perSecond * SCRAPE_INTERVAL_S).toFixed(6))}x${scrapes(forS)}` };
}

/** A gauge that holds its values for so many seconds each, then the last one. */
export function holding(metric: string, labels: Labels, value: number, forS = DEFAULT_S): SeriesOverTime {
  return { series: named(metric, labels), values: `${value}x${scrapes(forS)}` };
}

/** A gauge that is 0 until `fromS` and then 1. */
export function turningOn(metric: string, labels: Labels, fromS: number, forS = DEFAULT_S): SeriesOverTime {
  return { series: named(metric, labels), values: `0x${scrapes(fromS) - 1} 1x${scrapes(forS)}` };
}

/** A gauge that is 1 until `untilS` and then 0. */
export function turningOff(metric: string, labels: Labels, untilS: number, forS = DEFAULT_S): SeriesOverTime {
  return { series: named(metric, labels), values: `1x${scrapes(untilS) - 1} 0x${scrapes(forS)}` };
}

/** A gauge with its values one by one. */
export function stepping(metric: string, labels: Labels, values: string): SeriesOverTime {
  return { series: named(metric, labels), values };
}

function named(metric: string, labels: Labels): string {
  const all = Object.entries({ job: JOB, ...labels }).map(([name, value]) => `${name}="${value}"`);
  return `${metric}{${all.join(', ')}}`;
}

function scrapes(seconds: number): number {
  return Math.round(seconds / SCRAPE_INTERVAL_S);
}
