/** Reads the addresses of the `load-balancer` command's flags. Errors are sentences for the one who typed them. */

export interface TargetArgument {
  id: string;
  zone: string;
  url: string;
}

/** @param text `zone=http://host:port` */
export function readTargetArgument(text: string): TargetArgument {
  const match = /^([A-Za-z0-9][A-Za-z0-9_-]{0,62})=(.+)$/.exec(text);
  if (match === null) throw new Error('It must be <zone>=<url>, e.g. az1=http://127.0.0.1:9001.');
  const [, zone = '', address = ''] = match;
  if (!URL.canParse(address)) throw new Error(`"${address}" is no URL.`);
  const url = new URL(address);
  if (url.protocol !== 'http:') throw new Error('Targets are spoken to over http only.');
  if (url.pathname !== '/' || url.search !== '' || url.hash !== '' || url.username !== '') {
    throw new Error('A target is a host and a port, without path, query or user: paths are forwarded as they come.');
  }
  return { id: url.host, zone, url: url.origin };
}

/** @param text `host:port`, `[v6]:port` or a port alone, which means 127.0.0.1 */
export function readAddress(text: string): { host: string; port: number } {
  const match = /^(?:(\[[0-9A-Fa-f:.]+\]|[^:[\]]+):)?([0-9]{1,5})$/.exec(text);
  const port = Number(match?.[2]);
  if (match === null || port > 65535) throw new Error('It must be <host>:<port>, e.g. 127.0.0.1:8000.');
  const host = match[1] ?? '127.0.0.1';
  return { host: host.startsWith('[') ? host.slice(1, -1) : host, port };
}
