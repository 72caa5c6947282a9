/**
 * One HTTP call as it is written, and its answer as far as the protocol promises it. `fetch` would tidy the
 * path and refuse some methods; and headers that every server words differently (`Date`, lengths) say nothing.
 */
import { request } from 'node:http';

const UNPROMISED = new Set(['date', 'content-length', 'connection', 'keep-alive', 'transfer-encoding']);

export interface Answer {
  status: number;
  /** As rendered: one `name: value` after the other, by name. */
  headers: Readonly<Record<string, string>>;
  body: string;
}

export interface CallOptions {
  host: string;
  port: number;
  method: string;
  path: string;
  headers: Readonly<Record<string, string>>;
  body: string | null;
  timeoutMs: number;
}

/** Rejects when the server does not answer, with a message that is the same for every kind of silence. */
export function call(options: CallOptions): Promise<Answer> {
  const { host, port, method, path, body, timeoutMs } = options;
  const length = body === null ? {} : { 'content-length': String(Buffer.byteLength(body)) };
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, method, path, headers: { ...length, ...options.headers }, agent: false, signal: AbortSignal.timeout(timeoutMs) }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: promised(response.headers), body: Buffer.concat(chunks).toString() }));
    });
    sent.on('error', (error: Error & { code?: string }) => reject(error.name === 'AbortError' || error.name === 'TimeoutError' ? new Error(`silent for ${timeoutMs} ms`) : error));
    sent.end(body ?? undefined);
  });
}

function promised(headers: Readonly<Record<string, string | string[] | undefined>>): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => !UNPROMISED.has(name)).toSorted(([a], [b]) => (a < b ? -1 : 1));
  // The request id is a new one each time: that there is one is what counts.
  return Object.fromEntries(kept.map(([name, value]) => [name, name === 'x-toxiproxy-request-id' ? 'given' : String(value)]));
}
