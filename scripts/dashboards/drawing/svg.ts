/** Texts, rectangles and lines of SVG. */
import { element, escaped, type Attributes } from '#chaos/report/drawing/markup.ts';

interface TextStyle {
  size: number;
  fill: string;
  anchor?: 'start' | 'middle' | 'end';
  weight?: number;
}

/** Text whose baseline is at `y`; cut with an ellipsis where it would be wider than `widthMax`. */
export function label(x: number, y: number, text: string, { size, fill, anchor, weight }: TextStyle, widthMax = Infinity): string {
  return element('text', { x, y, 'font-size': size, fill, 'text-anchor': anchor, 'font-weight': weight }, escaped(fitted(text, size, widthMax)));
}

export function rectangle(x: number, y: number, width: number, height: number, fill: string, more: Attributes = {}): string {
  return element('rect', { x, y, width: Math.max(0, width), height: Math.max(0, height), fill, ...more });
}

export function line(x1: number, y1: number, x2: number, y2: number, stroke: string, more: Attributes = {}): string {
  return element('line', { x1, y1, x2, y2, stroke, ...more });
}

/** Nobody measures text here: the mean width of a character of a sans-serif face. */
export function widthOf(text: string, size: number): number {
  return text.length * size * 0.54;
}

function fitted(text: string, size: number, widthMax: number): string {
  const fits = Math.floor(widthMax / (size * 0.54));
  return text.length <= fits ? text : `${text.slice(0, Math.max(1, fits - 1)).trimEnd()}…`;
}
