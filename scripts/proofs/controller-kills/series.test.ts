import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import { FakeKilling } from './killing.fixture.ts';
import type { Moment } from '../moments.ts';
import { killControllers } from './series.ts';
import type { Kill } from './summary.ts';

const document = experimentNamed('az-freeze');
let region: FakeKilling;
let over: string[];
beforeEach(() => {
  vi.useFakeTimers();
  region = new FakeKilling();
  over = [];
});
afterEach(() => void vi.useRealTimers());

function* always(atMs: number): Generator<Moment, never> {
  for (;;) yield { document, az: 'az1', atMs };
}

async function series(times: number, atMs: number, signal = new AbortController().signal): Promise<Kill[]> {
  const [told, kills]: Kill[][] = [[], []];
  const ended = killControllers(always(atMs), times, region, signal, { kills: kills!, onKill: (kill) => told!.push(kill), onOver: (_moment, why) => over.push(why) });
  ended.catch(() => undefined);
  await vi.runAllTimersAsync();
  await ended;
  expect(kills).toEqual(told);
  return told!;
}

test('kills as often as was asked, each time in a run of its own, and puts everything back once', async () => {
  expect((await series(3, 35_000)).map(({ run, wholeMs }) => [run, wholeMs])).toEqual([['r1', 10_000], ['r2', 10_000], ['r3', 10_000]]);
  expect(region.asked.filter((one) => one !== 'ready')).toEqual(['begin r1', 'kill', 'begin r2', 'kill', 'begin r3', 'kill', 'put back']);
});

test('what a miss leaves is healed before the next run', async () => {
  region.leaseMs = Infinity;
  expect((await series(2, 35_000)).map(({ wholeMs }) => wholeMs)).toEqual([null, null]);
  expect(region.asked).toEqual(['ready', 'begin r1', 'kill', 'put back', 'ready', 'begin r2', 'kill', 'put back', 'put back']);
});

test('runs that are over too early are replaced, but not for ever', async () => {
  region.endsBy = { atMs: 9000, outcome: 'NOT_READY' };
  await expect(series(1, 12_000)).rejects.toMatchObject({ exitCode: 5, message: '3 runs in a row were over before their moment; the last: it ended NOT_READY.' });
  expect([over, region.asked.at(-1)]).toEqual([Array(3).fill('it ended NOT_READY'), 'put back']);
});

test('stopped by hand it hands over what there is, with the run ended and everything put back', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 70_000);
  expect(await series(5, 35_000, stop.signal)).toHaveLength(1);
  expect(region.asked.slice(-2)).toEqual(['stopped r2', 'put back']);
});

test('where it cannot go on, everything is put back all the same', async () => {
  region.refuses = new Error('docker is gone');
  await expect(series(2, 35_000)).rejects.toThrow('docker is gone');
  expect(region.asked.slice(-2)).toEqual(['stopped r1', 'put back']);
});
