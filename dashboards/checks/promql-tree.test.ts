import { expect, test } from 'vitest';
import { readPromql } from './promql-tree.ts';

test('a query is read as what it is made of', () => {
  expect(readPromql('histogram_quantile(0.99, sum by (le, az) (rate(x_bucket{job=~"$job", az!="a"}[$__rate_interval]))) > on (job) y')).toEqual({
    errors: [],
    selectors: [
      {
        metric: 'x_bucket',
        matchers: [{ label: 'job', operator: '=~', value: '$job' }, { label: 'az', operator: '!=', value: 'a' }],
        range: '$__rate_interval',
        within: ['rate', 'sum by (le, az)', 'histogram_quantile'],
      },
      { metric: 'y', matchers: [], range: null, within: [] },
    ],
  });
});

test('names of recorded series with colons and windows in figures are read', () => {
  expect(readPromql('azimuth:x:rate10s / rate(y_total[10s])').selectors.map(({ metric, range }) => [metric, range])).toEqual([['azimuth:x:rate10s', null], ['y_total', '10s']]);
});

test('what the grammar does not take is said, with the place', () => {
  expect(readPromql('sum by (az (up)').errors[0]).toContain('does not parse near');
  expect(readPromql('rate(x_total[5m)').errors).not.toEqual([]);
});
