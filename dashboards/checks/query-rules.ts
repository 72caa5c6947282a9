/**
 * What a query must keep: metrics that exist, counters that are rated over windows which hold enough scrapes,
 * quantiles over rates by `le`, nothing that turns missing data into a figure. The rules are those of Grafana's
 * dashboard linter, and a few of our own.
 *
 * https://github.com/grafana/dashboard-linter
 */
import { METRIC } from '#contracts/metrics.ts';
import { SCRAPE_INTERVAL_S, SCRAPES_PER_RATE_MIN } from '../promql.ts';
import { RECORDING_RULES } from '../rules/recording.ts';
import { readPromql, type Selector } from './promql-tree.ts';

const COUNTS = new Set(['rate', 'increase', 'irate', 'resets', 'changes']);
const COUNTER = /_(?:total|bucket|sum|count)$/;
const SECONDS: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400 };

/** Metrics that come from elsewhere than our programs and rules. */
const FOREIGN = ['up', 'ALERTS'];
const KNOWN = new Set<string>([...Object.values(METRIC), ...RECORDING_RULES.map(({ record }) => record), ...FOREIGN]);

/** @returns what is wrong, one sentence each */
export function queryOffences(expr: string): string[] {
  if (expr.trim() === '') return ['the query is empty'];
  const { errors, selectors } = readPromql(expr);
  const offences = [...errors, ...selectors.flatMap(selectorOffences)];
  if (/\bvector\s*\(/.test(expr)) offences.push('vector() makes a figure out of no data');
  return offences;
}

/** What a panel's query must keep besides: the variables of its dashboard. */
export function panelQueryOffences(expr: string, variables: readonly string[]): string[] {
  return readPromql(expr).selectors.flatMap((selector) => {
    const asked = selector.metric.includes(':') ? variables.filter((name) => name === 'job') : variables;
    const missing = asked.filter((name) => !selector.matchers.some(({ label, operator, value }) => label === name && operator === '=~' && value === `$${name}`));
    const fixed = selector.range !== null && !selector.range.startsWith('$__') ? [`${selector.metric} has a fixed window of ${selector.range}; take $__rate_interval`] : [];
    return [...missing.map((name) => `${selector.metric} does not go by ${name}=~"$${name}"`), ...fixed];
  });
}

function selectorOffences({ metric, range, within }: Selector): string[] {
  const offences: string[] = [];
  if (!KNOWN.has(metric) && !KNOWN.has(metric.replace(/_(?:bucket|sum|count)$/, ''))) offences.push(`${metric} is a metric that nobody exports`);
  const counted = within[0] !== undefined && COUNTS.has(within[0]);
  const isCounter = COUNTER.test(metric) && !metric.includes(':');
  if (isCounter && !counted) offences.push(`${metric} is a counter and wants rate() or increase()`);
  if (!isCounter && (within[0] === 'rate' || within[0] === 'increase' || within[0] === 'irate')) offences.push(`${metric} is no counter and has no rate`);
  if (range !== null && !range.startsWith('$__') && secondsOf(range) < SCRAPES_PER_RATE_MIN * SCRAPE_INTERVAL_S) {
    offences.push(`${metric} over ${range} holds fewer than ${SCRAPES_PER_RATE_MIN} scrapes of ${SCRAPE_INTERVAL_S} s`);
  }
  if (metric.endsWith('_bucket') && !(within[1]?.startsWith('sum by (') === true && /\ble\b/.test(within[1]) && within.includes('histogram_quantile'))) {
    offences.push(`${metric} wants histogram_quantile over a sum by le of rates`);
  }
  return offences;
}

function secondsOf(duration: string): number {
  return [...duration.matchAll(/(\d+)([smhd])/g)].reduce((sum, [, figure, unit]) => sum + Number(figure) * (SECONDS[unit ?? ''] ?? Number.NaN), 0);
}
