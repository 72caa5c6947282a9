/** How long the control API takes where it matters: with many connections open, and while a dial hangs. */
import type { Socket } from 'node:net';
import { startHungListener } from '../../reference/hung-listener.ts';
import { client, type Arm, type Upstream } from './arm.ts';

const NOTICED_MS = 200;

export interface ControlTimes {
  addMs: number;
  removeMs: number;
  disableMs: number;
}

/** Add and remove a toxic, then disable, on a proxy with so many open connections. Throws when a call is refused. */
export async function withOpenConnections(arm: Arm, upstream: Upstream, count: number): Promise<ControlTimes> {
  const port = await arm.proxy('many', upstream.echo);
  const sockets: Socket[] = [];
  try {
    // One after the other: connections that wait in a queue are not open yet.
    for (let i = 0; i < count; i++) {
      const socket = await client(port);
      sockets.push(socket);
      await new Promise((resolve) => socket.once('data', resolve).write('x'));
    }
    const add = await arm.call('POST', '/proxies/many/toxics', { name: 't', type: 'latency', attributes: { latency: 5 } });
    const remove = await arm.call('DELETE', '/proxies/many/toxics/t');
    const disable = await arm.call('POST', '/proxies/many', { enabled: false });
    for (const { status } of [add, remove, disable]) if (status < 200 || status > 299) throw new Error(`${arm.name} answered ${status} to a control call`);
    return { addMs: add.tookMs, removeMs: remove.tookMs, disableMs: disable.tookMs };
  } finally {
    for (const socket of sockets) socket.destroy();
    await arm.call('DELETE', '/proxies/many');
  }
}

/** A disable while a client's dial hangs, which the reference answers 503 after 25 s; it is started anew after that. */
export async function duringHungDial(arm: Arm): Promise<number> {
  const hung = await startHungListener();
  try {
    const socket = await client(await arm.proxy('hung', hung.port));
    await new Promise((resolve) => setTimeout(resolve, NOTICED_MS));
    const { status, tookMs } = await arm.call('POST', '/proxies/hung', { enabled: false });
    socket.destroy();
    if (status !== 200) await arm.restart();
    else await arm.call('DELETE', '/proxies/hung');
    return tookMs;
  } finally {
    await hung.close();
  }
}
