/** Round figures for axes: values at 1, 2, 2.5 or 5 times a power of ten, times at whole seconds and minutes. */
export interface Scale {
  min: number;
  max: number;
  ticks: readonly number[];
  /** That the ticks need to differ. */
  decimals: number;
}

const STEPS = [1, 2, 2.5, 5, 10];
const TIME_STEPS_S = [10, 15, 30, 60, 120, 300, 600];

/** A scale that holds the values; `fixedMin` and `fixedMax` are kept as they are. */
export function valueScale(values: readonly number[], count: number, fixedMin?: number, fixedMax?: number): Scale {
  const finite = values.filter(Number.isFinite);
  let min = fixedMin ?? Math.min(...finite);
  let max = fixedMax ?? Math.max(...finite);
  if (!Number.isFinite(min)) min = 0;
  if (!Number.isFinite(max) || max <= min) max = min + 1;
  const step = roundUp((max - min) / count);
  if (fixedMin === undefined) min = Math.floor(min / step) * step;
  if (fixedMax === undefined) max = Math.ceil(max / step - 1e-9) * step;
  const ticks: number[] = [];
  for (let at = Math.ceil(min / step - 1e-9); at * step <= max + step * 1e-6; at += 1) ticks.push(at * step + 0);
  return { min, max, ticks, decimals: Math.max(0, -Math.floor(Math.log10(step) + 1e-9) + (isQuarter(step) ? 1 : 0)) };
}

/** Seconds since the epoch at which the clock reads something round. */
export function timeTicks(fromS: number, toS: number, count: number): number[] {
  const step = TIME_STEPS_S.find((one) => (toS - fromS) / one <= count) ?? 600;
  const ticks: number[] = [];
  for (let at = Math.ceil(fromS / step) * step; at <= toS; at += step) ticks.push(at);
  return ticks;
}

/** Wall clock of UTC, seconds only where they are needed. */
export function clockText(atS: number): string {
  const text = new Date(atS * 1000).toISOString().slice(11, 19);
  return text.endsWith(':00') ? text.slice(0, 5) : text;
}

function roundUp(step: number): number {
  const power = 10 ** Math.floor(Math.log10(step));
  return (STEPS.find((one) => one * power >= step - power * 1e-9) ?? 10) * power;
}

function isQuarter(step: number): boolean {
  return Math.abs(step / 10 ** Math.floor(Math.log10(step) + 1e-9) - 2.5) < 1e-6;
}
