/** Round trips of one small message after the other on one connection, in microseconds; and bytes per second of one stream. */
import type { Socket } from 'node:net';
import { client } from './arm.ts';

const MESSAGE_BYTES = 64;
const WARM_TRIPS = 300;
const SETTLE_MS = 300;

/** @param gapMs pause before each, so that nothing queues; 0 for none */
export async function roundTripsUs(port: number, count: number, gapMs = 0): Promise<number[]> {
  const socket = await client(port);
  try {
    for (let i = 0; gapMs === 0 && i < WARM_TRIPS; i++) await roundTripUs(socket);
    const trips: number[] = [];
    for (let i = 0; i < count; i++) {
      if (gapMs > 0) await new Promise((resolve) => setTimeout(resolve, gapMs));
      trips.push(await roundTripUs(socket));
    }
    return trips;
  } finally {
    socket.destroy();
  }
}

/** One way, from an upstream that sends as fast as it is read; in MB (10^6 bytes) per second. */
export async function megabytesPerSecond(port: number, seconds: number): Promise<number> {
  const socket = await client(port);
  let bytes = 0;
  socket.on('data', (chunk: Buffer) => (bytes += chunk.length));
  await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
  const [beforeBytes, beganMs] = [bytes, performance.now()];
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
  const rate = (bytes - beforeBytes) / (performance.now() - beganMs) / 1000;
  socket.destroy();
  return rate;
}

function roundTripUs(socket: Socket): Promise<number> {
  return new Promise((resolve, reject) => {
    let missing = MESSAGE_BYTES;
    const beganMs = performance.now();
    const gone = (): void => reject(new Error('the connection ended in the middle of a round trip'));
    const take = (chunk: Buffer): void => {
      missing -= chunk.length;
      if (missing > 0) return;
      socket.off('data', take).off('close', gone);
      resolve((performance.now() - beganMs) * 1000);
    };
    socket.on('data', take).once('close', gone);
    socket.write(Buffer.alloc(MESSAGE_BYTES, 'm'));
  });
}
