/**
 * Ordered two-byte writes through a proxy on which a 1 s latency toxic comes and goes: every number must come
 * back, once and in order. The same check as upstream's own link test, over real sockets.
 */
import type { Socket } from 'node:net';
import { client, type Arm, type Upstream } from './arm.ts';

const TOGGLE_MS = 2;
const TAIL_MS_MAX = 10_000;

export interface Toggled {
  /** Numbers that came back where they belong. */
  intact: number;
  toggles: number;
}

export async function toggleUnderWrites(arm: Arm, upstream: Upstream, writes: number): Promise<Toggled> {
  const socket = await client(await arm.proxy('toggle', upstream.echo));
  const state = { isDone: false };
  const received = receive(socket, writes);
  const toggling = toggle(arm, () => state.isDone);
  for (let i = 0; i < writes && socket.writable; i++) {
    const two = Buffer.alloc(2);
    two.writeUInt16BE(i);
    await new Promise<void>((resolve) => socket.write(two, () => resolve()));
    // A write that is taken at once never leaves the loop to the toggling: a turn of it for each keeps both going.
    await new Promise((resolve) => setImmediate(resolve));
  }
  state.isDone = true;
  const toggles = await toggling;
  const intact = await Promise.race([received.done, new Promise<number>((resolve) => setTimeout(() => resolve(received.intact()), TAIL_MS_MAX).unref())]);
  socket.destroy();
  await arm.call('DELETE', '/proxies/toggle');
  return { intact, toggles };
}

function receive(socket: Socket, writes: number): { done: Promise<number>; intact: () => number } {
  let intact = 0;
  let half: number | null = null;
  let isBroken = false;
  const done = new Promise<number>((resolve) => {
    socket.on('data', (chunk: Buffer) => {
      for (const byte of chunk) {
        if (half === null) half = byte;
        else {
          isBroken ||= half * 256 + byte !== intact;
          half = null;
          if (!isBroken) intact += 1;
        }
      }
      if (intact >= writes || isBroken) resolve(intact);
    });
    socket.on('close', () => resolve(intact));
  });
  return { done, intact: () => intact };
}

/** Resolves, the toxic being off, with how often it came. */
async function toggle(arm: Arm, isDone: () => boolean): Promise<number> {
  let toggles = 0;
  while (!isDone()) {
    await arm.call('POST', '/proxies/toggle/toxics', { name: 't', type: 'latency', stream: 'upstream', attributes: { latency: 1000 } });
    await new Promise((resolve) => setTimeout(resolve, TOGGLE_MS));
    await arm.call('DELETE', '/proxies/toggle/toxics/t');
    toggles += 1;
  }
  return toggles;
}
