import { expect, it } from 'vitest';
import { dataOf, marksOf, type Dashboard } from './dashboard-data.ts';
import type { PrometheusApi, Series } from './prometheus-api.ts';

const SHOWN = { fromS: 100, toS: 160, stepS: 5, az: 'az2', instance: 'front-door' };

it('asks for figures at the end, for lines over the whole stretch, and names the series by their legend', async () => {
  const asked: string[] = [];
  const answer = (zone: string): Series => ({ labels: { zone }, points: [[160, 1]] });
  const prometheus = {
    query: async (expr: string, atS: number) => (asked.push(`${expr} @${atS}`), [answer('az1')]),
    queryRange: async (expr: string, fromS: number, toS: number, stepS: number) => (asked.push(`${expr} ${fromS}..${toS}/${stepS}`), expr === 'faults' ? [] : [answer('az3'), answer('az1')]),
  } as unknown as PrometheusApi;
  const dashboard: Dashboard = {
    title: 'T', description: '', annotations: { list: [{ target: { expr: 'faults' } }] },
    panels: [
      { id: 1, type: 'stat', title: '', gridPos: { x: 0, y: 0, w: 1, h: 1 }, targets: [{ expr: 'a{az="$az"}[$__range]', instant: true }] },
      { id: 2, type: 'timeseries', title: '', gridPos: { x: 0, y: 0, w: 1, h: 1 }, targets: [{ expr: 'b', legendFormat: 'in {{zone}}' }] },
    ],
  };
  const data = await dataOf(prometheus, dashboard, SHOWN);
  expect(asked).toEqual(['faults 100..160/5', 'a{az="az2"}[60s] @160', 'b 100..160/5']);
  expect(data(dashboard.panels[1]!).series.map(({ name }) => name)).toEqual(['in az1', 'in az3']);
});

it('makes one mark of a fault that lasts, and two of one that comes back', () => {
  const held: Series = { labels: { verb: 'kill', target: 'az1' }, points: [[100, 0], [105, 1], [110, 1], [115, 0], [120, 0], [125, 0], [130, 1]] };
  expect(marksOf([held], '{{verb}} {{target}}', 5)).toEqual([
    { fromS: 105, toS: 110, text: 'kill az1' },
    { fromS: 130, toS: 130, text: 'kill az1' },
  ]);
});
