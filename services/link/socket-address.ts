/**
 * `host:port` as Go writes and reads it, because clients send it that way and compare what comes back: IPv6
 * in brackets, an empty host for every address, and Go's sentences for what is wrong.
 * https://pkg.go.dev/net#SplitHostPort
 */
import { isIP, isIPv6 } from 'node:net';

export interface HostPort {
  /** Name or IP address without brackets; empty for every address of the machine. */
  host: string;
  port: number;
}

/** What is wrong with an address: `address 99999: invalid port`. */
class AddressError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'AddressError';
  }
}

const PORT_MAX = 65_535;

/**
 * @param text empty means every address and a port of the system's choice
 * @throws AddressError
 */
export function parseHostPort(text: string): HostPort {
  if (text === '') return { host: '', port: 0 };
  const { host, port } = split(text);
  if (port === '') return { host, port: 0 };
  if (!/^[+-]?\d+$/.test(port)) throw new AddressError(`lookup tcp/${port}: unknown port`);
  const number = Number(port);
  if (number < 0 || number > PORT_MAX) throw new AddressError(`address ${port}: invalid port`);
  return { host, port: number };
}

/** The address as text: `127.0.0.1:80`, `[::1]:80`, `:80`. */
export function showHostPort({ host, port }: HostPort): string {
  return isIPv6(host) ? `[${host}]:${port}` : `${host}:${port}`;
}

/** Names a look-up is needed for: not an IP address, not every address, not `localhost`. */
export function isName(host: string): boolean {
  return host !== '' && isIP(host) === 0 && host.toLowerCase() !== 'localhost';
}

function split(text: string): { host: string; port: string } {
  const wrong = (why: string): AddressError => new AddressError(`address ${text}: ${why}`);
  const colon = text.lastIndexOf(':');
  if (colon === -1) throw wrong('missing port in address');
  let host = text.slice(0, colon);
  if (text.startsWith('[')) {
    const end = text.indexOf(']');
    if (end === -1) throw wrong("missing ']' in address");
    if (end + 1 !== colon) throw wrong(text.charAt(end + 1) === ':' ? 'too many colons in address' : 'missing port in address');
    host = text.slice(1, end);
  } else if (host.includes(':')) {
    throw wrong('too many colons in address');
  }
  if (host.includes('[')) throw wrong("unexpected '[' in address");
  if (host.includes(']')) throw wrong("unexpected ']' in address");
  return { host, port: text.slice(colon + 1) };
}
