// Traces of the composition: what is sent where, in which order, under which failure.
import { describe, expect, test } from 'vitest';
import type { HealthAnswer } from '#contracts/health.ts';
import { step } from './balanced-client.ts';
import { createClient, firstAttempts, firstRoundDone, opinion, wakeAtMs, type ClientOptions } from './client-state.ts';
import type { ClientAction, ClientEvent, TargetSpec } from './messages.ts';

/** Drives one client by hand: time moves only by `wait`, probes are answered unless a target is named otherwise. */
class Bench {
  nowMs = 0;
  readonly log: ClientAction[] = [];
  readonly silent = new Set<string>();
  readonly refusing = new Set<string>();
  /** Answer every check with an error status, and requests as ever. */
  readonly sick = new Set<string>();
  readonly answers = new Map<string, Partial<HealthAnswer>>();
  readonly state;
  private dice = 1;
  private readonly probes: { atMs: number; event: ClientEvent }[] = [];

  constructor(options: Partial<ClientOptions> = {}) {
    this.state = createClient({ ownZone: null, targets: targets('az1', 'az2', 'az3'), rescue: true, ...options }, 0);
    this.send({ type: 'tick', lagMs: 0 });
    this.wait(50);
  }

  send(event: ClientEvent): ClientAction[] {
    const actions = step(this.state, event, this.nowMs, () => (this.dice = (this.dice * 16807) % 2147483647) / 2147483647);
    this.log.push(...actions);
    for (const action of actions) {
      if (action.type !== 'probe') continue;
      const { probeId, targetId, timeoutMs } = action;
      const answer: HealthAnswer = {
        status: 'ok', instanceId: targetId, bootId: 'b1', version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null,
        ...this.answers.get(targetId),
      };
      if (this.silent.has(targetId)) {
        this.probes.push({ atMs: this.nowMs + timeoutMs, event: { type: 'probe.finished', probeId, result: { ok: false, failure: 'timeout', rttMs: timeoutMs, answer: null } } });
      } else if (this.refusing.has(targetId)) {
        this.probes.push({ atMs: this.nowMs + 1, event: { type: 'probe.finished', probeId, result: { ok: false, failure: 'refused', rttMs: 1, answer: null } } });
      } else {
        const ok = answer.status === 'ok' && !this.sick.has(targetId);
        const result = ok ? ({ ok, rttMs: 1, answer } as const) : ({ ok, failure: 'status', rttMs: 1, answer } as const);
        this.probes.push({ atMs: this.nowMs + 1, event: { type: 'probe.finished', probeId, result } });
      }
    }
    return actions;
  }

  /** Lets time pass, delivering ticks and probe answers when they are due. */
  wait(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      this.probes.sort((a, b) => a.atMs - b.atMs);
      const probe = this.probes[0];
      const nextMs = Math.min(wakeAtMs(this.state), probe?.atMs ?? Infinity);
      if (nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (probe !== undefined && probe.atMs <= this.nowMs) this.send((this.probes.shift() as typeof probe).event);
      else this.send({ type: 'tick', lagMs: 0 });
    }
    this.nowMs = endMs;
  }

  request(requestId: string, replayable = true, budgetMs: number | null = 1000): Extract<ClientAction, { type: 'send' }> {
    const actions = this.send({ type: 'request.arrived', requestId, replayable, budgetMs });
    const sent = actions.find((action) => action.type === 'send');
    if (sent === undefined) throw new Error(`nothing was sent: ${JSON.stringify(actions)}`);
    this.send({ type: 'attempt.written', attemptId: sent.attemptId });
    return sent;
  }

  answer(attemptId: number, status = 200): ClientAction[] {
    const actions = this.send({ type: 'attempt.responded', attemptId, status, retriedBelow: false, noTarget: false });
    return [...actions, ...this.send({ type: 'attempt.finished', attemptId })];
  }

  of<T extends ClientAction['type']>(type: T): Extract<ClientAction, { type: T }>[] {
    return this.log.filter((action): action is Extract<ClientAction, { type: T }> => action.type === type);
  }

  events(): string[] {
    return this.of('event').map(({ event }) => event.type);
  }

  states(): Record<string, string> {
    return Object.fromEntries(opinion(this.state, this.nowMs).targets.map((target) => [target.target, target.state]));
  }
}

function targets(...zones: string[]): TargetSpec[] {
  return zones.map((zone) => ({ id: `${zone}-lb`, zone, checkInstance: true }));
}

const twoPerZone: TargetSpec[] = ['az1', 'az2', 'az3'].flatMap((zone) => ['a', 'b'].map((replica) => ({ id: `${zone}-${replica}`, zone, checkInstance: true })));

/** Sends requests until one goes to the zone; the others are answered. */
function sendTo(bench: Bench, zone: string, replayable = true): Extract<ClientAction, { type: 'send' }> {
  for (let i = 0; i < 200; i++) {
    const sent = bench.request(`to-${zone}-${bench.log.length}`, replayable);
    if (sent.targetId.startsWith(zone)) return sent;
    bench.answer(sent.attemptId);
  }
  throw new Error(`no request went to ${zone}`);
}

describe('start', () => {
  test('asks every target at once and takes those that answer', () => {
    const bench = new Bench();
    expect(bench.of('probe').slice(0, 3).map((probe) => probe.targetId)).toEqual(['az1-lb', 'az2-lb', 'az3-lb']);
    expect(firstRoundDone(bench.state)).toBe(true);
    expect(bench.states()).toEqual({ 'az1-lb': 'up', 'az2-lb': 'up', 'az3-lb': 'up' });
  });

  test('a request that finds nobody is refused, with nothing sent', () => {
    const bench = new Bench({ targets: [] });
    expect(bench.send({ type: 'request.arrived', requestId: 'r', replayable: true, budgetMs: 1000 })).toMatchObject([{ type: 'fail', code: 'AZ_NO_TARGET', committed: false }]);
  });

  test('an address where another instance answers is not the target', () => {
    const bench = new Bench();
    bench.answers.set('az1-lb', { instanceId: 'somebody-else' });
    bench.wait(600);
    expect(opinion(bench.state, bench.nowMs).targets[0]).toMatchObject({ state: 'down', reason: 'wrong-instance' });
  });
});

describe('a frozen target', () => {
  test('is found within 250 ms of its last byte, and what it holds is sent to another zone', () => {
    const bench = new Bench();
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
    const bench = new Bench();
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
    const bench = new Bench();
    sendTo(bench, 'az1');
    bench.silent.add('az1-lb');
    bench.wait(260);
    for (let i = 0; i < 50; i++) expect(bench.request(`later-${i}`).targetId).not.toBe('az1-lb');
  });

  test('is not rescued when the switch is off, and a request that may not be replayed never is', () => {
    const off = new Bench({ rescue: false });
    sendTo(off, 'az1');
    off.silent.add('az1-lb');
    off.wait(600);
    expect(off.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    const plain = new Bench();
    sendTo(plain, 'az1', false);
    plain.silent.add('az1-lb');
    plain.wait(400);
    expect(plain.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    expect(plain.of('fail')).toMatchObject([{ code: 'AZ_ATTEMPT_FAILED' }]);
  });

  test('a slow bake with healthy probes is left alone', () => {
    const bench = new Bench();
    const first = sendTo(bench, 'az1');
    bench.wait(900);
    expect(bench.of('send').filter((action) => action.attempt === 2)).toEqual([]);
    expect(bench.answer(first.attemptId)).toMatchObject([{ type: 'commit' }]);
  });
});

describe('a killed target', () => {
  test('loses everything in flight within the same millisecond, each sent once to another zone', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    const { attemptId } = sendTo(bench, 'az1');
    const probesBefore = bench.of('probe').length;
    bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    bench.wait(10);
    expect(bench.of('probe').length).toBe(probesBefore + 1);
    expect(bench.states()['az1-lb']).toBe('up');
  });

  test('comes back after three good checks and begins at a tenth of its share', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    const { attemptId, requestId } = sendTo(bench, 'az1');
    bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' });
    const second = bench.of('send').at(-1);
    const actions = bench.send({ type: 'attempt.failed', attemptId: second?.attemptId ?? 0, failure: 'reset' });
    expect(actions).toContainEqual({ type: 'fail', requestId, code: 'AZ_RETRY_FAILED', committed: false, retriedFrom: 'az1' });
  });
});

describe('answers', () => {
  test('a body that breaks after its headers fails as committed and is not sent again', () => {
    const bench = new Bench();
    const { attemptId, requestId } = bench.request('r');
    bench.send({ type: 'attempt.responded', attemptId, status: 200, retriedBelow: false, noTarget: false });
    expect(bench.send({ type: 'attempt.failed', attemptId, failure: 'reset' })).toContainEqual({ type: 'fail', requestId, code: 'AZ_ATTEMPT_FAILED', committed: true, retriedFrom: null });
  });

  test('an error status is the application\'s answer and is passed on', () => {
    const bench = new Bench();
    const { attemptId } = bench.request('r');
    expect(bench.answer(attemptId, 500)).toMatchObject([{ type: 'commit' }]);
  });

  test('a hop below that had no target is tried elsewhere, even for a plain POST; one that re-sent already is believed', () => {
    const bench = new Bench();
    const { attemptId, targetId } = bench.request('r', false);
    const actions = bench.send({ type: 'attempt.responded', attemptId, status: 503, retriedBelow: false, noTarget: true });
    expect(actions.map((action) => action.type)).toEqual(['event', 'send', 'abort']);
    expect(actions).not.toContainEqual(expect.objectContaining({ type: 'send', targetId }));
    const other = bench.request('s');
    expect(bench.send({ type: 'attempt.responded', attemptId: other.attemptId, status: 503, retriedBelow: true, noTarget: true })).toMatchObject([{ type: 'commit' }]);
  });

  test('a caller that leaves takes its attempts along and blames nobody', () => {
    const bench = new Bench();
    const { attemptId, requestId } = bench.request('r');
    expect(bench.send({ type: 'request.cancelled', requestId })).toEqual([{ type: 'abort', requestId, attemptId }]);
    expect(Object.values(firstAttempts(bench.state)).every(({ failed }) => failed === 0)).toBe(true);
    expect(bench.answer(attemptId)).toEqual([]);
  });
});

describe('time', () => {
  test('a try that takes longer than allowed is sent to another zone with what is left of the patience', () => {
    const bench = new Bench({ parameters: { tryTimeoutMs: 690 } });
    const { attemptId } = bench.request('r');
    bench.wait(700);
    expect(bench.of('send').at(-1)).toMatchObject({ attempt: 2, budgetMs: 310 });
    expect(bench.of('abort')).toMatchObject([{ attemptId }]);
  });

  test('a request whose caller stopped waiting ends with the deadline, and late answers are ignored', () => {
    const bench = new Bench();
    const { attemptId } = bench.request('r', true, 400);
    bench.wait(410);
    expect(bench.of('fail')).toMatchObject([{ code: 'AZ_DEADLINE' }]);
    expect(bench.answer(attemptId)).toEqual([]);
  });

  test('a balancer that was itself frozen for three seconds ejects nobody', () => {
    const bench = new Bench({ parameters: { tryTimeoutMs: 690 } });
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

describe('lost checks', () => {
  test('a check that times out proves nothing when the target answered a request sent after it', () => {
    const bench = new Bench();
    bench.silent.add('az1-lb').add('az2-lb').add('az3-lb');
    for (let i = 0; i < 100; i++) {
      bench.wait(10);
      bench.answer(bench.request(`r${i}`).attemptId);
    }
    expect(Object.values(bench.states())).toEqual(['up', 'up', 'up']);
    expect(bench.events()).not.toContain('target.ejected');
  });
});

describe('zones', () => {
  test('traffic stays in the own zone, and leaves it when nobody is left there', () => {
    const bench = new Bench({ ownZone: 'az2', targets: twoPerZone });
    for (let i = 0; i < 40; i++) expect(bench.request(`r${i}`).targetId).toMatch(/^az2/);
    bench.refusing.add('az2-a').add('az2-b');
    bench.wait(600);
    for (let i = 0; i < 40; i++) expect(bench.request(`s${i}`).targetId).not.toMatch(/^az2/);
  });

  test('a zonal shift takes a zone out until it expires', () => {
    const bench = new Bench();
    bench.send({ type: 'zone.shifted', zone: 'az1', untilMs: bench.nowMs + 1000, reason: 'drill' });
    for (let i = 0; i < 40; i++) bench.answer(bench.request(`r${i}`).attemptId);
    expect(bench.of('send').every((action) => action.targetId !== 'az1-lb')).toBe(true);
    bench.wait(1100);
    sendTo(bench, 'az1');
    expect(bench.events()).toEqual(expect.arrayContaining(['zone.shifted', 'zone.shift-ended']));
  });

  test('shifting every zone away is ignored rather than refusing everybody', () => {
    const bench = new Bench();
    for (const zone of ['az1', 'az2', 'az3']) bench.send({ type: 'zone.shifted', zone, untilMs: 1e6, reason: 'mistake' });
    bench.request('r');
  });

  test('half of a full zone lost: a fifth and more of its traffic spills within a second', () => {
    const bench = new Bench({ ownZone: 'az1', targets: twoPerZone });
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
    const bench = new Bench({ ownZone: 'az1', targets: twoPerZone });
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

describe('everything failing', () => {
  test('checks that fail everywhere while targets answer open the balancer instead of closing it', () => {
    const bench = new Bench();
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
    const bench = new Bench();
    for (const zone of ['az1', 'az2', 'az3']) bench.refusing.add(`${zone}-lb`);
    bench.wait(700);
    expect(bench.send({ type: 'request.arrived', requestId: 'r', replayable: true, budgetMs: 1000 })).toMatchObject([{ type: 'fail', code: 'AZ_NO_TARGET' }]);
  });
});
