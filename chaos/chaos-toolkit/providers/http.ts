/**
 * Makes the request of an activity: status, headers and body are the output, whatever the status. A body is JSON only
 * where its type says just `application/json`, as Chaos Toolkit has it; else it is a text.
 * Reference: chaoslib, `provider/http.py`.
 */
import type { HttpProvider } from '../experiment.ts';
import type { World } from '../world.ts';

export interface HttpOutput {
  status: number;
  headers: Record<string, string>;
  body: unknown;
}

/**
 * @param provider with its variables filled in
 * @throws Error with a sentence when nobody answers, not in time, or `signal` is aborted
 */
export async function request(provider: HttpProvider, fetch: World['fetch'], signal: AbortSignal): Promise<HttpOutput> {
  const { method = 'GET', headers = {}, arguments: given, timeout } = provider;
  if (!URL.canParse(provider.url)) throw new Error(`"${provider.url}" is no address`);
  const url = new URL(provider.url);
  const timeoutS = typeof timeout === 'object' ? timeout[0] + timeout[1] : timeout;
  const verb = method.toUpperCase();
  if (given !== undefined && verb === 'GET') for (const [name, value] of fields(given)) url.searchParams.append(name, value);
  const body = given === undefined || verb === 'GET' ? {} : { body: isJson(headers) ? JSON.stringify(given) : new URLSearchParams(fields(given)) };
  try {
    const response = await fetch(url, { method: verb, headers, ...body, signal: timeoutS === undefined ? signal : AbortSignal.any([signal, AbortSignal.timeout(timeoutS * 1000)]) });
    const text = await response.text();
    const answered = Object.fromEntries(response.headers);
    return { status: response.status, headers: answered, body: answered['content-type'] === 'application/json' ? jsonOr(text) : text };
  } catch (error) {
    if (signal.aborted) throw new Error('it was interrupted', { cause: error });
    if (error instanceof Error && error.name === 'TimeoutError') throw new Error(`${url.href} did not answer within ${timeoutS} s`, { cause: error });
    throw new Error(`${url.href} cannot be reached: ${causeOf(error)}`, { cause: error });
  }
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
