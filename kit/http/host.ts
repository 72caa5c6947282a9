/**
 * Whether a `Host` value or the authority of an absolute target is one: `uri-host [ ":" port ]` of RFC 9110,
 * 7.2 and RFC 3986, 3.2.2. A proxy that passes on what it cannot read lets two parsers disagree about whom a
 * request is for (cache poisoning, routing around a check). User information is refused (RFC 9110, 4.2.4).
 */
import { isIPv6 } from 'node:net';

const PLAIN = /^[A-Za-z0-9][A-Za-z0-9.-]*(?::([0-9]{1,5}))?$/;
const REG_NAME = /^(?:[A-Za-z0-9\-._~!$&'()*+,;=]|%[0-9A-Fa-f]{2})+(?::([0-9]{0,5}))?$/;
const LITERAL = /^\[([^\]]*)\](?::([0-9]{0,5}))?$/;
const IP_FUTURE = /^v[0-9A-Fa-f]+\.[A-Za-z0-9\-._~!$&'()*+,;=:]+$/;

/** @param text without surrounding whitespace; empty is no host */
export function isHost(text: string): boolean {
  const named = PLAIN.exec(text) ?? REG_NAME.exec(text);
  if (named !== null) return isPort(named[1]);
  const literal = LITERAL.exec(text);
  if (literal === null) return false;
  const address = literal[1] ?? '';
  return (isIPv6(address) && !address.includes('%') ? true : IP_FUTURE.test(address)) && isPort(literal[2]);
}

/** The name without its port, in lower case. @param host one that {@link isHost} accepted */
export function hostName(host: string): string {
  const colon = host.lastIndexOf(':');
  const name = colon > host.lastIndexOf(']') ? host.slice(0, colon) : host;
  return name.toLowerCase();
}

function isPort(digits: string | undefined): boolean {
  return digits === undefined || Number(digits) <= 65535;
}
