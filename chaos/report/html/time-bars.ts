/**
 * Where the time went, as bars: leaving the AZ and coming back to it, each on a scale of its own, since a detection of
 * 90 ms beside a balance of 12 s would be a hairline.
 */
import { element, escaped } from '../drawing/markup.ts';
import { duration } from '../figure-text.ts';
import type { ReportedRun } from '../report.ts';
import { healingSinceFault } from '../run-tables.ts';
import { timeDecomposition, tookMs, type Step } from '../time-decomposition.ts';

export function timeBars({ run, facts }: ReportedRun): string {
  const healingMs = healingSinceFault(facts);
  const { leaving, returning } = timeDecomposition(run.timelineMs, healingMs);
  return element(
    'div', { class: 'times' },
    group('After the fault', leaving, 0, run.az),
    group('After healing began', returning, healingMs ?? 0, run.az),
  );
}

/** @param zeroMs where the scale begins, milliseconds after the fault */
function group(title: string, steps: readonly Step[], zeroMs: number, az: string): string {
  const longest = Math.max(1, ...steps.map(({ toMs }) => (toMs ?? zeroMs) - zeroMs));
  const rows = steps.map((step) => {
    const took = tookMs(step);
    const from = ((Math.max(zeroMs, step.fromMs ?? zeroMs) - zeroMs) / longest) * 100;
    const bar = took === null ? '' : element('i', { class: az, style: `left:${Math.min(99, from).toFixed(1)}%;width:${Math.max(0.6, (took / longest) * 100).toFixed(1)}%` }, '');
    return element('li', {}, element('b', {}, step.name), element('span', { class: 'bar' }, bar), element('span', { class: 'took' }, took === null ? '–' : duration(took)), element('small', {}, escaped(took === null ? `not seen: ${step.until}` : `until ${step.until}`)));
  });
  return element('div', {}, element('h4', {}, title), element('ul', {}, ...rows));
}
