/**
 * Every second of a run as one cell: answered in time, some late, some failed. The whole experiment at a glance, with
 * nothing averaged away: one failed order makes its second red.
 */
import { element, escaped } from '../drawing/markup.ts';
import { count } from '../figure-text.ts';
import type { ReportedRun } from '../report.ts';
import { across } from './plot.ts';

const CELL = 10;
const GAP = 1.5;
const HEIGHT = 24;

type CellState = 'quiet' | 'good' | 'late' | 'failed';

/** Empty for a run without a full second. */
export function secondStrip({ run, series, facts }: ReportedRun): string {
  const { total, firstS, seconds, menusFailed } = series;
  if (seconds === 0) return '';
  const stateOf = (second: number): CellState => {
    if ((total.failed[second] ?? 0) + (menusFailed[second] ?? 0) > 0) return 'failed';
    if ((total.late[second] ?? 0) > 0) return 'late';
    return (total.offered[second] ?? 0) > 0 ? 'good' : 'quiet';
  };
  const cells = Array.from({ length: seconds }, (_, second) => {
    const text = `second ${firstS + second} after the fault: ${count(total.offered[second] ?? 0)} offered, ${count(total.late[second] ?? 0)} late, ${count((total.failed[second] ?? 0) + (menusFailed[second] ?? 0))} failed`;
    return element('rect', { class: stateOf(second), x: second * CELL, y: 0, width: CELL - GAP, height: HEIGHT }, element('title', {}, text));
  });
  const states = Array.from({ length: seconds }, (_, second) => stateOf(second));
  const many = (wanted: CellState): string => count(states.filter((state) => state === wanted).length);
  const title = `Seconds of ${run.az} under fault`;
  const description = `Of ${count(seconds)} seconds every request was answered in time in ${many('good')}, some were late in ${many('late')}, some failed in ${many('failed')}.`;
  const id = `${run.az}-strip`;
  const drawing = element(
    'svg', { viewBox: `0 0 ${seconds * CELL} ${HEIGHT}`, preserveAspectRatio: 'none', role: 'img', 'aria-labelledby': `${id}-title`, 'aria-describedby': `${id}-desc` },
    element('title', { id: `${id}-title` }, escaped(title)), element('desc', { id: `${id}-desc` }, escaped(description)), element('g', { 'aria-hidden': 'true' }, ...cells),
  );
  return element('div', { class: 'strip' }, drawing, bracket(facts, series));
}

/** Under the cells: how long the fault lasted. */
function bracket({ faultWindow }: ReportedRun['facts'], series: ReportedRun['series']): string {
  if (faultWindow === null) return '';
  const at = (ms: number): number => across(series, (ms - series.zeroMs) / 1000) / 10;
  const from = Math.max(0, at(faultWindow.fromMs));
  return element('div', { class: 'bracket', style: `margin-left:${from.toFixed(1)}%;width:${(Math.min(100, at(faultWindow.toMs)) - from).toFixed(1)}%` }, 'fault');
}
