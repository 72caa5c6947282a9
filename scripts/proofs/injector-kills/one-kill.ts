/** One kill: a run begins on a region that was just started, its first process is killed at a moment of it, and it is started again. */
import { pause } from '#chaos/injector/pause.ts';
import type { Outcome } from '../kill-series.ts';
import type { Moment } from '../moments.ts';

/** So long after the kill nothing of the region may be left: whoever guards it hears of the death at once. */
export const GONE_MS_MAX = 2000;
const GIVE_UP_MS = 20_000;

/** What a start came to. */
export interface Start {
  /** Milliseconds; null where it did not come up. */
  upMs: number | null;
  /** What it said of its last end, or why it did not come up. */
  told: string | null;
  /** What is not as the description has it. */
  unclean: string[];
}

export interface UnderWay {
  phase: string | null;
  /** Faults that are held, `kill az1`. */
  held: string[];
  /** How the run ended; null while it goes on. */
  end: string | null;
}

/** A region of one's own. */
export interface KillableRegion {
  start(): Promise<Start>;
  /** @returns the id of the run */
  begin(moment: Moment): Promise<string>;
  look(run: string): Promise<UnderWay>;
  /** SIGKILL. @returns when nothing of the region was left, milliseconds since then; null where something was after `giveUpMs`, which is ended then */
  kill(giveUpMs: number): Promise<{ goneMs: number | null; left: string[] }>;
  close(): Promise<void>;
}

export interface Kill {
  experiment: string;
  az: string;
  atMs: number;
  phase: string | null;
  held: string[];
  goneMs: number | null;
  left: string[];
  next: Start;
}

/** On a region that is up; it is up again afterwards, or the kill's `next` says why not. */
export async function killOnce(moment: Moment, region: KillableRegion, signal: AbortSignal): Promise<Outcome<Kill>> {
  const run = await region.begin(moment);
  await pause(moment.atMs, signal);
  if (signal.aborted) return { type: 'stopped' };
  const { phase, held, end } = await region.look(run);
  // A run that was over before its moment was no point of an experiment.
  if (end !== null) return { type: 'over', why: end };
  const { goneMs, left } = await region.kill(GIVE_UP_MS);
  return { type: 'killed', kill: { experiment: moment.document.id, az: moment.az, atMs: moment.atMs, phase, held, goneMs, left, next: await region.start() } };
}

/** Something of the region was left, or its next start was not clean. */
export function isMiss({ goneMs, next }: Kill): boolean {
  return goneMs === null || goneMs > GONE_MS_MAX || next.unclean.length > 0;
}
