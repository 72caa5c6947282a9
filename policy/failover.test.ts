// Traces of the composition under failure: how a target is lost, what happens to what it held, how it comes back.
import { describe, expect, test } from 'vitest';
import { firstAttempts, opinion } from './client-state.ts';
import { HandDriven, sendTo, twoPerZone } from './hand-driven.fixture.ts';

describe('a frozen target', () => {
  test('is found within 250 ms of its last byte, and what it holds is sent to another zone', () => {
    const bench = new HandDriven();
    const first = sendTo(bench, 'az1');
    const frozenAtMs = bench.nowMs;
    bench.silent.add('az1-lb');
    bench.wait(300);
    const rescue = bench.of('send').find((action) => action.requestId === first.requestId && action.attempt === 2);
    expect(rescue).toMatchObject({ retriedFrom: 'az1' });
    expect(rescue?.targetId).not.toBe('az1-lb');
    expect(bench.events()).toContain('request.rescued');
    expect(bench.states()['az1-lb']).toBe('doubtful');
    bench.wait(100);
    expect(bench.states()['az1-lb']).toBe('down');
    expect(bench.nowMs - frozenAtMs).toBeLessThanOrEqual(400);
    expect(bench.of('destroy')).toEqual([{ type: 'destroy', targetId: 'az1-lb' }]);
    expect(bench.of('abort').map((action) => action.attemptId)).toEqual([first.attemptId]);
    expect(bench.of('fail')).toEqual([]);
  });

  test('that was only slow wins the race against its own rescue, and the rescue is given up', () => {
    const bench = new HandDriven();
    const first = sendTo(bench, 'az1');
    bench.silent.add('az1-lb');
    bench.wait(260);
    bench.silent.delete('az1-lb');
    const actions = bench.answer(first.attemptId);
    const second = bench.of('send').at(-1);
    expect(second?.attempt).toBe(2);
    expect(actions).toMatchObject([{ type: 'abort', attemptId: second?.attemptId }, { type: 'commit', attemptId: first.attemptId, retriedFrom: null }]);
    bench.wait(200);
    expect(bench.states()['az1-lb']).toBe('up');
  });

  test('gets no new work while in doubt', () => {
    const bench = new HandDriven();
    sendTo(bench, 'az1');
    bench.silent.add('az1-lb');
    bench.wait(260);
    for (let i = 0; i < 50; i++) expect(bench.request(`later-${i}`).targetId).not.toBe('az1-lb');
  });

  test('is not rescued when the switch is off, and a request that may not be replayed never is', () => {
    const off = new HandDriven({ rescue: false });
    sendTo(off, 'az1');
    off.silent.add('az1-lb');
    off.wait(600);
    expect(off.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    const plain = new HandDriven();
    sendTo(plain, 'az1', false);
    plain.silent.add('az1-lb');
    plain.wait(400);
    expect(plain.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    expect(plain.of('fail')).toMatchObject([{ code: 'AZ_ATTEMPT_FAILED' }]);
  });

  test('a slow bake with healthy probes is left alone', () => {
    const bench = new HandDriven();
    const first = sendTo(bench, 'az1');
    bench.wait(900);
    expect(bench.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    expect(bench.answer(first.attemptId)).toMatchObject([{ type: 'commit' }]);
  });
});

describe('a killed target', () => {
  test('loses everything in flight within the same millisecond, each sent once to another zone', () => {
    const bench = new HandDriven();
    const held = Array.from({ length: 24 }, (_, i) => bench.request(`r${i}`)).filter((sent) => sent.targetId === 'az1-lb');
    expect(held.length).toBeGreaterThan(4);
    bench.refusing.add('az1-lb');
    for (const { attemptId } of held) bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    const again = bench.of('send').filter((action) => action.attempt === 2);
    expect(again.map((action) => action.requestId).sort()).toEqual(held.map((sent) => sent.requestId).sort());
    expect(again.every((action) => action.targetId !== 'az1-lb' && action.retriedFrom === 'az1')).toBe(true);
    expect(bench.states()['az1-lb']).toBe('down');
    expect(firstAttempts(bench.state)['az1']?.failed).toBe(held.length);
  });

  test('one broken connection asks for a check at once, but ejects nobody', () => {
    const bench = new HandDriven();
    const { attemptId } = sendTo(bench, 'az1');
    const probesBefore = bench.of('probe').length;
    bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    bench.wait(10);
    expect(bench.of('probe').length).toBe(probesBefore + 1);
    expect(bench.states()['az1-lb']).toBe('up');
  });

  test('comes back after three good checks and begins at a tenth of its share', () => {
    const bench = new HandDriven();
    bench.refusing.add('az1-lb');
    bench.wait(1000);
    bench.refusing.delete('az1-lb');
    bench.answers.set('az1-lb', { bootId: 'b2' });
    bench.wait(2800);
    const back = opinion(bench.state, bench.nowMs).targets[0];
    expect(back?.state).toBe('up');
    expect(back?.weight).toBeLessThan(0.3);
    bench.wait(10_000);
    expect(opinion(bench.state, bench.nowMs).targets[0]?.weight).toBe(1);
  });

  test('a second failure ends the request: nothing is sent three times', () => {
    const bench = new HandDriven();
    const { attemptId, requestId } = sendTo(bench, 'az1');
    bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    const second = bench.of('send').at(-1);
    const actions = bench.send({ type: 'attempt.failed', attemptId: second?.attemptId ?? 0, failure: 'reset' });
    expect(actions).toContainEqual({ type: 'fail', requestId, code: 'AZ_RETRY_FAILED', committed: false, retriedFrom: 'az1' });
  });
});

describe('lost checks', () => {
  test('a check that times out proves nothing when the target answered a request sent after it', () => {
    const bench = new HandDriven();
    bench.silent.add('az1-lb').add('az2-lb').add('az3-lb');
    for (let i = 0; i < 100; i++) {
      bench.wait(10);
      bench.answer(bench.request(`r${i}`).attemptId);
    }
    expect(Object.values(bench.states())).toEqual(['up', 'up', 'up']);
    expect(bench.events()).not.toContain('target.ejected');
  });
});

describe('everything failing', () => {
  test('targets that were dead and come back sick open the balancer, although they were down all the time', () => {
    const bench = new HandDriven();
    for (const zone of ['az2', 'az3']) bench.refusing.add(`${zone}-lb`);
    bench.wait(3000);
    expect(opinion(bench.state, bench.nowMs).failOpen).toBe(false);
    for (const zone of ['az2', 'az3']) bench.sick.add(`${zone}-lb`);
    bench.refusing.clear();
    bench.wait(5000);
    expect(opinion(bench.state, bench.nowMs).failOpen).toBe(true);
  });

  test('checks that fail everywhere while targets answer open the balancer instead of closing it', () => {
    const bench = new HandDriven();
    for (const zone of ['az1', 'az2', 'az3']) bench.sick.add(`${zone}-lb`);
    bench.wait(1500);
    expect(Object.values(bench.states())).toEqual(['down', 'down', 'down']);
    expect(opinion(bench.state, bench.nowMs).failOpen).toBe(true);
    const reached = new Set(Array.from({ length: 30 }, (_, i) => bench.request(`r${i}`).targetId));
    expect(reached.size).toBe(3);
    bench.sick.clear();
    bench.wait(9000);
    expect(opinion(bench.state, bench.nowMs).failOpen).toBe(false);
  });

  test('targets that refuse connections get nothing even when all do', () => {
    const bench = new HandDriven();
    for (const zone of ['az1', 'az2', 'az3']) bench.refusing.add(`${zone}-lb`);
    bench.wait(700);
    expect(bench.send({ type: 'request.arrived', requestId: 'r', replayable: true, budgetMs: 1000, avoidZone: null })).toMatchObject([{ type: 'fail', code: 'AZ_NO_TARGET' }]);
  });
});

describe('a request that failed in a zone at a hop above', () => {
  const zoneOf = (targetId: string): string => targetId.slice(0, 3);
  const AVOID_AZ2 = [true, 1000, 'az2'] as const;

  test('goes to no target of that zone, which is not known to be dying here yet, and says so to the hop below', () => {
    // Those of the own zone say that they are ill, as far as this hop knows all else is well.
    const bench = new HandDriven({ ownZone: 'az3', targets: twoPerZone });
    for (const target of ['az3-a', 'az3-b']) bench.sick.add(target);
    bench.wait(1500);
    const sent = Array.from({ length: 30 }, (_, i) => bench.request(`r${i}`, ...AVOID_AZ2));
    expect(new Set(sent.map(({ targetId }) => zoneOf(targetId)))).toEqual(new Set(['az1']));
    expect(sent[0]).toMatchObject({ attempt: 1, retriedFrom: null, avoidZone: 'az2' });
    const others = Array.from({ length: 30 }, (_, i) => bench.request(`other${i}`));
    expect(new Set(others.map(({ targetId }) => zoneOf(targetId)))).toEqual(new Set(['az1', 'az2']));
  });

  test('avoids the zone in which it fails here from then on, and the first of the two as well where it can', () => {
    const bench = new HandDriven({ targets: twoPerZone });
    const first = bench.request('r', ...AVOID_AZ2);
    bench.send({ type: 'attempt.failed', attemptId: first.attemptId, failure: 'reset' });
    const second = bench.of('send').at(-1);
    expect(second).toMatchObject({ attempt: 2, retriedFrom: zoneOf(first.targetId), avoidZone: zoneOf(first.targetId) });
    expect(['az2', zoneOf(first.targetId)]).not.toContain(zoneOf(second?.targetId ?? ''));
  });

  test('goes there all the same when nothing else is left', () => {
    const bench = new HandDriven({ targets: twoPerZone.filter(({ zone }) => zone === 'az2') });
    expect(zoneOf(bench.request('r', ...AVOID_AZ2).targetId)).toBe('az2');
  });
});
