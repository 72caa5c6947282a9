/**
 * Makes the request of an activity: status, headers and body are the output, whatever the status. A body is JSON only
 * where its type says just `application/json`, as Chaos Toolkit has it; else it is a text. Unlike there, both are bounded:
 * an answer without end, or none, must not take the run with it.
 * Reference: chaoslib, `provider/http.py`.
 */
import type { HttpProvider } from '../experiment.ts';
import { TIMER_MS_MAX, type World } from '../world.ts';

/** Of an answer's body, decoded: the journal keeps it whole. */
const BODY_BYTES_MAX = 10_000_000;

/** For an answer and its body, where an activity says no `timeout`: longer than a server takes that is going to answer. */
const TIMEOUT_S = 60;

export interface HttpOutput {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * @param provider with its variables filled in
 * @throws Error with a sentence when nobody answers, not in time or too much, or `signal` is aborted
 */
export async function request(provider: HttpProvider, fetch: World['fetch'], signal: AbortSignal): Promise<HttpOutput> {
  const { method = 'GET', headers = {}, arguments: given, timeout = TIMEOUT_S } = provider;
  if (!URL.canParse(provider.url)) throw new Error(`"${provider.url}" is no address`);
  const url = new URL(provider.url);
  const timeoutS = typeof timeout === 'object' ? timeout[0] + timeout[1] : timeout;
  const verb = method.toUpperCase();
  if (given !== undefined && verb === 'GET') for (const [name, value] of fields(given)) url.searchParams.append(name, value);
  const body = given === undefined || verb === 'GET' ? {} : { body: isJson(headers) ? JSON.stringify(given) : new URLSearchParams(fields(given)) };
  let response: Response;
  let text: string | null;
  try {
    response = await fetch(url, { method: verb, headers, ...body, signal: AbortSignal.any([signal, AbortSignal.timeout(Math.min(Math.ceil(timeoutS * 1000), TIMER_MS_MAX))]) });
    text = await boundedText(response);
  } catch (error) {
    if (signal.aborted) throw new Error('it was interrupted', { cause: error });
    if (error instanceof Error && error.name === 'TimeoutError') throw new Error(`${url.href} did not answer within ${timeoutS} s`, { cause: error });
    throw new Error(`${url.href} cannot be reached: ${causeOf(error)}`, { cause: error });
  }
  if (text === null) throw new Error(`${url.href} answered with more than ${BODY_BYTES_MAX / 1_000_000} MB, which is more than is read`);
  const answered = Object.fromEntries(response.headers);
  return { status: response.status, headers: answered, body: answered['content-type'] === 'application/json' ? jsonOr(text) : text };
}

/** Null for one that is too long, of which no more is read then. */
async function boundedText({ body }: Response): Promise<string | null> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > BODY_BYTES_MAX) return null;
    chunks.push(chunk);
  }
  return new TextDecoder().decode(Buffer.concat(chunks));
}

function fields(given: Readonly<Record<string, unknown>>): [string, string][] {
  return Object.entries(given).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]);
}

function isJson(headers: Readonly<Record<string, string>>): boolean {
  return Object.entries(headers).some(([name, value]) => name.toLowerCase() === 'content-type' && value === 'application/json');
}

function jsonOr(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && error.cause.message !== '' ? error.cause.message : error.message;
}
