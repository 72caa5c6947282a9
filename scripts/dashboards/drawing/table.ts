/** Series as rows, their labels as columns, in the order and by the names that the panel's transformations give them. */
import { SURFACE } from './colours.ts';
import { defaultsOf, nothing, type Box, type Panel, type PanelData } from './panel.ts';
import { label, line } from './svg.ts';
import { formatValue } from './units.ts';

const SIZE = 12;
const ROW_HEIGHT = 26;

export function drawTable(panel: Panel, { series, span }: PanelData, inside: Box): string {
  const { noValue, unit = 'none', decimals } = defaultsOf(panel);
  if (series.length === 0) return nothing(inside, noValue ?? 'No data');
  const columns = columnsOf(panel);
  const width = inside.width / columns.length;
  const cell = (row: number, column: number, text: string, fill: string): string => label(inside.x + column * width, inside.y + row * ROW_HEIGHT + 16, text, { size: SIZE, fill }, width - 6);
  const head = columns.map(({ title }, at) => cell(0, at, title, SURFACE.dim)).join('') + line(inside.x, inside.y + ROW_HEIGHT - 3, inside.x + inside.width, inside.y + ROW_HEIGHT - 3, SURFACE.border);
  const fitting = Math.floor(inside.height / ROW_HEIGHT) - 1;
  const rows = series.slice(0, fitting).map(({ labels, points }, row) =>
    columns.map(({ name }, at) => cell(row + 1, at, name === 'Value' ? formatValue(points.at(-1)?.[1] ?? NaN, unit, decimals ?? null, span.toS * 1000) : (labels[name] ?? ''), SURFACE.text)).join(''));
  return head + rows.join('');
}

function columnsOf({ transformations = [] }: Panel): { name: string; title: string }[] {
  const { indexByName = {}, renameByName = {} } = (transformations.find(({ id }) => id === 'organize')?.options ?? {}) as { indexByName?: Record<string, number>; renameByName?: Record<string, string> };
  return Object.entries(indexByName).sort(([, a], [, b]) => a - b).map(([name]) => ({ name, title: renameByName[name] ?? name }));
}
