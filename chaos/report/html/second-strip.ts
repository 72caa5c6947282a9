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

const WORST_FIRST = ['failed', 'late', 'good', 'quiet'] as const;
type CellState = (typeof WORST_FIRST)[number];

/** Empty for a run without a full second. @param each seconds of a cell, which is as bad as the worst of them */
export function secondStrip({ run, series, facts }: ReportedRun, each: number): string {
  const { total, firstS, seconds, menusFailed } = series;
  if (seconds === 0) return '';
  const stateOf = (second: number): CellState => {
    if ((total.failed[second] ?? 0) + (menusFailed[second] ?? 0) > 0) return 'failed';
    if ((total.late[second] ?? 0) > 0) return 'late';
    return (total.offered[second] ?? 0) > 0 ? 'good' : 'quiet';
  };
  const states = Array.from({ length: seconds }, (_, second) => stateOf(second));
  const cells = Array.from({ length: Math.ceil(seconds / each) }, (_, cell) => {
    const [from, to] = [cell * each, Math.min(seconds, (cell + 1) * each)];
    const sum = (...counts: readonly (readonly number[])[]): string => count(counts.flatMap((one) => one.slice(from, to)).reduce((all, one) => all + one, 0));
    const when = each === 1 ? `second ${firstS + from}` : `seconds ${firstS + from} to ${firstS + to - 1}`;
    const text = `${when} after the fault: ${sum(total.offered)} offered, ${sum(total.late)} late, ${sum(total.failed, menusFailed)} failed`;
    const worst = WORST_FIRST.find((state) => states.slice(from, to).includes(state)) ?? 'quiet';
    return element('rect', { class: worst, x: from * CELL, y: 0, width: (to - from) * CELL - GAP, height: HEIGHT }, element('title', {}, text));
  });
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
