/** Figures of now: one fills its panel with the colour of its state, several share it as tiles. */
import { SURFACE } from './colours.ts';
import { defaultsOf, nothing, stateOf, type Box, type NamedSeries, type Panel, type PanelData } from './panel.ts';
import { label, rectangle, widthOf } from './svg.ts';
import { formatValue } from './units.ts';

const GAP = 4;

export function drawFigure(panel: Panel, { series, span }: PanelData, inside: Box): string {
  const known = series.filter(({ points }) => Number.isFinite(points.at(-1)?.[1] ?? NaN));
  if (known.length === 0) return nothing(inside, defaultsOf(panel).noValue ?? 'No data');
  const columns = columnsFor(known.length, inside);
  const rows = Math.ceil(known.length / columns);
  const width = (inside.width - GAP * (columns - 1)) / columns;
  const height = (inside.height - GAP * (rows - 1)) / rows;
  return known
    .map((one, at) => tile(panel, one, { x: inside.x + (at % columns) * (width + GAP), y: inside.y + Math.floor(at / columns) * (height + GAP), width, height }, known.length > 1, span.toS * 1000))
    .join('');
}

function tile(panel: Panel, { name, points }: NamedSeries, box: Box, isNamed: boolean, nowMs: number): string {
  const defaults = defaultsOf(panel);
  const value = points.at(-1)?.[1] ?? NaN;
  const { colour, text } = stateOf(value, defaults);
  const shown = text ?? formatValue(value, defaults.unit ?? 'none', defaults.decimals ?? null, nowMs);
  const isPlain = colour === SURFACE.text;
  const fill = isPlain ? SURFACE.neutral : colour;
  const ink = isPlain ? SURFACE.text : SURFACE.page;
  const nameSize = 12;
  const size = Math.min(44, (box.height - (isNamed ? nameSize + 6 : 0)) * 0.62, (box.width * 0.86 * 30) / widthOf(shown, 30));
  const middle = box.x + box.width / 2;
  const baseline = box.y + (box.height + (isNamed ? nameSize + 4 : 0)) / 2 + size * 0.36;
  return (
    rectangle(box.x, box.y, box.width, box.height, fill, { rx: 2 }) +
    (isNamed ? label(middle, box.y + nameSize + 4, name, { size: nameSize, fill: ink, anchor: 'middle' }, box.width) : '') +
    label(middle, baseline, shown, { size, fill: ink, anchor: 'middle', weight: 500 })
  );
}

/** As many as make tiles twice as wide as high, roughly. */
function columnsFor(count: number, { width, height }: Box): number {
  return Math.max(1, Math.min(count, Math.round(Math.sqrt((count * width) / (height * 2)))));
}
