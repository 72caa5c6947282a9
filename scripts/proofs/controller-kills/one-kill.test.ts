import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { experimentNamed } from '#chaos/experiments/documents.ts';
import type { Outcome } from '../kill-series.ts';
import type { Kill } from './summary.ts';
import { FakeKilling } from './killing.fixture.ts';
import { killOnce } from './one-kill.ts';

const document = experimentNamed('az-freeze');
let region: FakeKilling;
beforeEach(() => {
  vi.useFakeTimers();
  region = new FakeKilling();
});
afterEach(() => void vi.useRealTimers());

async function killedAt(atMs: number, signal = new AbortController().signal): Promise<Outcome<Kill>> {
  const outcome = killOnce({ document, az: 'az1', atMs }, region, signal);
  // Whoever waits for it is told, at the end of the time that a test has.
  outcome.catch(() => undefined);
  await vi.runAllTimersAsync();
  return outcome;
}

test.each([
  ['before a fault', 12_000, { phase: 'baseline', inPhaseMs: 4000, fault: 'none', wholeMs: 1000, held: [], residueMax: 0 }],
  ['while it is being made', 28_200, { phase: 'fault', inPhaseMs: 200, fault: 'being made', wholeMs: 10_000, held: ['freeze az1'], residueMax: 1 }],
  ['while it is held', 35_000, { phase: 'fault', inPhaseMs: 7000, fault: 'held', wholeMs: 10_000, held: ['freeze az1'], residueMax: 1 }],
  ['after its heal', 44_000, { phase: 'recovery', inPhaseMs: 1000, fault: 'healed', wholeMs: 1000, held: [], residueMax: 0 }],
])('a kill %s says what was under way, and how long anything was left', async (_when, atMs, expected) => {
  expect(await killedAt(atMs)).toEqual({ type: 'killed', kill: expect.objectContaining({ run: 'r1', experiment: 'az-freeze', az: 'az1', atMs, answeredMs: 1000, left: [], end: 'ERROR', ...expected }) });
  expect(region.asked).toEqual(['ready', 'begin r1', 'kill']);
});

test('what never heals is told as it is', async () => {
  region.leaseMs = Infinity;
  expect(await killedAt(35_000)).toMatchObject({ kill: { fault: 'held', wholeMs: null, left: ['freeze az1', 'az1-link is frozen'] } });
});

test('a run that is over before its moment is no point of an experiment, and nobody is killed', async () => {
  region.endsBy = { atMs: 9000, outcome: 'NOT_READY' };
  expect(await killedAt(12_000)).toEqual({ type: 'over', why: 'it ended NOT_READY' });
  expect(region.asked).toEqual(['ready', 'begin r1']);
});

test('a kill that did not interrupt the run does not count', async () => {
  region.kill = () => Promise.resolve();
  expect(await killedAt(12_000)).toEqual({ type: 'over', why: 'it ended PASS' });
});

test('a controller that cannot be killed ends the run first, and is an error', async () => {
  region.refuses = new Error('docker is gone');
  await expect(killedAt(35_000)).rejects.toThrow('docker is gone');
  expect(region.asked).toEqual(['ready', 'begin r1', 'stopped r1']);
});

test.each([['before the kill', 20_000], ['after it', 37_000]])('stopped by hand %s, the run has ended when it returns', async (_when, stopMs) => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), stopMs);
  expect(await killedAt(35_000, stop.signal)).toEqual({ type: 'stopped' });
  expect(region.asked).toContain(stopMs < 35_000 ? 'stopped r1' : 'kill');
});
