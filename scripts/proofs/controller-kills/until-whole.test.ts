import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { untilWhole, type Aftermath, type Remains } from './until-whole.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const WHOLE: Remains = { faults: [], residue: [] };
const BROKEN: Remains = { faults: [{ verb: 'kill', target: 'az1' }], residue: [{ name: 'az1-link', reason: 'is dead' }, { name: 'az1-kitchen-a', reason: 'is dead' }] };
const HEALING: Remains = { faults: [], residue: [{ name: 'az1-link', reason: 'is starting' }] };
type Look = Remains | 'away';

/** @param looks what a look finds from so many milliseconds after the kill on */
async function seen(looks: readonly (readonly [fromMs: number, look: Look])[], signal = new AbortController().signal): Promise<Aftermath | null> {
  const sinceMs = performance.now();
  const look = (): Promise<Remains> => {
    const now = looks.filter(([fromMs]) => fromMs <= performance.now() - sinceMs).at(-1)?.[1] ?? 'away';
    return now === 'away' ? Promise.reject(new Error('connection refused')) : Promise.resolve(now);
  };
  const looking = untilWhole(look, sinceMs, signal);
  await vi.runAllTimersAsync();
  return looking;
}

test('the time is that of the look that found nothing any more, and what was seen before is told', async () => {
  expect(await seen([[0, 'away'], [1000, BROKEN], [10_000, HEALING], [12_500, WHOLE]])).toEqual({ answeredMs: 1000, wholeMs: 12_500, held: ['kill az1'], residueMax: 2, left: [] });
});

test('a kill before any fault is over as soon as somebody says so', async () => {
  expect(await seen([[0, 'away'], [750, WHOLE]])).toEqual({ answeredMs: 750, wholeMs: 750, held: [], residueMax: 0, left: [] });
});

test('a fault that was asked for before the kill and made after it counts', async () => {
  expect(await seen([[0, WHOLE], [2000, BROKEN], [12_000, WHOLE]])).toMatchObject({ wholeMs: 12_000, held: ['kill az1'] });
});

test('who cannot be asked may hold something', async () => {
  expect(await seen([[0, WHOLE], [1000, 'away'], [5000, WHOLE]])).toMatchObject({ answeredMs: 0, wholeMs: 5000 });
});

test('what stays is given up, with its name', async () => {
  expect(await seen([[0, BROKEN], [10_000, HEALING]])).toEqual({ answeredMs: 0, wholeMs: null, held: ['kill az1'], residueMax: 2, left: ['az1-link is starting'] });
  expect(await seen([[0, 'away']])).toEqual({ answeredMs: null, wholeMs: null, held: [], residueMax: 0, left: [] });
});

test('whoever stops it gets nothing that was not measured to its end', async () => {
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 2000);
  expect(await seen([[0, BROKEN]], stop.signal)).toBeNull();
});
