// Each rule is shown with a query that breaks it; that all our own queries keep them stands in the last test.
import { expect, test } from 'vitest';
import { everyQuery } from '../queries.ts';
import { panelQueryOffences, queryOffences } from './query-rules.ts';

const ORDERS = 'azimuth_customer_orders_total';

test.each([
  ['rate(azimuth_order_total[10s])', 'a metric that nobody exports'],
  [`sum(${ORDERS})`, 'is a counter and wants rate()'],
  ['rate(azimuth_kitchen_ovens_busy[10s])', 'is no counter and has no rate'],
  [`rate(${ORDERS}[6s])`, 'holds fewer than 4 scrapes'],
  [`sum(rate(${ORDERS}[10s])) or vector(0)`, 'makes a figure out of no data'],
  ['histogram_quantile(0.9, sum by (az) (rate(azimuth_customer_latency_seconds_bucket[10s])))', 'wants histogram_quantile over a sum by le'],
  ['sum by (le) (rate(azimuth_customer_latency_seconds_bucket[10s]))', 'wants histogram_quantile over a sum by le'],
  [`rate(${ORDERS}[10s)`, 'does not parse'],
  [' ', 'the query is empty'],
])('%s is refused', (expr, why) => {
  expect(queryOffences(expr).join('; ')).toContain(why);
});

test('what keeps the rules is let through', () => {
  expect(queryOffences(`sum by (zone) (rate(${ORDERS}[$__rate_interval])) / 2`)).toEqual([]);
  expect(queryOffences('histogram_quantile(0.9, sum by (le) (rate(azimuth_customer_latency_seconds_bucket[1m])))')).toEqual([]);
  expect(queryOffences('azimuth:can_lose_az == 0')).toEqual([]);
});

test('a panel goes by the variables of its dashboard, and by no window of its own', () => {
  expect(panelQueryOffences(`rate(${ORDERS}{job="azimuth"}[30s])`, ['job'])).toEqual([`${ORDERS} does not go by job=~"$job"`, `${ORDERS} has a fixed window of 30s; take $__rate_interval`]);
  expect(panelQueryOffences('azimuth_fail_open{job=~"$job"}', ['job', 'instance'])).toEqual(['azimuth_fail_open does not go by instance=~"$instance"']);
  expect(panelQueryOffences('azimuth:can_lose_az{job=~"$job"}', ['job', 'instance'])).toEqual([]);
});

test('every query of ours keeps the rules', () => {
  const queries = everyQuery((expr) => expr);
  expect(queries.length).toBeGreaterThan(80);
  const offences = queries.flatMap(({ origin, dashboard, panel, name, expr }) => queryOffences(expr).map((offence) => `${[origin, dashboard, panel, name].filter(Boolean).join(' › ')}: ${offence}`));
  expect(offences).toEqual([]);
});
