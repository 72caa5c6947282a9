/**
 * Which header fields end at this hop (RFC 9110, 7.6.1): the ones the specification names and the ones that
 * `Connection` names. A sender can also name fields that are for everybody, to have a proxy strip what the
 * next hop relies on (authorisation, the forwarding headers, the length); such options are ignored.
 */

/** Never forwarded, named or not. `expect` and `upgrade` are this hop's to answer. */
const HOP_BY_HOP = new Set([
  'connection', 'keep-alive', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'expect', 'http2-settings',
  'proxy-connection', 'proxy-authenticate', 'proxy-authorization', 'proxy-authentication-info',
]);

/** Fields for every recipient, which `Connection` cannot take away. */
const END_TO_END = new Set([
  'host', 'content-length', 'content-type', 'content-encoding', 'content-range', 'content-location', 'content-disposition',
  'authorization', 'www-authenticate', 'cookie', 'set-cookie', 'origin', 'referer', 'range', 'location', 'etag', 'last-modified',
  'accept', 'accept-encoding', 'accept-language', 'access-control-allow-origin', 'access-control-allow-credentials',
  'cache-control', 'pragma', 'expires', 'age', 'vary', 'date', 'max-forwards', 'retry-after', 'strict-transport-security',
  'content-security-policy', 'x-frame-options', 'x-content-type-options',
  'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since', 'if-range',
  'via', 'forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'traceparent', 'tracestate',
  'idempotency-key', 'x-request-id', 'x-deadline-ms', 'x-criticality', 'x-attempt', 'x-avoid-az', 'x-az', 'x-served-by', 'x-retried',
  'x-azimuth-error', 'server-timing',
]);

/** @param name in lower case */
export function isHopByHop(name: string): boolean {
  return HOP_BY_HOP.has(name);
}

/**
 * Fields that this `Connection` value takes away beyond the hop-by-hop ones.
 * @returns null for none, which is nearly always
 */
export function namedFields(connection: string): Set<string> | null {
  if (connection === 'keep-alive' || connection === 'close') return null;
  let named: Set<string> | null = null;
  for (const option of connection.toLowerCase().split(',')) {
    const name = option.trim();
    if (name === '' || HOP_BY_HOP.has(name) || END_TO_END.has(name) || name === 'close') continue;
    named ??= new Set();
    named.add(name);
  }
  return named;
}
