/** Drawings as text: what a person must find in them, and what must not break them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { GENERATED } from '../../../dashboards/generated-files.ts';
import { ROOT } from '../../tool.ts';
import { boxOf, drawDashboard } from './dashboard.ts';
import { seriesName, type NamedSeries, type Panel, type PanelData } from './panel.ts';

const SPAN = { fromS: 1000, toS: 1120 };

function panel(more: Partial<Panel> = {}): Panel {
  return { id: 1, type: 'timeseries', title: 'Orders', gridPos: { x: 0, y: 0, w: 12, h: 7 }, fieldConfig: { defaults: { unit: 'reqps', min: 0 }, overrides: [] }, ...more };
}

function series(name: string, ...values: number[]): NamedSeries {
  return { name, labels: { az: name }, points: values.map((value, at) => [SPAN.fromS + at * 2, value]) };
}

function draw(one: Panel, data: Partial<PanelData> = {}): string {
  return drawDashboard({ title: 'Region', description: 'How is it?', panels: [one], dataOf: () => ({ series: [], span: SPAN, marks: [], ...data }), footer: 'run r1' });
}

describe('a drawn dashboard', () => {
  it('says what it is of: title, description, panel and run', () => {
    const svg = draw(panel());
    for (const text of ['>Region<', '>How is it?<', '>Orders<', '>run r1<']) expect(svg).toContain(text);
  });

  it('has each panel where Grafana has it, and none over another', () => {
    const left = boxOf({ gridPos: { x: 0, y: 1, w: 12, h: 7 } });
    const right = boxOf({ gridPos: { x: 12, y: 1, w: 12, h: 7 } });
    const below = boxOf({ gridPos: { x: 0, y: 8, w: 24, h: 7 } });
    expect(left.x + left.width).toBeLessThan(right.x);
    expect(left.y + left.height).toBeLessThan(below.y);
    expect(below.x + below.width).toBeCloseTo(right.x + right.width);
  });

  it('survives a name that is markup', () => {
    const svg = draw(panel({ title: 'a < b & "c"' }), { series: [series('<az1>', 1, 2)] });
    expect(svg).toContain('a &lt; b &amp; &quot;c&quot;');
    expect(svg).not.toContain('<az1>');
  });

  it('refuses what it cannot draw, instead of leaving it out', () => {
    expect(() => draw(panel({ type: 'gauge' }))).toThrow('"gauge"');
    expect(() => draw(panel({ fieldConfig: { defaults: { unit: 'furlongs' }, overrides: [] } }), { series: [series('a', 1, 2)] })).toThrow('"furlongs"');
  });

  it('can draw every panel that we generate, with series and without', () => {
    const files = readdirSync(join(ROOT, GENERATED.grafana));
    expect(files.length).toBeGreaterThan(0);
    for (const file of files) {
      const { panels } = JSON.parse(readFileSync(join(ROOT, GENERATED.grafana, file), 'utf8')) as { panels: Panel[] };
      for (const one of panels) {
        expect(() => draw(one)).not.toThrow();
        expect(() => draw(one, { series: [series('az1', 0, 1, 0.5), series('az2', 1, 1, 1)] })).not.toThrow();
      }
    }
  });
});

describe('lines', () => {
  it('have the colour that the dashboard names for them, and a legend', () => {
    const overrides = [{ matcher: { id: 'byRegexp', options: '/^az1\\b/' }, properties: [{ id: 'color', value: { fixedColor: '#56B4E9' } }] }];
    const svg = draw(panel({ fieldConfig: { defaults: { unit: 'reqps' }, overrides } }), { series: [series('az1', 1, 2), series('az10', 1, 2)] });
    expect(svg.match(/stroke="#56B4E9"/g)).toHaveLength(1);
    expect(svg).toContain('>az1<');
  });

  it('have a hole where nothing was known', () => {
    const holed: NamedSeries = { name: 'a', labels: {}, points: [[1000, 1], [1002, 1], [1040, 2], [1042, 2]] };
    expect(draw(panel(), { series: [holed] }).match(/<polyline/g)).toHaveLength(2);
    expect(draw(panel(), { series: [series('a', 1, NaN, 1)] }).match(/<polyline/g)).toHaveLength(1);
  });

  it('stand one on the other where the panel stacks them', () => {
    const stacking = panel({ fieldConfig: { defaults: { unit: 'reqps', min: 0, custom: { stacking: { mode: 'normal' } } }, overrides: [] } });
    expect(draw(stacking, { series: [series('a', 60, 60), series('b', 60, 60)] })).toContain('>150 req/s<');
    expect(draw(panel(), { series: [series('a', 60, 60), series('b', 60, 60)] })).not.toContain('>150 req/s<');
  });

  it('show when a fault was held', () => {
    expect(draw(panel(), { series: [series('a', 1)], marks: [{ fromS: 1010, toS: 1050, text: 'kill az1' }] })).toContain('>kill az1<');
  });

  it('are missing in words where there are none', () => {
    expect(draw(panel())).toContain('>No data<');
  });
});

describe('figures, states and tables', () => {
  const words = [{ type: 'value', options: { '0': { text: 'no', color: 'red' } } }, { type: 'range', options: { from: 1, to: 10, result: { text: 'yes', color: 'green' } } }];

  it('show a word and its colour for a figure that has one', () => {
    const stat = panel({ type: 'stat', fieldConfig: { defaults: { unit: 'none', mappings: words }, overrides: [] } });
    expect(draw(stat, { series: [series('a', 0)] })).toMatch(/#f2495c.*>no</s);
    expect(draw(stat, { series: [series('a', 1)] })).toMatch(/#73bf69.*>yes</s);
  });

  it('show a figure in the colour of its threshold', () => {
    const steps = [{ value: null, color: 'red' }, { value: 0.999, color: 'green' }];
    const stat = panel({ type: 'stat', fieldConfig: { defaults: { unit: 'percentunit', decimals: 2, thresholds: { steps } }, overrides: [] } });
    expect(draw(stat, { series: [series('a', 0.5, 0.9995)] })).toMatch(/#73bf69.*>99\.95%</s);
    expect(draw(stat, { series: [series('a', 0.9995, 0.5)] })).toMatch(/#f2495c.*>50\.00%</s);
  });

  it('join equal states, and leave a hole where nothing was known', () => {
    const states = panel({ type: 'state-timeline', fieldConfig: { defaults: { mappings: words }, overrides: [] } });
    const bars = (one: NamedSeries): number => draw(states, { series: [one] }).match(/opacity="0.8"|opacity="0.9"/g)?.length ?? 0;
    expect(bars(series('a', 1, 1, 0, 0, 1))).toBe(3);
    expect(bars({ name: 'a', labels: {}, points: [[1000, 1], [1002, 1], [1010, 1]] })).toBe(2);
  });

  it('have the columns of the panel, in its order', () => {
    const organise = { id: 'organize', options: { indexByName: { Value: 1, az: 0 }, renameByName: { az: 'Zone', Value: 'When' } } };
    const svg = draw(panel({ type: 'table', transformations: [organise], fieldConfig: { defaults: { unit: 'dateTimeFromNow' }, overrides: [] } }), { series: [series('az1', (SPAN.toS - 40) * 1000)] });
    expect(svg).toMatch(/>Zone<.*>When<.*>az1<.*>40 seconds ago</s);
  });

  it('name a series by its legend', () => {
    expect(seriesName('{{zone}} from {{ role }} {{none}}', { zone: 'az1', role: 'front-door' })).toBe('az1 from front-door');
  });
});
