/** Runs of experiments as text: one line each, or one with all that is known of it. */
import type { Run } from '#contracts/runs.ts';
import { countdown, table } from './table.ts';

/** What a person opens first: of an experiment, of a search. */
const FIRST_FILES = ['report.html', 'capacity.json'] as const;

export function runListText(runs: readonly Run[], nowMs: number): string {
  if (runs.length === 0) return 'No experiment has run.';
  return table([
    ['RUN', 'EXPERIMENT', 'ON', 'ORDERS/S', 'STATE', 'BEGAN'],
    ...runs.map((run) => [run.id, run.experiment, run.azs.join(','), String(run.ratePerSecond), stateText(run), `${countdown(nowMs - run.askedMs)} ago`]),
  ]);
}

/** @param api base of the region's, where a person finds it */
export function runText(run: Run, api: string, nowMs: number): string {
  const { id, title, experiment, azs, ratePerSecond, seed, askedMs, now, end, files } = run;
  const first = FIRST_FILES.find((file) => files.some(({ path }) => path === file));
  const page = first === undefined ? [] : [`  report  ${api}/v1/runs/${id}/report/${first}`];
  return [
    `${id}  ${stateText(run)}  ${title} (${experiment}) on ${azs.join(', ')}, ${ratePerSecond} orders/s, seed ${seed}`,
    `  began   ${countdown(nowMs - askedMs)} ago`,
    ...(now === null ? [] : [`  now     ${now.az}, ${now.phase} for ${countdown(nowMs - now.sinceMs)}`]),
    ...(end === null ? [] : [`  ended   after ${countdown(end.endedMs - askedMs)}`]),
    ...(end?.trouble ? [`  why     ${end.trouble.message}${end.trouble.hint === null ? '' : ` ${end.trouble.hint}`}`] : []),
    ...page,
  ].join('\n');
}

function stateText({ state, end }: Pick<Run, 'state' | 'end'>): string {
  return end === null ? state : (end.verdict ?? end.outcome);
}
