/**
 * One bounded HTTP call to an instance of the region. Every call has a connection of its own: an instance
 * may be killed, frozen and started again at any moment, and a pooled socket would bring the dead one's
 * reset into the first call to the living one.
 */
import { Agent, request, type Dispatcher } from 'undici';
import type { NetworkAddress } from '#contracts/region.ts';

/** No keep-alive (pipelining 0). */
const agent = new Agent({ pipelining: 0, connect: { timeout: 2000 } });

export interface InstanceCall {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** Path with query. */
  path: string;
  /** Sent as JSON. */
  body?: unknown;
  timeoutMs: number;
}

export interface InstanceAnswer {
  status: number;
  text: string;
}

/** The whole answer as text. Rejects with the transport's error, or TimeoutError. */
export async function callInstance(address: NetworkAddress, call: InstanceCall): Promise<InstanceAnswer> {
  const response = await open(address, call);
  return { status: response.statusCode, text: await response.body.text() };
}

/** The answer as it arrives; the caller reads or destroys its body. `timeoutMs` bounds headers and body. */
export function open(address: NetworkAddress, call: InstanceCall): Promise<Dispatcher.ResponseData> {
  return request(`http://${address.host}:${address.port}${call.path}`, {
    dispatcher: agent,
    method: call.method,
    signal: AbortSignal.timeout(call.timeoutMs),
    ...(call.body === undefined ? {} : { headers: { 'content-type': 'application/json' }, body: JSON.stringify(call.body) }),
  });
}
