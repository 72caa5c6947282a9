import { describe, expect, it } from 'vitest';
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { createRandom } from './random.ts';
import { lastingParts, planEndsMs, strike, toldStatus } from './service-fault.ts';

const END_MS = 5000;
const fail = (rate: number, change: Partial<NonNullable<ServiceFaultPlan['fail']>> = {}): ServiceFaultPlan => ({ fail: { rate, status: 503, afterWork: false, untilMs: END_MS, ...change } });
const lag = (latencyMs: number, jitterMs = 0): ServiceFaultPlan => ({ lag: { latencyMs, jitterMs, untilMs: END_MS } });
const lie = (health: 'well' | 'ill'): ServiceFaultPlan => ({ lie: { health, untilMs: END_MS } });
/** Dice that show the same every time. */
const always = (value: number) => (): number => value;

describe('a share of errors', () => {
  it('strikes by the dice, with the status and the moment that were asked for', () => {
    expect(strike(fail(0.5), 'request', 0, always(0.499))).toEqual({ waitMs: 0, error: { code: 'AZ_INJECTED_503', afterWork: false } });
    expect(strike(fail(0.5), 'request', 0, always(0.5))).toBeNull();
    expect(strike(fail(1, { status: 500, afterWork: true }), 'request', 0, always(0.999))).toEqual({ waitMs: 0, error: { code: 'AZ_INJECTED_500', afterWork: true } });
  });

  it('lies within four standard errors of its rate, over many seeds and rates', () => {
    const requests = 4000;
    for (let seed = 1; seed <= 200; seed += 1) {
      const random = createRandom(seed);
      const rate = 0.01 + 0.98 * createRandom(seed + 1000)();
      let failed = 0;
      for (let i = 0; i < requests; i += 1) if (strike(fail(rate), 'request', 0, random)?.error != null) failed += 1;
      const sigma = Math.sqrt((rate * (1 - rate)) / requests);
      expect(Math.abs(failed / requests - rate), `seed ${seed}, rate ${rate}`).toBeLessThanOrEqual(4 * sigma);
    }
  });

  it('strikes each request for itself: neither the one before nor the jitter foretells it', () => {
    const random = createRandom(7);
    const plan = { ...fail(0.5), ...lag(100, 100) };
    const struck = Array.from({ length: 10_000 }, () => strike(plan, 'request', 0, random)).map((one) => ({ failed: one?.error != null, late: (one?.waitMs ?? 0) > 100 }));
    const both = struck.filter(({ failed, late }) => failed && late).length;
    const inRow = struck.filter(({ failed }, at) => failed && struck[at - 1]?.failed === true).length;
    // A quarter each, four standard errors of 10,000.
    for (const count of [both, inRow]) expect(Math.abs(count / 10_000 - 0.25)).toBeLessThanOrEqual(4 * Math.sqrt(0.25 * 0.75) / 100);
  });
});

describe('a slow service', () => {
  it('waits for latency ± jitter, never less than nothing', () => {
    expect([0, 0.5, 1].map((dice) => strike(lag(200, 50), 'request', 0, always(dice))?.waitMs)).toEqual([150, 200, 250]);
    expect(strike(lag(10, 50), 'request', 0, always(0))).toBeNull();
  });

  it('may fail on top of it', () => {
    expect(strike({ ...lag(200), ...fail(1) }, 'request', 0, always(0.5))).toEqual({ waitMs: 200, error: { code: 'AZ_INJECTED_503', afterWork: false } });
  });
});

describe('health', () => {
  it('is struck like a request', () => {
    expect(strike({ ...lag(200), ...fail(1) }, 'check', 0, always(0.5))).toEqual(strike({ ...lag(200), ...fail(1) }, 'request', 0, always(0.5)));
  });

  it.each(['well', 'ill'] as const)('that lies, %s, is told at once, while requests are struck on', (health) => {
    const plan = { ...lag(200), ...fail(1), ...lie(health) };
    expect(strike(plan, 'check', 0, always(0.5))).toBeNull();
    expect(strike(plan, 'request', 0, always(0.5))).toEqual({ waitMs: 200, error: { code: 'AZ_INJECTED_503', afterWork: false } });
  });

  it('says the truth, or what it was told to say', () => {
    expect(['ok', 'draining'].map((status) => toldStatus({}, status as 'ok', 0))).toEqual(['ok', 'draining']);
    expect(['ok', 'draining'].map((status) => toldStatus(lie('well'), status as 'ok', 0))).toEqual(['ok', 'ok']);
    expect(toldStatus(lie('ill'), 'ok', 0)).toBe('ill');
    expect(toldStatus(fail(1), 'ok', 0)).toBe('ok');
  });
});

describe('every part', () => {
  it('ends by itself, each at its own time', () => {
    const plan: ServiceFaultPlan = { ...lag(200), ...fail(1, { untilMs: 1000 }), lie: { health: 'ill', untilMs: 3000 } };
    const seen = (nowMs: number): unknown => [strike(plan, 'request', nowMs, always(0.5))?.error != null, toldStatus(plan, 'ok', nowMs), strike(plan, 'check', nowMs, always(0.5))?.waitMs ?? 0];
    expect(seen(999)).toEqual([true, 'ill', 0]);
    expect(seen(1000)).toEqual([false, 'ill', 0]);
    expect(seen(3000)).toEqual([false, 'ok', 200]);
    expect(seen(END_MS)).toEqual([false, 'ok', 0]);
    expect(planEndsMs(plan)).toBe(END_MS);
  });

  it('that has ended, or was never there, is left out of what holds', () => {
    const plan: ServiceFaultPlan = { ...fail(1, { untilMs: 1000 }), lag: null, ...lie('well') };
    expect(lastingParts(plan, 1000)).toEqual(lie('well'));
    expect(lastingParts({ lag: null }, 0)).toEqual({});
    expect(planEndsMs({ lag: null })).toBe(-Infinity);
  });
});
