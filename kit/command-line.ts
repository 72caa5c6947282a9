/**
 * How every command speaks: progress to standard error, results to standard output (so that `--json` can be
 * piped), one clear sentence and the exit code of `contracts/exit-codes.ts` when it cannot go on. Also how a
 * verb talks to the HTTP API of the region that `find-region.ts` found.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { commandText, startText } from './tool-container.ts';

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

/** The region's answer was an error, in the words of the region. */
export class RegionRefusal extends CommandFailure {
  /** HTTP status. */
  readonly status: number;

  constructor(message: string, exitCode: number, status: number) {
    super(message, exitCode);
    this.name = 'RegionRefusal';
    this.status = status;
  }
}

/** The region's API. Every call throws RegionRefusal when the answer is an error, CommandFailure when none comes. */
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
      `It may be stopping. Look at the terminal in which it runs, or at "docker compose ps". ${startText()}`,
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
async function refusal(response: Response, region: string): Promise<RegionRefusal> {
  const text = await response.text().catch(() => '');
  let message = `Region "${region}" answered ${response.status}.`;
  try {
    const { error } = JSON.parse(text) as { error?: { message?: unknown } };
    // It speaks to a person on the host.
    if (typeof error?.message === 'string') message = error.message.replaceAll('./azimuth', commandText(''));
  } catch {
    // Not ours to read: the status says enough.
  }
  const exitCode = response.status < 500 ? EXIT.USAGE : response.status === 503 ? EXIT.NOT_READY : EXIT.ERROR;
  return new RegionRefusal(message, exitCode, response.status);
}
