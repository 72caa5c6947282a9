/**
 * The frame of a chart over the seconds of a run. What is drawn stretches with the page, which distorts whatever stands
 * inside; so lines keep their width (`vector-effect`), and every word is HTML beside the drawing, as large on a phone as
 * on a screen. Each second shows its figures when it is pointed at, without a script.
 */
import { element, escaped } from '../drawing/markup.ts';
import { timeTicks, type Scale } from '../drawing/axis.ts';
import type { RunSeries } from '../series.ts';

/** Units of the drawing, which knows nothing of the page's pixels. */
const WIDTH = 1000;
const HEIGHT = 200;
const TIME_TICKS = 6;

/** A stretch of the run that is shaded, or a moment that is marked, in seconds after the fault. */
export interface Stretch {
  kind: 'fault' | 'recovery';
  fromS: number;
  toS: number;
  text: string;
}

export interface Moment {
  atS: number;
  text: string;
}

export interface LegendEntry {
  text: string;
  /** Class of its swatch: `az1`, `line`, `bad`, … */
  swatch: string;
}

export interface Axes {
  span: Pick<RunSeries, 'firstS' | 'seconds'>;
  scale: Scale;
}

export interface Chart extends Axes {
  /** Unique on the page. */
  id: string;
  title: string;
  /** One sentence: what is to be seen, and for `desc`. */
  description: string;
  axisText: (tick: number) => string;
  legend: readonly LegendEntry[];
  stretches: readonly Stretch[];
  moments: readonly Moment[];
  /** Markup of what is drawn, back to front. */
  layers: readonly string[];
  /** What a second says when it is pointed at; null for nothing. */
  secondText: ((second: number) => string) | null;
  isLow?: boolean;
}

/** Position of a moment in seconds after the fault, in units of the drawing. */
export function across({ firstS, seconds }: Axes['span'], atS: number): number {
  return ((atS - firstS) / seconds) * WIDTH;
}

function up({ min, max }: Scale, value: number): number {
  return HEIGHT - ((Math.min(Math.max(value, min), max) - min) / (max - min)) * HEIGHT;
}

/** A line through the middle of each second, broken where there is no figure. */
export function lineOf({ span, scale }: Axes, values: readonly (number | null)[], style: string): string {
  const d = stretchesOf(values).map((stretch) => pathOf(stretch.map(([second, value]) => [middle(span, second), up(scale, value)]))).join('');
  return d === '' ? '' : element('path', { class: `line ${style}`, d });
}

/** What lies between two series; where either has no figure there is nothing. */
export function bandOf({ span, scale }: Axes, tops: readonly (number | null)[], floors: readonly (number | null)[], style: string): string {
  const known = tops.map((top, second) => (floors[second] === null || floors[second] === undefined ? null : top));
  const d = stretchesOf(known).map((stretch) => {
    const there = stretch.map(([second, top]): [number, number] => [middle(span, second), up(scale, top)]);
    const back = stretch.map(([second]): [number, number] => [middle(span, second), up(scale, floors[second] ?? 0)]).reverse();
    return `${pathOf([...there, ...back])}Z`;
  }).join('');
  return d === '' ? '' : element('path', { class: `area ${style}`, d });
}

/** A bar for each second with more than nothing; never too low to be seen. */
export function barsOf({ span, scale }: Axes, values: readonly number[], style: string): string {
  const width = WIDTH / span.seconds;
  const bars = values.map((value, second) => {
    const height = Math.max(5, HEIGHT - up(scale, value));
    return value === 0 ? '' : element('rect', { x: second * width + width * 0.15, y: HEIGHT - height, width: width * 0.7, height });
  }).join('');
  return bars === '' ? '' : element('g', { class: style }, bars);
}

/** The whole figure. */
export function chart(one: Chart): string {
  const { id, title, description, legend, span, isLow = false } = one;
  const entries = legend.map(({ text, swatch }) => element('li', {}, element('i', { class: `swatch ${swatch}` }, ''), escaped(text)));
  const head = element('figcaption', {}, element('h4', {}, escaped(title)), element('p', {}, escaped(description)), ...(entries.length === 0 ? [] : [element('ul', { class: 'legend' }, ...entries)]));
  const body = span.seconds === 0 ? element('p', { class: 'none' }, 'No full second was measured.') : plotOf({ ...one, id });
  return element('figure', { class: isLow ? 'chart low' : 'chart' }, head, body);
}

function plotOf({ id, title, description, span, scale, axisText, stretches, moments, layers, secondText }: Chart): string {
  const drawing = element(
    'svg',
    { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-desc` },
    element('title', { id: `${id}-title` }, escaped(title)),
    element('desc', { id: `${id}-desc` }, escaped(description)),
    ...stretches.map(({ kind, fromS, toS }) => shaded(span, kind, fromS, toS)),
    ...scale.ticks.map((tick) => element('path', { class: 'grid', d: `M0 ${rounded(up(scale, tick))}H${WIDTH}` })),
    ...layers,
    ...moments.map(({ atS }) => element('path', { class: 'moment', d: `M${rounded(across(span, atS))} 0V${HEIGHT}` })),
    ...(secondText === null ? [] : [element('g', { class: 'seconds', 'aria-hidden': 'true' }, ...Array.from({ length: span.seconds }, (_, second) => secondOf(span, second, secondText(second))))]),
  );
  return element(
    'div', { class: 'plot' },
    element('div', { class: 'marks', 'aria-hidden': 'true' }, ...stretches.map(({ fromS, toS, text, kind }) => placed(span, Math.max(fromS, span.firstS), text, kind, Math.min(toS, ...moments.map(({ atS }) => atS).filter((atS) => atS > fromS)))), ...moments.map(({ atS, text }) => placed(span, atS, text, 'moment'))),
    element('div', { class: 'y', 'aria-hidden': 'true' }, ...scale.ticks.map((tick) => element('span', { style: `top:${rounded((up(scale, tick) / HEIGHT) * 100)}%` }, escaped(axisText(tick))))),
    drawing,
    element('div', { class: 'x', 'aria-hidden': 'true' }, ...timeTicks(span.firstS, span.firstS + span.seconds, TIME_TICKS).map((tick) => placed(span, tick, `${tick} s`, 'tick'))),
  );
}

function shaded(span: Axes['span'], kind: Stretch['kind'], fromS: number, toS: number): string {
  const from = Math.max(0, across(span, fromS));
  return element('rect', { class: kind, x: from, y: 0, width: Math.max(0, Math.min(WIDTH, across(span, toS)) - from), height: HEIGHT });
}

function placed(span: Axes['span'], atS: number, text: string, kind: string, toS?: number): string {
  const left = (across(span, atS) / WIDTH) * 100;
  const width = toS === undefined ? '' : `;max-width:${rounded(Math.max(0, Math.min(100, (across(span, toS) / WIDTH) * 100) - left))}%`;
  return element('span', { class: kind, style: `left:${rounded(left)}%${width}` }, escaped(text));
}

function secondOf(span: Axes['span'], second: number, text: string): string {
  const width = WIDTH / span.seconds;
  return element('rect', { x: second * width, y: 0, width, height: HEIGHT }, element('title', {}, escaped(text)));
}

function middle(span: Axes['span'], second: number): number {
  return ((second + 0.5) / span.seconds) * WIDTH;
}

/** Parts without a hole, as pairs of second and value. */
function stretchesOf(values: readonly (number | null)[]): [second: number, value: number][][] {
  const parts: [number, number][][] = [];
  let isOpen = false;
  for (const [second, value] of values.entries()) {
    if (value !== null && !isOpen) parts.push([]);
    if (value !== null) parts.at(-1)?.push([second, value]);
    isOpen = value !== null;
  }
  return parts;
}

/** A single point is a dot: a line of no length with round ends. */
function pathOf(points: readonly (readonly [x: number, y: number])[]): string {
  const written = points.map(([x, y]) => `${rounded(x)} ${rounded(y)}`);
  return `M${written.length === 1 ? `${written[0]}L${written[0]}` : written.join('L')}`;
}

function rounded(value: number): string {
  return String(Number(value.toFixed(1)));
}
