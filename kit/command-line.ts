/**
 * How every command speaks: progress to standard error, results to standard output (so that `--json` can be
 * piped), one clear sentence and the exit code of `contracts/exit-codes.ts` when it cannot go on. Also how a
 * verb finds the running region and talks to its HTTP API.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { listRunning } from './state-folder.ts';

const ANSWER_TIMEOUT_MS = 30_000;

/** One line about what is going on. Never part of the result. */
export function progress(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** A result for people. */
export function printResult(text: string): void {
  process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
}

/** The one JSON document of a `--json` run. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}

/** Ends a command with a message for the person who typed it; no stack is shown. */
export class CommandFailure extends Error {
  readonly exitCode: number;
  /** What to do about it, on a line of its own. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number, hint?: string) {
    super(message);
    this.name = 'CommandFailure';
    this.exitCode = exitCode;
    this.hint = hint;
  }
}

/**
 * The region that a verb means: the named one, else `AZIMUTH_REGION`, else the only one that runs.
 * Throws CommandFailure: NOT_READY when it does not run, USAGE when several do and none was named.
 */
export function findRegion(name?: string): RunningRegion {
  const running = listRunning();
  const fromEnvironment = process.env['AZIMUTH_REGION'];
  const wanted = name ?? (fromEnvironment === '' ? undefined : fromEnvironment);
  if (wanted !== undefined) {
    const found = running.find((one) => one.region === wanted);
    if (found !== undefined) return found;
    const others = running.map((one) => one.region).join(', ');
    throw new CommandFailure(
      `No region "${wanted}" is running.`,
      EXIT.NOT_READY,
      others === '' ? 'Start it with "npm start" in another terminal.' : `Running now: ${others}. Choose one with --region.`,
    );
  }
  const [first, ...others] = running;
  if (first === undefined) {
    throw new CommandFailure('No region is running.', EXIT.NOT_READY, 'Start one with "npm start" in another terminal.');
  }
  if (others.length > 0) {
    const names = running.map((one) => one.region).join(', ');
    throw new CommandFailure(`Several regions are running: ${names}.`, EXIT.USAGE, 'Say which one with --region <name>.');
  }
  return first;
}

/** The injector's API. Every call throws CommandFailure when the answer is an error or does not come. */
export interface ApiClient {
  get<T>(path: string): Promise<T>;
  post<T>(path: string, body: unknown): Promise<T>;
  put<T>(path: string, body: unknown): Promise<T>;
  delete<T>(path: string): Promise<T>;
  /** The answer as it came, for NDJSON and its headers. */
  fetch(method: string, path: string, body?: unknown): Promise<Response>;
}

/** Client of a running region's HTTP API (`/v1/…`); `timeoutMs` bounds each call, headers and body. */
export function apiClient(running: Pick<RunningRegion, 'region' | 'api'>, timeoutMs = ANSWER_TIMEOUT_MS): ApiClient {
  const silent = (error: unknown): CommandFailure => {
    const late = error instanceof Error && error.name === 'TimeoutError';
    return new CommandFailure(
      `Region "${running.region}" ${late ? `did not answer within ${timeoutMs / 1000} s` : 'does not answer'} at ${running.api}.`,
      EXIT.NOT_READY,
      'It may be stopping. Look at the terminal in which it runs, or start it again with "npm start".',
    );
  };
  const send = async (method: string, path: string, body?: unknown): Promise<Response> => {
    let response: Response;
    try {
      response = await fetch(new URL(path, running.api), {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }),
      });
    } catch (error) {
      throw silent(error);
    }
    if (!response.ok) throw await refusal(response, running.region);
    return response;
  };
  const json = async <T>(method: string, path: string, body?: unknown): Promise<T> => {
    const response = await send(method, path, body);
    try {
      const text = await response.text();
      return (text === '' ? null : JSON.parse(text)) as T;
    } catch (error) {
      throw silent(error);
    }
  };
  return {
    get: (path) => json('GET', path),
    post: (path, body) => json('POST', path, body),
    put: (path, body) => json('PUT', path, body),
    delete: (path) => json('DELETE', path),
    fetch: send,
  };
}

/** What was asked for cannot be done (4xx: nothing was), or the region could not do it (5xx). */
async function refusal(response: Response, region: string): Promise<CommandFailure> {
  const text = await response.text().catch(() => '');
  let message = `Region "${region}" answered ${response.status}.`;
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    if (typeof error?.message === 'string') message = error.message;
  } catch {
    // Not ours to read: the status says enough.
  }
  const exitCode = response.status < 500 ? EXIT.USAGE : response.status === 503 ? EXIT.NOT_READY : EXIT.ERROR;
  return new CommandFailure(message, exitCode);
}
