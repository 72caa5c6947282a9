/**
 * An address at which a connect hangs, as at a host that is down, on loopback alone: a listener whose queue is
 * full. Node's own loop always accepts, so the listener lives in a thread that blocks as soon as it listens;
 * the queue is then filled until one more connect is left waiting.
 */
import { connect, type Socket } from 'node:net';
import { Worker } from 'node:worker_threads';

const THREAD = `
const { parentPort } = require('node:worker_threads');
const server = require('node:net').createServer();
server.listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  parentPort.postMessage(server.address().port);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});
`;
const QUEUE_MAX = 64;
const HANGS_MS = 150;

export interface HungListener {
  port: number;
  close(): Promise<void>;
}

/** Throws where the system lets every connect through. */
export async function startHungListener(): Promise<HungListener> {
  const thread = new Worker(THREAD, { eval: true });
  const port = await new Promise<number>((resolve, reject) => thread.once('message', resolve).once('error', reject));
  const waiting: Socket[] = [];
  const close = async (): Promise<void> => {
    for (const socket of waiting) socket.destroy();
    await thread.terminate();
  };
  for (let i = 0; i < QUEUE_MAX; i++) {
    const socket = connect(port, '127.0.0.1');
    waiting.push(socket);
    if (!(await connects(socket))) return { port, close };
  }
  await close();
  throw new Error(`no connect hangs on this system: ${QUEUE_MAX} went into the queue of a listener that does not accept`);
}

function connects(socket: Socket): Promise<boolean> {
  return new Promise((resolve) => {
    const limit = setTimeout(resolve, HANGS_MS, false);
    socket.on('error', () => resolve(false));
    socket.once('connect', () => {
      clearTimeout(limit);
      resolve(true);
    });
  });
}
