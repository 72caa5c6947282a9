/** One kill: a run begins, its controller is killed at a moment of it, and the region is looked at until nothing of it is left. */
import type { RunEnd, RunEvent } from '#contracts/runs.ts';
import { pause } from '#chaos/injector/pause.ts';
import type { Outcome } from '../kill-series.ts';
import type { Moment } from '../moments.ts';
import { NOTHING_YET, heard } from './under-way.ts';
import { untilWhole, type Remains } from './until-whole.ts';
import type { Kill } from './summary.ts';

/** A region, and the means to kill its controller. */
export interface Killing {
  /** Waits until a run may begin. @throws CommandFailure when it may not */
  ready(signal: AbortSignal): Promise<void>;
  /** Begins one. @returns its id */
  begin(moment: Moment): Promise<string>;
  /** To its end, over a controller that goes and comes back. @param signal stops the run, which is followed to its end all the same */
  follow(id: string, signal: AbortSignal, onEvent: (event: RunEvent) => void): Promise<RunEnd>;
  /** SIGKILL to the controller's process. */
  kill(): Promise<void>;
  /** Rejects while nobody can be asked. */
  look(): Promise<Remains>;
  /** Of everything, with the traffic as it was before the first run. */
  putBack(): Promise<void>;
}

/** Rejects when a run cannot begin, or the controller cannot be killed; the run has been ended then. */
export async function killOnce(moment: Moment, region: Killing, signal: AbortSignal): Promise<Outcome<Kill>> {
  const stop = new AbortController();
  const either = AbortSignal.any([signal, stop.signal]);
  await region.ready(signal);
  const run = await region.begin(moment);
  const beganMs = performance.now();
  let underWay = NOTHING_YET;
  const over = new AbortController();
  const ended = region
    .follow(run, either, (event) => (underWay = heard(underWay, event)))
    .catch((error: Error) => error)
    .finally(() => over.abort());
  await pause(moment.atMs, AbortSignal.any([signal, over.signal]));
  if (signal.aborted) return ended.then(() => ({ type: 'stopped' }));
  if (over.signal.aborted) return { type: 'over', why: whyOver(await ended) };

  // When it was asked for, which in a container is some tenths of a second before it is done: what is measured is no shorter than it was.
  const [killedMs, killedAtMs] = [performance.now(), Date.now()];
  try {
    await region.kill();
  } catch (error) {
    stop.abort();
    await ended;
    throw error;
  }
  const aftermath = await untilWhole(() => region.look(), killedMs, signal);
  const end = await ended;
  if (aftermath === null) return { type: 'stopped' };
  // A run that came to an end by itself was not interrupted: it ended in the moment of the kill.
  if (!(end instanceof Error) && end.outcome !== 'ERROR') return { type: 'over', why: whyOver(end) };
  const { phase, sinceMs, fault, given } = underWay;
  const inPhaseMs = sinceMs === null ? null : Math.max(0, killedAtMs - sinceMs);
  return { type: 'killed', kill: { run, experiment: moment.document.id, az: moment.az, atMs: Math.round(killedMs - beganMs), phase, inPhaseMs, fault, given, ...aftermath, end: end instanceof Error ? null : end.outcome } };
}

function whyOver(end: RunEnd | Error): string {
  if (end instanceof Error) return end.message;
  return `it ended ${end.outcome}${end.trouble === null ? '' : ` (${end.trouble.message})`}`;
}
