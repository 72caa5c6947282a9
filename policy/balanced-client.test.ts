// Traces of the composition while targets are well: what is sent where, in which order, in which time.
import { describe, expect, test } from 'vitest';
import { counters, firstAttempts, firstRoundDone, opinion } from './client-state.ts';
import { HandDriven, sendTo, twoPerZone } from './hand-driven.fixture.ts';
import { gaveUp } from './retry/gave-up.ts';

describe('start', () => {
  test('asks every target at once and takes those that answer', () => {
    const bench = new HandDriven();
    expect(bench.of('probe').slice(0, 3).map((probe) => probe.targetId)).toEqual(['az1-lb', 'az2-lb', 'az3-lb']);
    expect(firstRoundDone(bench.state)).toBe(true);
    expect(bench.states()).toEqual({ 'az1-lb': 'up', 'az2-lb': 'up', 'az3-lb': 'up' });
  });

  test('a request that finds nobody is refused, with nothing sent', () => {
    const bench = new HandDriven({ targets: [] });
    expect(bench.send({ type: 'request.arrived', requestId: 'r', replayable: true, budgetMs: 1000, avoidZone: null })).toMatchObject([{ type: 'fail', code: 'AZ_NO_TARGET', committed: false }]);
  });

  test('an address where another instance answers is not the target', () => {
    const bench = new HandDriven();
    bench.answers.set('az1-lb', { instanceId: 'somebody-else' });
    bench.wait(600);
    expect(opinion(bench.state, bench.nowMs).targets[0]).toMatchObject({ state: 'down', reason: 'wrong-instance' });
  });
});

describe('a client that nobody uses', () => {
  const checksIn = (bench: HandDriven, ms: number): number => {
    const before = bench.of('probe').length;
    bench.wait(ms);
    return bench.of('probe').length - before;
  };

  test('asks its targets a quarter as often after ten seconds, and as before from the first request on', () => {
    const bench = new HandDriven();
    bench.wait(12_000);
    const idle = checksIn(bench, 20_000);
    expect(idle).toBeGreaterThanOrEqual(3 * 9);
    expect(idle).toBeLessThanOrEqual(3 * 11);
    bench.answer(bench.request('first').attemptId);
    const targets = new Set<string>();
    const before = bench.of('probe').length;
    bench.wait(700);
    for (const { targetId } of bench.of('probe').slice(before)) targets.add(targetId);
    expect([...targets].sort()).toEqual(['az1-lb', 'az2-lb', 'az3-lb']);
    expect(checksIn(bench, 5_000)).toBeGreaterThanOrEqual(3 * 9);
  });

  test('takes who refuses a check out all the same, and asks the doubtful as fast as ever', () => {
    const bench = new HandDriven();
    bench.wait(12_000);
    bench.refusing.add('az1-lb');
    bench.silent.add('az2-lb');
    bench.wait(2_200 + 250 + 100 + 250);
    expect(bench.states()).toEqual({ 'az1-lb': 'down', 'az2-lb': 'down', 'az3-lb': 'up' });
  });
});

describe('answers', () => {
  test('a body that breaks after its headers fails as committed and is not sent again', () => {
    const bench = new HandDriven();
    const { attemptId, requestId } = bench.request('r');
    bench.send({ type: 'attempt.responded', attemptId, status: 200, retriedBelow: false, gaveUp: null });
    expect(bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' })).toContainEqual({ type: 'fail', requestId, code: 'AZ_ATTEMPT_FAILED', committed: true, retriedFrom: null });
  });

  test('an error status is the application\'s answer and is passed on', () => {
    const bench = new HandDriven();
    const { attemptId } = bench.request('r');
    expect(bench.answer(attemptId, 500)).toMatchObject([{ type: 'commit' }]);
  });

  const GIVEN_UP = [
    ['AZ_NO_TARGET', { status: 503, retriedBelow: false }],
    ['AZ_NO_TARGET', { status: 503, retriedBelow: true }],
    ['AZ_ATTEMPT_FAILED', { status: 502, retriedBelow: false }],
    ['AZ_RETRY_FAILED', { status: 502, retriedBelow: true }],
  ] as const;

  test.each(GIVEN_UP)('what the hop below gave up as %s (%o) is sent to another AZ, once', (code, answer) => {
    const bench = new HandDriven();
    const { attemptId, targetId } = bench.request('r');
    const actions = bench.send({ type: 'attempt.responded', attemptId, ...answer, gaveUp: gaveUp(code) });
    expect(actions.map((action) => action.type)).toEqual(['event', 'send', 'abort']);
    const again = actions.find((action) => action.type === 'send');
    expect(again).toMatchObject({ attempt: 2, retriedFrom: targetId.slice(0, 3), avoidZone: targetId.slice(0, 3) });
    expect(again).not.toMatchObject({ targetId });
    expect(bench.send({ type: 'attempt.responded', attemptId: again!.attemptId, ...answer, gaveUp: gaveUp(code) })).toMatchObject([{ type: 'commit' }]);
    expect(counters(bench.state)).toMatchObject({ requests: 1, attempts: 2, failed: 1 });
  });

  test('a plain POST that the hop below gave up goes elsewhere only when nothing of it was sent', () => {
    const bench = new HandDriven();
    const outcomes = GIVEN_UP.map(([code, answer]) => {
      const { attemptId } = bench.request(`r-${bench.log.length}`, false);
      return [code, bench.send({ type: 'attempt.responded', attemptId, ...answer, gaveUp: gaveUp(code) }).at(-1)?.type];
    });
    expect(outcomes).toEqual([['AZ_NO_TARGET', 'abort'], ['AZ_NO_TARGET', 'abort'], ['AZ_ATTEMPT_FAILED', 'commit'], ['AZ_RETRY_FAILED', 'commit']]);
  });

  test('who answers and says nonetheless that it gave up has answered', () => {
    const bench = new HandDriven();
    const { attemptId } = bench.request('r');
    expect(bench.send({ type: 'attempt.responded', attemptId, status: 201, retriedBelow: false, gaveUp: 'sent' })).toMatchObject([{ type: 'commit', attemptId }]);
  });

  test('what hops below give up draws on the budget, so that layers do not multiply', () => {
    const bench = new HandDriven({ parameters: { retriesMin: 2, retryRatio: 0 } });
    for (let i = 0; i < 5; i++) bench.answer(bench.request(`r${i}`).attemptId, 502, 'sent');
    expect(counters(bench.state)).toMatchObject({ requests: 5, attempts: 7 });
    expect(bench.of('event')).toContainEqual({ type: 'event', event: { type: 'retry.refused', requestId: 'r4', reason: 'budget' } });
  });

  test('what got no answer or one of 5xx counts as failed, once; what was answered at the second try does not', () => {
    const bench = new HandDriven();
    bench.answer(bench.request('well').attemptId);
    bench.answer(bench.request('error').attemptId, 500);
    const { requestId } = bench.request('left');
    bench.send({ type: 'request.cancelled', requestId });
    expect(counters(bench.state)).toMatchObject({ requests: 3, failed: 1 });
    bench.request('slow');
    bench.wait(60_000);
    expect(counters(bench.state)).toMatchObject({ requests: 4, failed: 2 });
  });

  test('a caller that leaves takes its attempts along and blames nobody', () => {
    const bench = new HandDriven();
    const { attemptId, requestId } = bench.request('r');
    expect(bench.send({ type: 'request.cancelled', requestId })).toEqual([{ type: 'abort', requestId, attemptId }]);
    expect(Object.values(firstAttempts(bench.state)).every(({ failed }) => failed === 0)).toBe(true);
    expect(bench.answer(attemptId)).toEqual([]);
  });
});

describe('time', () => {
  test('a try that takes longer than allowed is sent to another zone with what is left of the patience', () => {
    const bench = new HandDriven({ parameters: { tryTimeoutMs: 690 } });
    const { targetId } = bench.request('r');
    bench.wait(700);
    expect(bench.of('send').at(-1)).toMatchObject({ attempt: 2, budgetMs: 310 });
    expect(bench.of('send').at(-1)?.targetId).not.toBe(targetId);
  });

  test('a request whose caller stopped waiting ends with the deadline, and late answers are ignored', () => {
    const bench = new HandDriven();
    const { attemptId } = bench.request('r', true, 400);
    bench.wait(410);
    expect(bench.of('fail')).toMatchObject([{ code: 'AZ_DEADLINE' }]);
    expect(bench.answer(attemptId)).toEqual([]);
  });

  test('a balancer that was itself frozen for three seconds ejects nobody', () => {
    const bench = new HandDriven({ parameters: { tryTimeoutMs: 690 } });
    for (let i = 0; i < 6; i++) bench.request(`r${i}`, true, null);
    bench.wait(200);
    bench.silent.add('az1-lb').add('az2-lb').add('az3-lb');
    bench.wait(20);
    bench.nowMs += 3000;
    bench.silent.clear();
    bench.send({ type: 'tick', lagMs: 3000 });
    bench.wait(20);
    expect(Object.values(bench.states())).toEqual(['up', 'up', 'up']);
    expect(bench.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    expect(bench.events()).toContain('lag.discarded');
  });
});

describe('zones', () => {
  test('traffic stays in the own zone, and leaves it when nobody is left there', () => {
    const bench = new HandDriven({ ownZone: 'az2', targets: twoPerZone });
    for (let i = 0; i < 40; i++) expect(bench.request(`r${i}`).targetId).toMatch(/^az2/);
    bench.refusing.add('az2-a').add('az2-b');
    bench.wait(600);
    for (let i = 0; i < 40; i++) expect(bench.request(`s${i}`).targetId).not.toMatch(/^az2/);
  });

  test('a zonal shift takes a zone out until it expires', () => {
    const bench = new HandDriven();
    bench.send({ type: 'zone.shifted', zone: 'az1', untilMs: bench.nowMs + 1000, reason: 'drill' });
    for (let i = 0; i < 40; i++) bench.answer(bench.request(`r${i}`).attemptId);
    expect(bench.of('send').every((action) => action.targetId !== 'az1-lb')).toBe(true);
    bench.wait(1100);
    sendTo(bench, 'az1');
    expect(bench.events()).toEqual(expect.arrayContaining(['zone.shifted', 'zone.shift-ended']));
  });

  test('shifting every zone away is ignored rather than refusing everybody', () => {
    const bench = new HandDriven();
    for (const zone of ['az1', 'az2', 'az3']) bench.send({ type: 'zone.shifted', zone, untilMs: 1e6, reason: 'mistake' });
    bench.request('r');
  });

  test('half of a full zone lost: a fifth and more of its traffic spills within a second', () => {
    const bench = new HandDriven({ ownZone: 'az1', targets: twoPerZone });
    for (const { id } of twoPerZone) bench.answers.set(id, { load: { busy: 4, waiting: 0, limit: 8 } });
    bench.wait(1500);
    expect(opinion(bench.state, bench.nowMs).spill).toBe(0);
    for (const id of ['az1-a', 'az1-b']) bench.answers.set(id, { load: { busy: 7, waiting: 0, limit: 8 } });
    bench.wait(600);
    bench.refusing.add('az1-b');
    bench.wait(1100);
    expect(opinion(bench.state, bench.nowMs).spill).toBeGreaterThan(0.2);
  });

  test('traffic that spills goes only where somebody was heard lately: a dead zone looks the emptiest', () => {
    const bench = new HandDriven({ ownZone: 'az1', targets: twoPerZone });
    for (const { id, zone } of twoPerZone) bench.answers.set(id, { load: { busy: zone === 'az1' ? 9 : zone === 'az2' ? 1 : 5, waiting: 0, limit: 8 } });
    bench.wait(4000);
    expect(opinion(bench.state, bench.nowMs).spill).toBeGreaterThan(0.2);
    for (const id of ['az2-a', 'az2-b']) bench.silent.add(id);
    bench.wait(400);
    const spilled = Array.from({ length: 100 }, (_, i) => bench.request(`r${i}`)).map((sent) => sent.targetId.slice(0, 3));
    expect(spilled.filter((zone) => zone === 'az3').length).toBeGreaterThan(0);
    expect(spilled).not.toContain('az2');
  });
});
