/**
 * Whether a `traceparent` may travel on (W3C Trace Context, 3.2): a malformed one is dropped with its
 * `tracestate`, so that the next hop starts a trace instead of failing to join one.
 */
const TRACEPARENT = /^(?!ff)[0-9a-f]{2}-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(?:-.*)?$/;

export function isTraceparent(text: string): boolean {
  // Version 00 has exactly these four parts.
  return TRACEPARENT.test(text) && (!text.startsWith('00') || text.length === 55);
}
