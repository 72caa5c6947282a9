/** States over time: a row for each series, a bar for each stretch in one state; where nothing is known there is no bar. */
import { clockText, timeTicks } from '#chaos/report/drawing/axis.ts';
import { SURFACE, colourOf } from './colours.ts';
import { legendOf, type LegendItem } from './legend.ts';
import { defaultsOf, nothing, stateOf, type Box, type Defaults, type NamedSeries, type Panel, type PanelData } from './panel.ts';
import { label, line, rectangle, widthOf } from './svg.ts';

const SIZE = 11;
const AXIS_HEIGHT = 22;
/** Half of the last time under the axis. */
const RIGHT = 14;
/** Share of a row that its bar takes. */
const BAR = 0.8;

interface Bar {
  fromS: number;
  toS: number;
  colour: string;
}

export function drawTimeline(panel: Panel, { series, span }: PanelData, inside: Box): string {
  if (series.length === 0) return nothing(inside, 'No data');
  const defaults = defaultsOf(panel);
  const legend = legendOf(wordsOf(defaults), inside.width);
  const left = Math.min(inside.width / 2.5, Math.max(...series.map(({ name }) => widthOf(name, SIZE))) + 10);
  const plot: Box = { x: inside.x + left, y: inside.y, width: inside.width - left - RIGHT, height: inside.height - legend.height - AXIS_HEIGHT };
  const across = (atS: number): number => plot.x + ((atS - span.fromS) / (span.toS - span.fromS)) * plot.width;
  const rowHeight = plot.height / series.length;
  const size = Math.min(SIZE, rowHeight * 0.9);
  const rows = series.map((one, at) => {
    const top = plot.y + at * rowHeight;
    const bars = barsOf(one.points, defaults, span.toS).map(({ fromS, toS, colour }) => rectangle(across(fromS), top + (rowHeight * (1 - BAR)) / 2, across(toS) - across(fromS), rowHeight * BAR, colour, { opacity: 0.85 }));
    return label(plot.x - 8, top + rowHeight / 2 + size * 0.36, one.name, { size, fill: SURFACE.text, anchor: 'end' }, left) + bars.join('');
  });
  const ticks = timeTicks(span.fromS, span.toS, Math.floor(plot.width / 60)).map((tick) => line(across(tick), plot.y, across(tick), plot.y + plot.height, SURFACE.grid) + label(across(tick), plot.y + plot.height + 17, clockText(tick), { size: SIZE, fill: SURFACE.dim, anchor: 'middle' }));
  return ticks.join('') + rows.join('') + legend.draw(inside.x, plot.y + plot.height + AXIS_HEIGHT);
}

/** Equal neighbours are one bar; a bar lasts until the next point, and not over a hole. */
function barsOf(points: NamedSeries['points'], defaults: Defaults, endS: number): Bar[] {
  const steps = points.slice(1).map(([at], index) => at - (points[index]?.[0] ?? at));
  const step = steps.length === 0 ? 1 : Math.min(...steps);
  const bars: Bar[] = [];
  for (const [at, value] of points) {
    if (!Number.isFinite(value)) continue;
    const { colour } = stateOf(value, defaults);
    const toS = Math.min(endS, at + step);
    const last = bars.at(-1);
    if (last !== undefined && last.colour === colour && at - last.toS < step) last.toS = toS;
    else bars.push({ fromS: at, toS, colour });
  }
  return bars;
}

function wordsOf({ mappings = [] }: Defaults): LegendItem[] {
  return mappings.flatMap(({ type, options }) => (type === 'range' ? [(options as { result: { text?: string; color?: string } }).result] : Object.values(options as Record<string, { text?: string; color?: string }>))).map(({ text = '', color = '' }) => ({ name: text, colour: colourOf(color) }));
}
