/**
 * The few forms that our PromQL takes, written once: which series are meant, over which window a rate is. Guards
 * against a query that forgets the job, and against a window too short for the scrapes that it must hold.
 */
import { METRIC } from '#contracts/metrics.ts';

/** Name of the one scrape job. */
export const JOB = 'azimuth';
/** Seconds between scrapes. */
export const SCRAPE_INTERVAL_S = 2;
/** A rate over fewer scrapes than this has holes whenever one is late. */
export const SCRAPES_PER_RATE_MIN = 4;
/** The shortest window of rules; that of panels is Grafana's `$__rate_interval`, which keeps the same rule. */
export const FAST = '10s';

/** Label matchers as they are written: `role="front-door"`. */
type Matcher = `${string}${'=' | '!=' | '=~' | '!~'}"${string}"`;

/** Series of a rule. */
export function inRule(metric: string, ...matchers: Matcher[]): string {
  return select(metric, [`job="${JOB}"`, ...matchers]);
}

/** Series of a panel, whose job is a variable. */
export function inPanel(metric: string, ...matchers: Matcher[]): string {
  return select(metric, ['job=~"$job"', ...matchers]);
}

/** Of a panel about instances, which are a variable too. */
export function ofInstance(metric: string, ...matchers: Matcher[]): string {
  return inPanel(metric, 'instance=~"$instance"', ...matchers);
}

/** Increase per second in a panel. */
export function rate(series: string): string {
  return `rate(${series}[$__rate_interval])`;
}

/** Quantile of a histogram in a panel, by the labels that are kept. */
export function quantile(q: number, buckets: string, ...by: string[]): string {
  return `histogram_quantile(${q}, sum by (${['le', ...by].join(', ')}) (${rate(buckets)}))`;
}

export function bucketsOf(metric: string): string {
  return `${metric}_bucket`;
}

export function countOf(metric: string): string {
  return `${metric}_count`;
}

/** Moves what a series is about from `zone`, which processes write, to `az`, by which everything is joined. */
export function zoneAsAz(expr: string): string {
  return `label_replace(${expr}, "az", "$1", "zone", "(.+)")`;
}

/** Orders that are settled: what was expected, of which some were answered. */
export const ORDERS = METRIC.customerOrders;

function select(metric: string, matchers: readonly string[]): string {
  return `${metric}{${matchers.join(', ')}}`;
}
