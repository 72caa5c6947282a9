/**
 * What a run acts and looks through: processes, requests, time. Given to it, so that a test is the world.
 */
/** A timer that is to wait longer does not wait at all. */
export const TIMER_MS_MAX = 2 ** 31 - 1;

export interface ProcessCall {
  path: string;
  /** A text is read by the shell. */
  words: string | readonly string[];
  /** Null for as long as it takes. */
  timeoutMs: number | null;
}

export interface ProcessOutput {
  /** Exit code, 128 + number of the signal for one that was ended. */
  status: number;
  stdout: string;
  stderr: string;
}

export interface World {
  /** Rejects with a sentence when the program cannot be started, takes too long, or `signal` is aborted: it has ended then. */
  runProcess(call: ProcessCall, signal: AbortSignal): Promise<ProcessOutput>;
  fetch(url: URL, init: RequestInit): Promise<Response>;
  /** Wall clock, milliseconds since the epoch. */
  nowMs(): number;
  /** Resolves at once when `signal` is aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void>;
}
