// Traces of requests with two attempts under way: whoever answers first wins, and only the last that fails loses.
import { describe, expect, test } from 'vitest';
import { counters, firstAttempts } from './client-state.ts';
import { HandDriven, sendTo } from './hand-driven.fixture.ts';
import type { ClientAction, ClientEvent } from './messages.ts';
import { createRandom } from './random.ts';

type Sent = Extract<ClientAction, { type: 'send' }>;

/** By then the first check of a silent target is out, and no second. */
const LOST_CHECK_MS = 200;
const ALONE = [{ id: 'az1-lb', zone: 'az1', checkInstance: true }];
const FRONT_DOOR = { parameters: { tryTimeoutMs: 690 } };

/** The re-send of a request. */
function secondOf(bench: HandDriven, requestId: string): Sent {
  const second = bench.of('send').find((action) => action.requestId === requestId && action.attempt === 2);
  if (second === undefined) throw new Error(`${requestId} was not sent again`);
  return second;
}

/** A request whose target lost one check, and its rescue: both are under way, and both targets are well. */
function rescued(parameters = {}): { bench: HandDriven; first: Sent; second: Sent } {
  const bench = new HandDriven({ parameters });
  const first = sendTo(bench, 'az1');
  bench.silent.add('az1-lb');
  bench.wait(LOST_CHECK_MS);
  bench.silent.clear();
  bench.wait(60);
  return { bench, first, second: secondOf(bench, first.requestId) };
}

function endings(bench: HandDriven, requestId: string): ClientAction[] {
  return bench.log.filter((action) => (action.type === 'commit' || action.type === 'fail') && action.requestId === requestId);
}

type Ending = (bench: HandDriven, racer: Sent) => void;

/** Every way in which one racer can end without being the answer. */
const REFUSALS: [string, Ending][] = [
  ['cannot connect', (bench, { attemptId }) => void bench.send({ type: 'attempt.failed', attemptId, failure: 'refused' })],
  ['breaks', (bench, { attemptId }) => void bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' })],
  ['gets what is no HTTP', (bench, { attemptId }) => void bench.send({ type: 'attempt.failed', attemptId, failure: 'protocol' })],
  ['cannot be sent for want of a descriptor', (bench, { attemptId }) => void bench.send({ type: 'attempt.withdrawn', attemptId, code: 'AZ_NO_TARGET' })],
  ['is refused by a full kitchen', (bench, { attemptId }) => void bench.answer(attemptId, 503)],
  ['is refused by a hop that has no target', (bench, { attemptId }) => void bench.answer(attemptId, 503, 'unsent')],
  ['is given up by a hop below', (bench, { attemptId }) => void bench.answer(attemptId, 502, 'sent')],
  ['meets an error', (bench, { attemptId }) => void bench.answer(attemptId, 500)],
  ['has its target ejected', (bench, { targetId }) => {
    bench.refusing.add(targetId);
    bench.wait(600);
  }],
];

describe('a race between an attempt and its rescue', () => {
  test.each(REFUSALS)('goes on when the rescue %s, and the first answer is the answer', (_how, refuse) => {
    const { bench, first, second } = rescued();
    refuse(bench, second);
    expect(endings(bench, first.requestId)).toEqual([]);
    expect(bench.of('abort').filter(({ attemptId }) => attemptId === first.attemptId)).toEqual([]);
    bench.answer(first.attemptId);
    expect(endings(bench, first.requestId)).toEqual([{ type: 'commit', requestId: first.requestId, attemptId: first.attemptId, retriedFrom: null }]);
    expect(counters(bench.state).failed).toBe(0);
  });

  test.each(REFUSALS)('goes on when the first attempt %s, and the rescue is the answer', (_how, refuse) => {
    const { bench, first, second } = rescued();
    refuse(bench, first);
    expect(endings(bench, first.requestId)).toEqual([]);
    bench.answer(second.attemptId);
    expect(endings(bench, first.requestId)).toEqual([{ type: 'commit', requestId: first.requestId, attemptId: second.attemptId, retriedFrom: 'az1' }]);
    expect(counters(bench.state).failed).toBe(0);
  });

  test('is lost by the last: an answer of 5xx that waited is the answer when the other breaks', () => {
    const { bench, first, second } = rescued();
    bench.answer(second.attemptId, 503);
    const actions = bench.send({ type: 'attempt.failed', attemptId: first.attemptId, failure: 'reset' });
    expect(actions).toContainEqual({ type: 'commit', requestId: first.requestId, attemptId: second.attemptId, retriedFrom: 'az1' });
    expect(counters(bench.state).failed).toBe(1);
  });

  test('of which both are refused is answered with the last refusal, and the one that waited is let go', () => {
    const { bench, first, second } = rescued();
    bench.answer(second.attemptId, 503);
    expect(bench.answer(first.attemptId, 500)).toEqual([
      { type: 'abort', requestId: first.requestId, attemptId: second.attemptId },
      { type: 'commit', requestId: first.requestId, attemptId: first.attemptId, retriedFrom: null },
    ]);
    expect(counters(bench.state).failed).toBe(1);
  });

  test('of which both break fails, once', () => {
    const { bench, first, second } = rescued();
    for (const { attemptId } of [second, first]) bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    expect(endings(bench, first.requestId)).toMatchObject([{ type: 'fail', code: 'AZ_RETRY_FAILED' }]);
  });

  test('ends with the deadline, also when an answer of 5xx waits', () => {
    const { bench, first, second } = rescued();
    bench.answer(second.attemptId, 503);
    bench.wait(1000);
    expect(endings(bench, first.requestId)).toMatchObject([{ type: 'fail', code: 'AZ_DEADLINE' }]);
    expect(bench.of('abort').map(({ attemptId }) => attemptId).sort()).toEqual([first.attemptId, second.attemptId].sort());
  });
});

describe('a try that timed out', () => {
  function overdue(): { bench: HandDriven; first: Sent; second: Sent } {
    const bench = new HandDriven(FRONT_DOOR);
    const first = sendTo(bench, 'az1');
    bench.wait(700);
    return { bench, first, second: secondOf(bench, first.requestId) };
  }

  test('stays in the race, and its late answer is as good as any', () => {
    const { bench, first, second } = overdue();
    bench.wait(150);
    expect(bench.answer(first.attemptId)).toEqual([
      { type: 'abort', requestId: first.requestId, attemptId: second.attemptId },
      { type: 'commit', requestId: first.requestId, attemptId: first.attemptId, retriedFrom: null },
    ]);
    expect(firstAttempts(bench.state)['az1']?.failed, 'the AZ was too slow all the same').toBe(1);
  });

  test('is given up when the second is answered first', () => {
    const { bench, first, second } = overdue();
    expect(bench.answer(second.attemptId)).toMatchObject([{ type: 'abort', attemptId: first.attemptId }, { type: 'commit', attemptId: second.attemptId, retriedFrom: 'az1' }]);
  });

  test('ends with the deadline like the second, and nothing is sent a third time', () => {
    const bench = new HandDriven({ parameters: { tryTimeoutMs: 300 } });
    const { requestId } = bench.request('r');
    bench.wait(1100);
    expect(bench.of('send')).toHaveLength(2);
    expect(endings(bench, requestId)).toMatchObject([{ type: 'fail', code: 'AZ_DEADLINE' }]);
    expect(bench.of('abort')).toHaveLength(2);
  });

  test('stays also when its rescue is under way already', () => {
    const { bench, first } = rescued({ tryTimeoutMs: 500 });
    bench.wait(300);
    expect(bench.of('abort')).toEqual([]);
    expect(bench.answer(first.attemptId)).toContainEqual({ type: 'commit', requestId: first.requestId, attemptId: first.attemptId, retriedFrom: null });
  });

  test('goes on alone when the budget allows no second, or there is no other target', () => {
    const noBudget = new HandDriven({ parameters: { tryTimeoutMs: 690, retriesMin: 0, retryRatio: 0 } });
    const noTarget = new HandDriven({ ...FRONT_DOOR, targets: ALONE });
    for (const [bench, reason] of [[noBudget, 'budget'], [noTarget, 'no-other-target']] as const) {
      const { attemptId, requestId } = bench.request('r');
      bench.wait(800);
      expect(bench.of('event')).toContainEqual({ type: 'event', event: { type: 'retry.refused', requestId, reason } });
      expect(endings(bench, requestId)).toEqual([]);
      expect(bench.answer(attemptId)).toMatchObject([{ type: 'commit', attemptId }]);
    }
  });

  test('without a deadline is given up: nothing else would ever end it', () => {
    const bench = new HandDriven(FRONT_DOOR);
    const { attemptId } = bench.request('r', true, null);
    bench.wait(700);
    expect(bench.of('abort')).toMatchObject([{ attemptId }]);
    expect(bench.of('send')).toHaveLength(2);
  });

  test('of a request that may not be repeated is given up and fails', () => {
    const bench = new HandDriven(FRONT_DOOR);
    const { attemptId, requestId } = bench.request('r', false);
    bench.wait(700);
    expect(bench.of('abort')).toMatchObject([{ attemptId }]);
    expect(endings(bench, requestId)).toMatchObject([{ type: 'fail', code: 'AZ_TRY_TIMEOUT' }]);
  });

  test('proves nothing about its target by an answer that late', () => {
    const bench = new HandDriven({ ...FRONT_DOOR, targets: ALONE });
    const first = bench.request('late');
    bench.wait(200);
    const [before, after] = [bench.request('before'), bench.request('after')];
    bench.wait(500);
    bench.send({ type: 'attempt.failed', attemptId: before.attemptId, failure: 'reset' });
    bench.answer(first.attemptId);
    bench.send({ type: 'attempt.failed', attemptId: after.attemptId, failure: 'reset' });
    expect(bench.states()['az1-lb']).toBe('down');
  });
});

test('whatever becomes of the others, an attempt that is answered well in time is the answer, or one that was before it', () => {
  const ways: ((attemptId: number) => ClientEvent)[] = [
    (attemptId) => ({ type: 'attempt.responded', attemptId, status: 200, retriedBelow: false, gaveUp: null }),
    (attemptId) => ({ type: 'attempt.responded', attemptId, status: 503, retriedBelow: false, gaveUp: null }),
    (attemptId) => ({ type: 'attempt.responded', attemptId, status: 503, retriedBelow: false, gaveUp: 'unsent' }),
    (attemptId) => ({ type: 'attempt.responded', attemptId, status: 502, retriedBelow: true, gaveUp: 'sent' }),
    (attemptId) => ({ type: 'attempt.failed', attemptId, failure: 'reset' }),
    (attemptId) => ({ type: 'attempt.failed', attemptId, failure: 'refused' }),
    (attemptId) => ({ type: 'attempt.withdrawn', attemptId, code: 'AZ_NO_TARGET' }),
  ];
  const seen = { answered: 0, failed: 0, raced: 0 };
  for (let seed = 1; seed <= 200; seed++) {
    const random = createRandom(seed);
    const bench = new HandDriven(FRONT_DOOR);
    const fromMs = bench.nowMs;
    const { requestId, targetId } = bench.request('r');
    if (random() < 0.5) bench.silent.add(targetId);
    const fates: { atMs: number; event: ClientEvent; isAnswer: boolean }[] = [];
    for (let elapsedMs = 0; elapsedMs < 1100; elapsedMs += 10) {
      const sent = bench.of('send');
      for (const { attemptId } of sent.slice(fates.length)) {
        const way = Math.floor(random() * ways.length);
        fates.push({ atMs: bench.nowMs + 270 + Math.floor(random() * 70) * 10, event: ways[way]!(attemptId), isAnswer: way === 0 });
      }
      if (elapsedMs === LOST_CHECK_MS) bench.silent.clear();
      for (const fate of fates) if (fate.atMs === bench.nowMs) bench.send(fate.event);
      bench.wait(10);
    }
    const inTime = fates.filter((fate) => fate.atMs < fromMs + 1000);
    const winner = inTime.filter((fate) => fate.isAnswer).sort((a, b) => a.atMs - b.atMs)[0];
    const ends = endings(bench, requestId);
    expect(ends, `seed ${seed}`).toHaveLength(1);
    if (winner !== undefined) expect(ends[0], `seed ${seed}`).toMatchObject({ type: 'commit', attemptId: (winner.event as { attemptId: number }).attemptId });
    seen[winner === undefined ? 'failed' : 'answered'] += 1;
    if (fates.length === 2) seen.raced += 1;
  }
  expect(Math.min(seen.answered, seen.failed, seen.raced)).toBeGreaterThan(20);
});
