/** Series over time as lines, one above the other where the panel stacks them, with the faults that were held behind them. */
import { timeTicks, valueScale, clockText, type Scale } from '#chaos/report/drawing/axis.ts';
import { SURFACE, colourOf } from './colours.ts';
import { legendOf } from './legend.ts';
import { clipped, coloursOf, defaultsOf, nothing, type Box, type Mark, type NamedSeries, type Panel, type PanelData, type Span } from './panel.ts';
import { element } from '#chaos/report/drawing/markup.ts';
import { label, line, rectangle, widthOf } from './svg.ts';
import { formatValue } from './units.ts';

const SIZE = 11;
const AXIS_HEIGHT = 22;
/** Half of the last time under the axis. */
const RIGHT = 14;
/** Two points further apart than this many steps have a hole between them. */
const HOLE_STEPS = 3;

type Point = readonly [x: number, y: number];

export function drawLines(panel: Panel, { series, span, marks }: PanelData, inside: Box): string {
  const defaults = defaultsOf(panel);
  const isStacked = defaults.custom?.stacking?.mode === 'normal';
  const tops = isStacked ? stacked(series) : series;
  const colours = coloursOf(panel, series);
  const legend = legendOf(series.map(({ name }, at) => ({ name, colour: colours[at] ?? SURFACE.text })), inside.width);
  const height = inside.height - legend.height - AXIS_HEIGHT;
  const scale = valueScale(tops.flatMap(({ points }) => points.map(([, value]) => value)), Math.max(2, Math.floor(height / 38)), defaults.min, defaults.max);
  const texts = scale.ticks.map((tick) => axisText(tick, scale, defaults.unit ?? 'short'));
  const left = Math.max(...texts.map((text) => widthOf(text, SIZE))) + 8;
  const plot: Box = { x: inside.x + left, y: inside.y + 4, width: inside.width - left - RIGHT, height: height - 4 };
  const across = (atS: number): number => plot.x + ((atS - span.fromS) / (span.toS - span.fromS)) * plot.width;
  const up = (value: number): number => plot.y + plot.height - ((value - scale.min) / (scale.max - scale.min)) * plot.height;
  const grid =
    scale.ticks.map((tick, at) => line(plot.x, up(tick), plot.x + plot.width, up(tick), SURFACE.grid) + label(plot.x - 6, up(tick) + 4, texts[at] ?? '', { size: SIZE, fill: SURFACE.dim, anchor: 'end' })).join('') +
    timeTicks(span.fromS, span.toS, Math.floor(plot.width / 60)).map((tick) => line(across(tick), plot.y, across(tick), plot.y + plot.height, SURFACE.grid) + label(across(tick), plot.y + plot.height + 17, clockText(tick), { size: SIZE, fill: SURFACE.dim, anchor: 'middle' })).join('');
  const step = stepOf(tops);
  const drawn = tops.map(({ points }, at) => {
    const floor = isStacked && at > 0 ? tops[at - 1] : undefined;
    return stretches(points, step).map((stretch) => shape(stretch.map(([x, y]): Point => [across(x), up(y)]), colours[at] ?? SURFACE.text, { width: defaults.custom?.lineWidth ?? 2, opacity: (defaults.custom?.fillOpacity ?? 0) / 100, floor: floorOf(stretch, floor, across, up, scale.min) })).join('');
  });
  const legends = legend.draw(inside.x, inside.y + height + AXIS_HEIGHT);
  const empty = series.length === 0 ? nothing(plot, 'No data') : '';
  return grid + clipped(`plot-${panel.id}`, plot, faults(marks, span, plot, across) + drawn.reverse().join('')) + empty + legends;
}

/** What the injector held, as a tinted stretch with its beginning and its end. */
function faults(marks: readonly Mark[], span: Span, plot: Box, across: (atS: number) => number): string {
  const red = colourOf('red');
  return marks
    .map(({ fromS, toS, text }) => {
      const from = across(Math.max(fromS, span.fromS));
      const to = across(Math.min(toS, span.toS));
      const dashes = { 'stroke-dasharray': '3 3', opacity: 0.8 };
      return rectangle(from, plot.y, to - from, plot.height, red, { opacity: 0.07 }) + line(from, plot.y, from, plot.y + plot.height, red, dashes) + line(to, plot.y, to, plot.y + plot.height, red, dashes) + label(from + 4, plot.y + 11, text, { size: 10, fill: red });
    })
    .join('');
}

function shape(points: readonly Point[], colour: string, { width, opacity, floor }: { width: number; opacity: number; floor: readonly Point[] }): string {
  const path = (all: readonly Point[]): string => all.map(([x, y]) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ');
  const area = opacity === 0 ? '' : element('polygon', { points: path([...points, ...floor]), fill: colour, 'fill-opacity': String(opacity) });
  return area + element('polyline', { points: path(points), fill: 'none', stroke: colour, 'stroke-width': width, 'stroke-linejoin': 'round' });
}

/** Way back under an area, right to left: the series below it, else the bottom. */
function floorOf(stretch: NamedSeries['points'], below: NamedSeries | undefined, across: (atS: number) => number, up: (value: number) => number, min: number): Point[] {
  const under = new Map(below?.points ?? []);
  return stretch.map(([at]): Point => [across(at), up(under.get(at) ?? min)]).reverse();
}

/** Each series on top of those before it. */
function stacked(series: readonly NamedSeries[]): NamedSeries[] {
  const sums = new Map<number, number>();
  return series.map((one) => ({
    ...one,
    points: one.points.filter(([, value]) => Number.isFinite(value)).map(([at, value]): [number, number] => {
      const sum = (sums.get(at) ?? 0) + value;
      sums.set(at, sum);
      return [at, sum];
    }),
  }));
}

/** Parts without a hole. */
function stretches(points: NamedSeries['points'], stepS: number): [number, number][][] {
  const parts: [number, number][][] = [];
  let lastS = -Infinity;
  for (const [at, value] of points) {
    if (!Number.isFinite(value)) continue;
    if (at - lastS > stepS * HOLE_STEPS) parts.push([]);
    parts.at(-1)?.push([at, value]);
    lastS = at;
  }
  return parts;
}

function stepOf(series: readonly NamedSeries[]): number {
  const steps = series.flatMap(({ points }) => points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at)));
  return steps.length === 0 ? 1 : Math.min(...steps);
}

function axisText(tick: number, { decimals }: Scale, unit: string): string {
  if (unit === 'percentunit') return formatValue(tick, unit, Math.max(0, decimals - 2));
  return formatValue(tick, unit, unit === 's' || Math.abs(tick) >= 1000 ? null : decimals);
}
