import { expect, it } from 'vitest';
import { fillIn } from './placeholders.ts';

it('puts in what Grafana puts in', () => {
  const expr = 'sum(rate(a{job=~"$job", az="$az", zone!~"$az|", instance=~"$instance"}[$__rate_interval])) + increase(b[$__range])';
  expect(fillIn(expr, { az: 'az2', rangeS: 120 })).toBe('sum(rate(a{job=~"azimuth", az="az2", zone!~"az2|", instance=~".+"}[8s])) + increase(b[120s])');
});

it('widens the window of rates with the distance of the points', () => {
  expect(fillIn('rate(a[$__rate_interval])', { rangeS: 900, stepS: 15 })).toBe('rate(a[17s])');
});

it('leaves the groups of label_replace alone', () => {
  expect(fillIn('label_replace(a, "az", "$1", "zone", "(.+)")', { rangeS: 1 })).toContain('"$1"');
});

it('refuses a variable that it does not know, which Prometheus would take for a name', () => {
  expect(() => fillIn('a{x="$other"}', { rangeS: 1 })).toThrow('$other');
});
