import { expect, it } from 'vitest';
import { valueScale } from '../drawing/axis.ts';
import { bandOf, barsOf, chart, lineOf, type Axes, type Chart } from './plot.ts';

/** Four seconds of a quarter of the width each, values from 0 to 100 over 200 units of height. */
const axes: Axes = { span: { firstS: -1, seconds: 4 }, scale: valueScale([], 4, 0, 100) };
const plain: Chart = { ...axes, id: 'c', title: 'T', description: 'D', axisText: String, legend: [], stretches: [], moments: [], layers: [], secondText: null };

it('draws a line through the middle of each second, higher values further up', () => {
  expect(lineOf(axes, [0, 50, 100, 100], 'az1')).toBe('<path class="line az1" d="M125 200L375 100L625 0L875 0"/>');
});

it('breaks a line where there is no figure, and shows a second that stands alone', () => {
  expect(lineOf(axes, [0, null, 50, null], 'x')).toBe('<path class="line x" d="M125 200L125 200M625 100L625 100"/>');
  expect(lineOf(axes, [null, null, null, null], 'x')).toBe('');
});

it('fills between two series where both have figures, there and back', () => {
  expect(bandOf(axes, [100, 100, 100, 100], [0, 0, null, 0], 'x')).toBe('<path class="area x" d="M125 0L375 0L375 200L125 200ZM875 0L875 200Z"/>');
});

it('makes one of a thousand as high as can be seen, and nothing of none', () => {
  expect(barsOf(axes, [0.1, 0, 0, 0], 'failed')).toBe('<g class="failed"><rect x="37.5" y="195" width="175" height="5"/></g>');
  expect(barsOf(axes, [0, 0, 0, 0], 'failed')).toBe('');
});

it('keeps values beyond the scale inside of the drawing', () => {
  expect(lineOf(axes, [200, -50, 0, 0], 'x')).toContain('M125 0L375 200');
});

it('shades what lies inside of the run, and lets a word end where the next begins', () => {
  const drawn = chart({ ...plain, stretches: [{ kind: 'fault', fromS: -5, toS: 1, text: 'kill' }, { kind: 'recovery', fromS: 1, toS: 9, text: 'healing' }], moments: [{ atS: 2, text: 'balanced' }] });
  expect(drawn).toContain('<rect class="fault" x="0" y="0" width="500" height="200"/>');
  expect(drawn).toContain('<rect class="recovery" x="500" y="0" width="500" height="200"/>');
  expect(drawn).toContain('<span class="recovery" style="left:50%;max-width:25%">healing</span>');
  expect(drawn).toContain('<span class="moment" style="left:75%">balanced</span>');
});

it('says so when there is nothing to draw', () => {
  expect(chart({ ...plain, span: { firstS: 0, seconds: 0 } })).toContain('No full second was measured.');
});
