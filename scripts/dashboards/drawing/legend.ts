/** The legend under a panel: as many names as two lines hold, and how many more there are. */
import { SURFACE } from './colours.ts';
import { label, rectangle, widthOf } from './svg.ts';

const SIZE = 11;
const LINE_HEIGHT = 16;
const LINES_MAX = 2;
const SWATCH = 18;
const GAP = 12;
const MORE_WIDTH = 60;

export interface LegendItem {
  name: string;
  colour: string;
}

interface Placed extends LegendItem {
  x: number;
  line: number;
}

interface Legend {
  height: number;
  draw(x: number, y: number): string;
}

export function legendOf(items: readonly LegendItem[], width: number): Legend {
  const placed: Placed[] = [];
  let x = 0;
  let line = 0;
  for (const item of items) {
    const needs = SWATCH + widthOf(item.name, SIZE) + GAP;
    const isLast = placed.length === items.length - 1;
    if (x > 0 && x + needs > width - (line === LINES_MAX - 1 && !isLast ? MORE_WIDTH : 0)) {
      if (line === LINES_MAX - 1) break;
      x = 0;
      line += 1;
    }
    placed.push({ ...item, x, line });
    x += needs;
  }
  const left = items.length - placed.length;
  return {
    height: items.length === 0 ? 0 : (line + 1) * LINE_HEIGHT + 4,
    draw: (atX, atY) =>
      placed
        .map((item) => rectangle(atX + item.x, atY + item.line * LINE_HEIGHT + 7, 12, 3, item.colour, { rx: 1 }) + label(atX + item.x + SWATCH, atY + item.line * LINE_HEIGHT + 13, item.name, { size: SIZE, fill: SURFACE.text }, width - item.x - SWATCH))
        .join('') + (left === 0 ? '' : label(atX + x, atY + line * LINE_HEIGHT + 13, `and ${left} more`, { size: SIZE, fill: SURFACE.dim })),
  };
}
