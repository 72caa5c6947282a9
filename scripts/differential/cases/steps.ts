/** The steps that most cases begin with. A proxy named "a" listens on `<port a>` and leads to `<echo>` unless told otherwise. */
import type { CallStep, Step } from '../case.ts';

export function proxy(name: string, body: Readonly<Record<string, unknown>> = {}): CallStep {
  return { call: 'POST /proxies', body: { name, listen: `127.0.0.1:<port ${name}>`, upstream: '<echo>', ...body } };
}

export function toxic(proxy: string, type: string, attributes: unknown, rest: Readonly<Record<string, unknown>> = {}): CallStep {
  return { call: `POST /proxies/${proxy}/toxics`, body: { type, attributes, ...rest } };
}

/** A client of the proxy, by its name. */
export function client(proxy: string): Step {
  return { connect: proxy, to: `127.0.0.1:<port ${proxy}>` };
}

/** One message there and back. */
export function echo(name: string, text = 'ping'): Step[] {
  return [
    { send: name, text },
    { receives: name, bytes: text.length },
  ];
}
