/**
 * Runs of experiments as a command asks for them: begin one, follow it to its end, fetch its report. A controller that goes
 * away for a moment is waited for; whoever asked can end the run, and then it is followed until everything is healed.
 */
import { EXIT } from '#contracts/exit-codes.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { Run, RunEnd, RunEvent, RunRequest, SearchRequest } from '#contracts/runs.ts';
import { pause } from '#chaos/injector/pause.ts';
import { CommandFailure, RegionRefusal, apiClient } from '#kit/command-line.ts';
import { commandText } from '#kit/tool-container.ts';
import { EventReader, OverlongEvent } from './event-reader.ts';

type Running = Pick<RunningRegion, 'region' | 'api'>;

const ASK_TIMEOUT_MS = 30_000;
const FETCH_TIMEOUT_MS = 60_000;
/** A report is some megabytes; whoever else answers on that port must not fill the memory of whoever asks. */
const REPORT_BYTES_MAX = 256 * 1024 ** 2;
const AGAIN_MS = 500;
/** A controller that was ended is back by then, or will not be. */
const AWAY_MS_MAX = 20_000;
/** Three heartbeats: whoever says nothing for so long is not there. */
const SILENCE_MS_MAX = 30_000;

/** @throws CommandFailure NOT_READY where another runs; as every call does where the region refuses or is silent */
export function beginRun(running: Running, request: RunRequest): Promise<Run> {
  return begin(running, '/v1/runs', request);
}

/** @throws CommandFailure as {@link beginRun} does */
export function beginSearch(running: Running, request: SearchRequest): Promise<Run> {
  return begin(running, '/v1/searches', request);
}

async function begin(running: Running, path: string, request: RunRequest | SearchRequest): Promise<Run> {
  try {
    return await apiClient(running, ASK_TIMEOUT_MS).post<Run>(path, request);
  } catch (error) {
    if (!(error instanceof RegionRefusal) || error.status !== 409) throw error;
    throw new CommandFailure(error.message, EXIT.NOT_READY, `"${commandText('runs')}" shows it.`);
  }
}

export function listRuns(running: Running): Promise<{ runs: Run[] }> {
  return apiClient(running, ASK_TIMEOUT_MS).get('/v1/runs');
}

export function lookAtRun(running: Running, id: string): Promise<Run> {
  return apiClient(running, ASK_TIMEOUT_MS).get(`/v1/runs/${encodeURIComponent(id)}`);
}

/** It is healed before it ends. */
export function stopRun(running: Running, id: string): Promise<Run> {
  return apiClient(running, ASK_TIMEOUT_MS).delete(`/v1/runs/${encodeURIComponent(id)}`);
}

/** The files of its report by their paths. @throws CommandFailure ERROR for more than `bytesMax` in all */
export async function fetchReport(running: Running, { id, files }: Pick<Run, 'id' | 'files'>, bytesMax = REPORT_BYTES_MAX): Promise<Map<string, Buffer>> {
  const api = apiClient(running, FETCH_TIMEOUT_MS);
  const fetched = new Map<string, Buffer>();
  let left = bytesMax;
  for (const { path } of files) {
    const response = await api.fetch('GET', `/v1/runs/${id}/report/${path.split('/').map(encodeURIComponent).join('/')}`);
    const bytes = await bytesOf(response, left);
    if (bytes === null) throw new CommandFailure(`The report of run ${id} is longer than any report: it goes on after ${bytesMax} bytes, in ${path}.`, EXIT.ERROR);
    left -= bytes.length;
    fetched.set(path, bytes);
  }
  return fetched;
}

/** Null for a body that is longer than that, of which no more is read. */
async function bytesOf({ body }: Response, atMost: number): Promise<Buffer | null> {
  const pieces: Uint8Array[] = [];
  let length = 0;
  for await (const piece of body ?? []) {
    pieces.push(piece as Uint8Array);
    length += (piece as Uint8Array).length;
    if (length > atMost) return null;
  }
  return Buffer.concat(pieces);
}

/**
 * @param signal stops the run; it is followed to its end all the same
 * @throws CommandFailure ERROR when the controller is away, or refuses, for longer than some seconds, or is none
 */
export async function followRun(running: Running, id: string, signal: AbortSignal, onEvent: (event: RunEvent) => void): Promise<RunEnd> {
  const stop = (): void => void stopRun(running, id).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  const heard = { lastId: null as string | null, atMs: performance.now() };
  let refusal: RegionRefusal | null = null;
  try {
    for (;;) {
      const end = await listen(running, id, heard, onEvent).catch((error: unknown) => {
        if (error instanceof NotToldRightly || (error instanceof RegionRefusal && error.status === 404)) throw error;
        refusal = error instanceof RegionRefusal ? error : null;
        return null;
      });
      if (end !== null) return end;
      if (performance.now() > heard.atMs + AWAY_MS_MAX) throw refusal ?? gone(running, id);
      await pause(AGAIN_MS);
      if (signal.aborted) stop();
    }
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Another program answers on that port: to ask again would be the same. */
class NotToldRightly extends CommandFailure {}

/** @returns null when the connection ended before the run did. @throws NotToldRightly, and what says that nobody is there just now */
async function listen({ region, api }: Running, id: string, heard: { lastId: string | null; atMs: number }, onEvent: (event: RunEvent) => void): Promise<RunEnd | null> {
  const strange = (): NotToldRightly => new NotToldRightly(`What answers at ${api} tells of run ${id} as no controller does.`, EXIT.ERROR);
  const silence = new AbortController();
  let alarm = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
  try {
    const response = await fetch(new URL(`/v1/runs/${id}/events`, api), { signal: silence.signal, headers: heard.lastId === null ? {} : { 'last-event-id': heard.lastId } });
    if (!response.ok || response.body === null) throw new RegionRefusal(`Region "${region}" does not tell of run ${id} (${response.status}).`, EXIT.ERROR, response.status);
    if (response.headers.get('content-type')?.startsWith('text/event-stream') !== true) throw strange();
    const reader = new EventReader();
    const decoder = new TextDecoder();
    for await (const bytes of response.body) {
      clearTimeout(alarm);
      alarm = setTimeout(() => silence.abort(), SILENCE_MS_MAX);
      heard.atMs = performance.now();
      for (const event of readEvents(reader, decoder.decode(bytes as Uint8Array, { stream: true }), strange)) {
        heard.lastId = event.id;
        onEvent(event.data);
        if (event.data.type === 'run.ended') return event.data.end;
      }
    }
    return null;
  } finally {
    clearTimeout(alarm);
    silence.abort();
  }
}

function readEvents(reader: EventReader, text: string, strange: () => Error): { id: string | null; data: RunEvent }[] {
  try {
    return reader.read(text).map(({ id, data }) => ({ id, data: JSON.parse(data) as RunEvent }));
  } catch (error) {
    if (error instanceof OverlongEvent || error instanceof SyntaxError) throw strange();
    throw error;
  }
}

function gone({ region, api }: Running, id: string): CommandFailure {
  return new CommandFailure(
    `The controller of region "${region}" went away at ${api} while run ${id} was under way.`,
    EXIT.ERROR,
    `What the run had broken heals by itself within seconds: look at "${commandText('status')}". When it is back, "${commandText(`runs ${id}`)}" says how the run ended.`,
  );
}
