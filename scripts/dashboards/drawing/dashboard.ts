/** A dashboard as one SVG: its panels where Grafana puts them, from what the same queries gave, and who says so in the last line. */
import { SURFACE } from './colours.ts';
import { drawFigure } from './figure.ts';
import { drawLines } from './lines.ts';
import { frameOf, insideOf, type Box, type Panel, type PanelData } from './panel.ts';
import { element } from '#chaos/report/drawing/markup.ts';
import { label, rectangle } from './svg.ts';
import { drawTable } from './table.ts';
import { drawTimeline } from './timeline.ts';

/** Grafana's grid: columns over the width, and the height of one unit with the gap below it. */
const COLUMNS = 24;
const UNIT = 38;
const GAP = 8;
const MARGIN = 16;
const WIDTH = 1480;
const HEAD = 56;
const FOOT = 34;

const KINDS: Readonly<Record<string, (panel: Panel, data: PanelData, inside: Box) => string>> = { timeseries: drawLines, stat: drawFigure, 'state-timeline': drawTimeline, table: drawTable };

interface Drawing {
  title: string;
  /** Under the title. */
  description: string;
  panels: readonly Panel[];
  /** Of a panel, by its id. */
  dataOf: (panel: Panel) => PanelData;
  /** What is drawn here, by whom, of which run. */
  footer: string;
}

/** @throws RangeError for a kind of panel or a unit that nobody has taught it */
export function drawDashboard({ title, description, panels, dataOf, footer }: Drawing): string {
  const bottom = Math.max(0, ...panels.map((panel) => boxOf(panel).y + boxOf(panel).height));
  const height = bottom + FOOT;
  return element(
    'svg',
    { xmlns: 'http://www.w3.org/2000/svg', viewBox: `0 0 ${WIDTH} ${height}`, width: WIDTH, height, 'font-family': 'Inter, Helvetica, Arial, sans-serif' },
    element('title', {}, title),
    rectangle(0, 0, WIDTH, height, SURFACE.page),
    label(MARGIN, 26, title, { size: 18, fill: SURFACE.text, weight: 600 }),
    label(MARGIN, 45, description, { size: 12, fill: SURFACE.dim }, WIDTH - 2 * MARGIN),
    ...panels.map((panel) => drawPanel(panel, dataOf)),
    label(MARGIN, height - 13, footer, { size: 11, fill: SURFACE.dim }, WIDTH - 2 * MARGIN),
  ) + '\n';
}

function drawPanel(panel: Panel, dataOf: Drawing['dataOf']): string {
  const box = boxOf(panel);
  if (panel.type === 'row') return label(box.x, box.y + 21, panel.title, { size: 14, fill: SURFACE.text, weight: 600 });
  const draw = KINDS[panel.type];
  if (draw === undefined) throw new RangeError(`Panel "${panel.title}" is of the kind "${panel.type}", which cannot be drawn: teach scripts/dashboards/drawing.`);
  return frameOf(box, panel.title) + draw(panel, dataOf(panel), insideOf(box));
}

export function boxOf({ gridPos: { x, y, w, h } }: Pick<Panel, 'gridPos'>): Box {
  const column = (WIDTH - 2 * MARGIN + GAP) / COLUMNS;
  return { x: MARGIN + x * column, y: HEAD + y * UNIT, width: w * column - GAP, height: h * UNIT - GAP };
}
