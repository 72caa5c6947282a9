import { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { createSteppedClock } from '#kit/stepped-clock.ts';
import { createDialer, type DialFailure } from './dial.ts';
import type { Lookup } from './lookup.ts';
import type { HostPort } from './socket-address.ts';

interface Trial {
  clock: ReturnType<typeof createSteppedClock>;
  /** Sockets that were opened, in order; they connect or fail when the test says so. */
  sockets: (Socket & { to: string })[];
  outcome: { connected?: Socket; failed?: DialFailure; detail?: string };
  cancel: () => void;
  settle(): Promise<void>;
}

function dial(upstream: string, lookup: Lookup = async (host) => [host]): Trial {
  const clock = createSteppedClock();
  const sockets: Trial['sockets'] = [];
  const outcome: Trial['outcome'] = {};
  const connect = ({ host, port }: HostPort): Socket => {
    const socket = Object.assign(new Socket(), { to: `${host}:${port}` });
    sockets.push(socket);
    return socket;
  };
  const cancel = createDialer(clock, lookup, 10_000, connect)(upstream, {
    connected: (socket) => void (outcome.connected = socket),
    failed: (failed, detail) => void Object.assign(outcome, { failed, detail }),
  });
  return { clock, sockets, outcome, cancel, settle: () => new Promise((resolve) => setImmediate(resolve)) };
}

const refused = (): Error => Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });

test('the first address that answers is taken, later ones are not asked', async () => {
  const trial = dial('shop:80', async () => ['10.0.0.1', '10.0.0.2']);
  await trial.settle();
  trial.sockets[0]?.emit('connect');
  expect(trial.outcome.connected).toBe(trial.sockets[0]);
  expect(trial.sockets.map(({ to }) => to)).toEqual(['10.0.0.1:80']);
  expect(trial.clock.pending).toBe(0);
});

test('an address that refuses is followed by the next, at once', async () => {
  const trial = dial('shop:80', async () => ['10.0.0.1', '10.0.0.2']);
  await trial.settle();
  trial.sockets[0]?.emit('error', refused());
  expect(trial.sockets.map(({ to }) => to)).toEqual(['10.0.0.1:80', '10.0.0.2:80']);
  trial.sockets[1]?.emit('connect');
  expect(trial.outcome.connected).toBe(trial.sockets[1]);
});

test('an address that is silent leaves its share of the time to the next', async () => {
  const trial = dial('shop:80', async () => ['10.0.0.1', '10.0.0.2']);
  await trial.settle();
  trial.clock.step(4999);
  expect(trial.sockets).toHaveLength(1);
  trial.clock.step(1);
  expect(trial.sockets).toHaveLength(2);
  expect(trial.sockets[0]?.destroyed).toBe(true);
  trial.clock.step(5000);
  expect(trial.outcome).toMatchObject({ failed: 'timeout' });
  expect(trial.sockets[1]?.destroyed).toBe(true);
});

test.each([['the only address refuses', refused(), 'refused'], ['it fails otherwise', new Error('no route'), 'failed']] as const)('when %s, that is the reason', async (_name, error, failed) => {
  const trial = dial('10.0.0.1:80');
  await trial.settle();
  trial.sockets[0]?.emit('error', error);
  expect(trial.outcome).toEqual({ failed, detail: error.message });
  expect(trial.clock.pending).toBe(0);
});

test('a name that nobody knows, and what is no address, open nothing', async () => {
  for (const upstream of ['nowhere:80', 'nonsense', '10.0.0.1:99999']) {
    const trial = dial(upstream, () => Promise.reject(new Error('no such host')));
    await trial.settle();
    expect(trial.outcome.failed).toBe('unresolved');
    expect(trial.sockets).toEqual([]);
  }
});

test('a name that takes longer than the limit is a timeout, and its late answer opens nothing', async () => {
  let answer: (addresses: string[]) => void = () => {};
  const trial = dial('slow:80', () => new Promise((resolve) => (answer = resolve)));
  trial.clock.step(10_000);
  expect(trial.outcome.failed).toBe('timeout');
  answer(['10.0.0.1']);
  await trial.settle();
  expect(trial.sockets).toEqual([]);
});

test('a cancelled dial says nothing more, keeps no timer and survives the error that was on its way', async () => {
  const trial = dial('10.0.0.1:80');
  await trial.settle();
  trial.cancel();
  expect(trial.sockets[0]?.destroyed).toBe(true);
  trial.sockets[0]?.emit('error', refused());
  trial.sockets[0]?.emit('connect');
  expect(trial.outcome).toEqual({});
  expect(trial.clock.pending).toBe(0);
});
