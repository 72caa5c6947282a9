/**
 * The colours of the page, by theme, as custom properties of CSS. An AZ keeps its one colour in both; on white, where
 * that colour is too pale for a line, its line is a darker shade of the same hue. `palette.test.ts` measures the contrasts.
 * Reference: WCAG 2.2, 1.4.3 (text 4.5 : 1) and 1.4.11 (graphics 3 : 1).
 */
import { AZ_COLOURS } from '#contracts/az-colours.ts';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';

export interface Theme {
  page: string;
  /** Of cards and charts. */
  surface: string;
  border: string;
  grid: string;
  text: string;
  dim: string;
  /** Stands on the three colours of states. */
  onState: string;
  good: string;
  bad: string;
  doubtful: string;
  /** Behind a chart while the fault lasts, and after healing began. */
  faultTint: string;
  recoveryTint: string;
}

export const LIGHT: Theme = {
  page: '#f4f5f7', surface: '#ffffff', border: '#d5dae1', grid: '#e8ebef', text: '#14181d', dim: '#565f6c', onState: '#ffffff',
  good: '#177245', bad: '#c01f37', doubtful: '#8f5600', faultTint: '#fbe9eb', recoveryTint: '#eaf1f8',
};

export const DARK: Theme = {
  page: '#0e1115', surface: '#161a20', border: '#2c343e', grid: '#252c35', text: '#e6e9ee', dim: '#9ca6b4', onState: '#0e1115',
  good: '#4cc38a', bad: '#ff7a86', doubtful: '#e5ac4d', faultTint: '#2b191e', recoveryTint: '#172331',
};

/** How much of its light a colour of an AZ keeps as a line on white. */
const LINE_LIGHT = 0.75;

/** Colour of an AZ's lines in a theme, `#rrggbb`. */
export function azLine(az: (typeof AVAILABILITY_ZONES)[number], theme: Theme): string {
  return theme === LIGHT ? shade(AZ_COLOURS[az], LINE_LIGHT) : AZ_COLOURS[az];
}

/** Declarations for a rule: `--text:#14181d;…`. */
export function customProperties(theme: Theme): string {
  const azs = AVAILABILITY_ZONES.map((az) => `--${az}:${AZ_COLOURS[az]};--${az}-line:${azLine(az, theme)};`);
  return Object.entries(theme).map(([name, colour]) => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}:${colour};`).join('') + azs.join('');
}

function shade(colour: string, light: number): string {
  return `#${[1, 3, 5].map((at) => Math.round(Number.parseInt(colour.slice(at, at + 2), 16) * light).toString(16).padStart(2, '0')).join('')}`;
}
