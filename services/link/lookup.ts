/**
 * Names to IP addresses, IPv4 first, as the reference prefers them. IP addresses and `localhost` are
 * answered without the resolver; a name is asked once at a time, so that a resolver that hangs holds one of
 * libuv's four threads per name and not one per connection.
 */
import { lookup as systemLookup } from 'node:dns';
import { isName } from './socket-address.ts';

/** IP addresses of a host in the order in which they are tried; rejects when it has none. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export function createLookup(): Lookup {
  const asked = new Map<string, Promise<readonly string[]>>();
  return async (host) => {
    if (host === '' || host.toLowerCase() === 'localhost') return ['127.0.0.1', '::1'];
    if (!isName(host)) return [host];
    const running = asked.get(host) ?? ask(host).finally(() => asked.delete(host));
    asked.set(host, running);
    return running;
  };
}

function ask(host: string): Promise<readonly string[]> {
  return new Promise((resolve, reject) => {
    systemLookup(host, { all: true, order: 'ipv4first' }, (error, found) => {
      if (error !== null || found.length === 0) reject(new Error(`lookup ${host}: no such host`));
      else resolve(found.map(({ address }) => address));
    });
  });
}
