/**
 * The head of a target's response as the customer gets it: without the fields that end at this hop
 * (RFC 9110, 7.6.1), with this hop in `Via`, and always saying who answered, where, and which AZ failed
 * before (`x-retried` of the hop that re-sent first counts, since that is where the first attempt went).
 */
import { HEADER } from '#contracts/headers.ts';
import type { ResponseHeaders, SentAttempt } from '#kit/balanced-client/exchange.ts';
import { isHopByHop, namedFields } from '#kit/http/connection-options.ts';

/** Trailers must not change what the head has settled (RFC 9110, 6.5.1). */
const NO_TRAILER = new Set([
  'content-length', 'host', 'content-type', 'content-encoding', 'content-range', 'cache-control', 'authorization', 'set-cookie', 'age',
  'date', 'expires', 'location', 'retry-after', 'vary', 'max-forwards', 'www-authenticate', 'range', 'if-match', 'if-none-match',
]);

/** @returns names and values in turn */
export function responseFields(status: number, headers: ResponseHeaders, retriedFrom: string | null, sent: SentAttempt): string[] {
  const fields: string[] = [];
  let named: Set<string> | null = null;
  const { connection } = headers;
  if (connection !== undefined) named = namedFields(typeof connection === 'string' ? connection : connection.join(','));
  let via = '1.1 azimuth';
  let retried = retriedFrom;
  let isMarked = false;
  let hasZone = false;
  for (const name in headers) {
    const value = headers[name] as string | string[];
    switch (name) {
      case 'connection':
      case 'transfer-encoding':
      case 'keep-alive':
        continue;
      case HEADER.via:
        via = `${String(value)}, ${via}`;
        continue;
      case HEADER.retried:
        retried ??= String(value);
        continue;
      case 'content-length':
        if (status === 204) continue;
        break;
      case HEADER.servedBy:
        isMarked = true;
        break;
      case HEADER.az:
        hasZone = true;
        break;
      default:
        if (isHopByHop(name) || named?.has(name) === true) continue;
    }
    if (typeof value === 'string') fields.push(name, value);
    else for (const one of value) fields.push(name, one);
  }
  fields.push(HEADER.via, via);
  if (retried !== null) fields.push(HEADER.retried, retried);
  if (!isMarked) fields.push(HEADER.servedBy, sent.targetId);
  if (!hasZone && sent.zone !== null) fields.push(HEADER.az, sent.zone);
  return fields;
}

/** The trailers that may be passed on, as Node takes them. */
export function forwardableTrailers(trailers: ResponseHeaders): [string, string][] {
  const kept: [string, string][] = [];
  for (const [name, value] of Object.entries(trailers)) {
    if (value === undefined || isHopByHop(name) || NO_TRAILER.has(name)) continue;
    for (const one of typeof value === 'string' ? [value] : value) kept.push([name, one]);
  }
  return kept;
}
