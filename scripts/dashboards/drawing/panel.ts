/** What is drawn: the parts of a Grafana panel that a drawing needs, the series that its queries gave, and a box to draw into. */
import type { Labels, Series } from '../prometheus-api.ts';
import { colourOf, seriesColour, SURFACE } from './colours.ts';
import { element } from '#chaos/report/drawing/markup.ts';
import { label, rectangle } from './svg.ts';

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

interface Mapping {
  type: string;
  options: Record<string, { text?: string; color?: string }> | { from: number; to: number; result: { text?: string; color?: string } };
}

export interface Panel {
  id: number;
  type: string;
  title: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: { expr: string; legendFormat?: string; instant?: boolean }[];
  fieldConfig?: {
    defaults: {
      unit?: string;
      decimals?: number;
      min?: number;
      max?: number;
      noValue?: string;
      thresholds?: { steps: { value: number | null; color: string }[] };
      mappings?: Mapping[];
      custom?: { stacking?: { mode?: string }; fillOpacity?: number; lineWidth?: number };
    };
    overrides: { matcher: { id: string; options?: unknown }; properties: { id: string; value?: unknown }[] }[];
  };
  transformations?: { id: string; options: unknown }[];
}

export interface NamedSeries extends Series {
  /** As the legend says. */
  name: string;
}

/** The time that is shown, seconds since the epoch. */
export interface Span {
  fromS: number;
  toS: number;
}

/** A fault that the injector held. */
export interface Mark extends Span {
  text: string;
}

export interface PanelData {
  series: readonly NamedSeries[];
  span: Span;
  marks: readonly Mark[];
}

const TITLE_HEIGHT = 30;
const PADDING = 10;

export type Defaults = NonNullable<Panel['fieldConfig']>['defaults'];

export function defaultsOf(panel: Panel): Defaults {
  return panel.fieldConfig?.defaults ?? {};
}

/** `{{label}}` of a legend is that label's value. */
export function seriesName(format: string, labels: Labels): string {
  return format.replace(/\{\{\s*(\w+)\s*\}\}/g, (_text, name: string) => labels[name] ?? '').replace(/\s+/g, ' ').trim();
}

/** The surface and the title; what is drawn inside comes after it. */
export function frameOf({ x, y, width, height }: Box, title: string): string {
  return (
    rectangle(x, y, width, height, SURFACE.panel, { rx: 3, stroke: SURFACE.border }) +
    label(x + PADDING, y + 20, title, { size: 13, fill: SURFACE.text, weight: 500 }, width - 2 * PADDING)
  );
}

export function insideOf({ x, y, width, height }: Box): Box {
  return { x: x + PADDING, y: y + TITLE_HEIGHT, width: width - 2 * PADDING, height: height - TITLE_HEIGHT - PADDING };
}

/** What Grafana says of a panel without data. */
export function nothing({ x, y, width, height }: Box, text: string): string {
  return label(x + width / 2, y + height / 2 + 4, text, { size: 13, fill: SURFACE.dim, anchor: 'middle' }, width);
}

/** A colour for each series: what an override names for it, else the next one of the row. */
export function coloursOf(panel: Panel, series: readonly NamedSeries[]): string[] {
  let next = 0;
  return series.map(({ name }) => {
    const fixed = (panel.fieldConfig?.overrides ?? []).filter(({ matcher }) => matches(matcher, name)).flatMap(({ properties }) => properties).findLast(({ id }) => id === 'color')?.value as { fixedColor?: string } | undefined;
    return fixed?.fixedColor === undefined ? seriesColour(next++) : colourOf(fixed.fixedColor);
  });
}

function matches({ id, options }: { id: string; options?: unknown }, name: string): boolean {
  if (id === 'byName') return options === name;
  if (id !== 'byRegexp') return false;
  return new RegExp(String(options).replace(/^\/(.*)\/$/, '$1')).test(name);
}

/** Colour and word of a state, by mapping before threshold. */
export function stateOf(value: number, { mappings = [], thresholds }: Defaults): { colour: string; text: string | null } {
  const byThreshold = thresholds?.steps.findLast(({ value: from }) => from === null || value >= from)?.color ?? SURFACE.neutral;
  const word = mappings.map((mapping) => wordOf(value, mapping)).find((one) => one !== null) ?? null;
  return { colour: colourOf(word?.color ?? byThreshold), text: word?.text ?? null };
}

function wordOf(value: number, { type, options }: Mapping): { text?: string; color?: string } | null {
  if (type === 'value') return (options as Record<string, { text?: string; color?: string }>)[String(value)] ?? null;
  const { from, to, result } = options as { from: number; to: number; result: { text?: string; color?: string } };
  return type === 'range' && value >= from && value <= to ? result : null;
}

/** Keeps what is drawn inside its box. */
export function clipped(id: string, { x, y, width, height }: Box, content: string): string {
  return element('clipPath', { id }, rectangle(x, y, width, height, 'none')) + element('g', { 'clip-path': `url(#${id})` }, content);
}
