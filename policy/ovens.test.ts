import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createOvens, step, wakeAtMs, type OvensAction, type OvensState } from './ovens.ts';

const arrive = (state: OvensState, caller: number, key: string, nowMs: number, budgetMs: number | null = 1000): OvensAction[] =>
  step(state, { type: 'order.arrived', caller, key, budgetMs }, nowMs);
const finish = (state: OvensState, key: string, nowMs: number, bakeMs = 80): OvensAction[] => step(state, { type: 'bake.finished', key, bakeMs }, nowMs);

describe('ovens and queue', () => {
  test('an order that finds a free oven is baked at once and answered with its bake time', () => {
    const state = createOvens(1, 80);
    expect(arrive(state, 1, 'a', 0)).toEqual([{ type: 'bake', key: 'a' }]);
    expect(finish(state, 'a', 75, 75)).toEqual([{ type: 'answer', callers: [1], key: 'a', bakeMs: 75 }]);
  });

  test('orders wait in the order of their arrival', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    expect(arrive(state, 2, 'b', 1)).toEqual([]);
    expect(arrive(state, 3, 'c', 2)).toEqual([]);
    expect(finish(state, 'a', 80)).toContainEqual({ type: 'bake', key: 'b' });
    expect(finish(state, 'b', 160)).toContainEqual({ type: 'bake', key: 'c' });
  });

  test('an order is turned away when the wait alone exceeds its deadline, and waits when it just does not', () => {
    const state = createOvens(2, 80);
    for (const [i, key] of ['a', 'b', 'c'].entries()) arrive(state, i, key, 0);
    // One waits: the next gets an oven after 2 × 80 ÷ 2 ms.
    expect(arrive(state, 4, 'd', 0, 79)).toEqual([{ type: 'refuse', callers: [4], key: 'd', code: 'AZ_OVENS_FULL' }]);
    expect(arrive(state, 5, 'e', 0, 80)).toEqual([]);
    expect(state.expired).toBe(0);
  });

  test('an order whose deadline passes in the queue is dropped and counted, not baked', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    arrive(state, 2, 'b', 0, 100);
    expect(wakeAtMs(state)).toBe(100);
    expect(step(state, { type: 'tick' }, 99)).toEqual([]);
    expect(step(state, { type: 'tick' }, 100)).toEqual([{ type: 'refuse', callers: [2], key: 'b', code: 'AZ_DEADLINE' }]);
    expect(state.expired).toBe(1);
    expect(wakeAtMs(state)).toBe(Infinity);
    expect(finish(state, 'a', 120).filter((action) => action.type === 'bake')).toEqual([]);
  });

  test('after a long freeze the dead queue is dropped before an oven is filled', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    arrive(state, 2, 'b', 0, 500);
    arrive(state, 3, 'c', 0, 60_000);
    // 60 s of patience are cut to 10 s, so after 9 s only the last still waits.
    expect(finish(state, 'a', 9000)).toEqual([
      { type: 'answer', callers: [1], key: 'a', bakeMs: 80 },
      { type: 'refuse', callers: [2], key: 'b', code: 'AZ_DEADLINE' },
      { type: 'bake', key: 'c' },
    ]);
  });

  test('a caller without a deadline does not wait for ever', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0, null);
    arrive(state, 2, 'b', 0, null);
    expect(step(state, { type: 'tick' }, 10_000)).toEqual([{ type: 'refuse', callers: [2], key: 'b', code: 'AZ_DEADLINE' }]);
  });

  test('more ovens take waiting orders at once, fewer finish what they bake', () => {
    const state = createOvens(1, 80);
    for (const [i, key] of ['a', 'b', 'c'].entries()) arrive(state, i, key, 0);
    expect(step(state, { type: 'ovens.changed', ovens: 3 }, 1)).toEqual([
      { type: 'bake', key: 'b' },
      { type: 'bake', key: 'c' },
    ]);
    step(state, { type: 'ovens.changed', ovens: 1 }, 2);
    arrive(state, 4, 'd', 2);
    expect(finish(state, 'a', 80)).toEqual([{ type: 'answer', callers: [0], key: 'a', bakeMs: 80 }]);
    finish(state, 'b', 81);
    expect(finish(state, 'c', 82)).toContainEqual({ type: 'bake', key: 'd' });
  });
});

describe('callers that leave', () => {
  test('an order whose caller left before an oven was free is never baked', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    arrive(state, 2, 'b', 0);
    step(state, { type: 'caller.left', caller: 2, key: 'b' }, 10);
    expect(state.waiting.size).toBe(0);
    expect(finish(state, 'a', 80)).toEqual([{ type: 'answer', callers: [1], key: 'a', bakeMs: 80 }]);
  });

  test('an order stays while another caller waits for the same key', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    arrive(state, 2, 'b', 0);
    arrive(state, 3, 'b', 5);
    step(state, { type: 'caller.left', caller: 2, key: 'b' }, 10);
    expect(finish(state, 'a', 80)).toContainEqual({ type: 'bake', key: 'b' });
    expect(finish(state, 'b', 160)).toEqual([{ type: 'answer', callers: [3], key: 'b', bakeMs: 80 }]);
  });

  test('a bake that has begun ends though nobody waits, and its result is kept', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    step(state, { type: 'caller.left', caller: 1, key: 'a' }, 10);
    expect(finish(state, 'a', 80)).toEqual([]);
    expect(arrive(state, 2, 'a', 90)).toEqual([{ type: 'answer', callers: [2], key: 'a', bakeMs: 80 }]);
  });
});

describe('one key is baked once', () => {
  test('a key that comes again joins the running bake', () => {
    const state = createOvens(4, 80);
    arrive(state, 1, 'a', 0);
    expect(arrive(state, 2, 'a', 10)).toEqual([]);
    expect(finish(state, 'a', 80)).toEqual([{ type: 'answer', callers: [1, 2], key: 'a', bakeMs: 80 }]);
  });

  test('a key that comes again within a minute gets the first result', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    finish(state, 'a', 70, 70);
    expect(arrive(state, 2, 'a', 60_070)).toEqual([{ type: 'answer', callers: [2], key: 'a', bakeMs: 70 }]);
    expect(arrive(state, 3, 'a', 60_071)).toEqual([{ type: 'bake', key: 'a' }]);
  });

  test('the later of two deadlines holds for an order that two callers wait for', () => {
    const state = createOvens(1, 80);
    arrive(state, 1, 'a', 0);
    arrive(state, 2, 'b', 0, 100);
    arrive(state, 3, 'b', 50, 1000);
    expect(step(state, { type: 'tick' }, 200)).toEqual([]);
    expect(wakeAtMs(state)).toBe(1050);
  });

  test('the memory of finished bakes is bounded, the oldest go first', () => {
    const state = createOvens(1, 80);
    for (let i = 0; i < 50_100; i += 1) {
      arrive(state, i, `k${i}`, i / 1000);
      finish(state, `k${i}`, i / 1000);
    }
    expect(state.baked.size).toBeLessThanOrEqual(50_001);
    expect(state.baked.has('k50099')).toBe(true);
    expect(state.baked.has('k0')).toBe(false);
  });
});

test('whatever happens: ovens are never overfilled, no key bakes twice, nobody is answered twice or forgotten, none is put in after its deadline', () => {
  const event = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constant('arrive' as const), key: fc.integer({ min: 0, max: 12 }), budgetMs: fc.option(fc.integer({ min: 0, max: 400 })) }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('finish' as const), nth: fc.nat(7) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('leave' as const), nth: fc.nat(30) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('ovens' as const), ovens: fc.integer({ min: 1, max: 4 }) }) },
    { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 0, max: 150 }) }) },
  );
  fc.assert(
    fc.property(fc.array(event, { maxLength: 120 }), (events) => {
      const state = createOvens(2, 80);
      const open = new Map<number, { key: string; deadlineMs: number }>();
      const baking = new Set<string>();
      const baked = new Set<string>();
      let nowMs = 0;
      let callers = 0;
      const check = (actions: OvensAction[]): void => {
        for (const action of actions) {
          if (action.type === 'bake') {
            expect(baked.has(action.key) || baking.has(action.key)).toBe(false);
            baking.add(action.key);
            expect(baking.size).toBeLessThanOrEqual(state.ovens);
            const deadlines = [...open.values()].filter((caller) => caller.key === action.key).map((caller) => caller.deadlineMs);
            expect(Math.max(...deadlines)).toBeGreaterThan(nowMs);
            continue;
          }
          for (const caller of action.callers) expect(open.delete(caller)).toBe(true);
        }
        // All that is open is known, waits or bakes, and what waits has a wake-up.
        for (const { key } of open.values()) expect(state.waiting.has(key) || state.baking.has(key)).toBe(true);
        expect(wakeAtMs(state)).toBeGreaterThan(nowMs);
      };
      for (const happening of events) {
        if (happening.do === 'wait') {
          nowMs += happening.ms;
          check(step(state, { type: 'tick' }, nowMs));
        } else if (happening.do === 'ovens') {
          if (happening.ovens >= baking.size) check(step(state, { type: 'ovens.changed', ovens: happening.ovens }, nowMs));
        } else if (happening.do === 'arrive') {
          const caller = (callers += 1);
          const key = String(happening.key);
          open.set(caller, { key, deadlineMs: nowMs + (happening.budgetMs ?? 10_000) });
          check(step(state, { type: 'order.arrived', caller, key, budgetMs: happening.budgetMs }, nowMs));
        } else if (happening.do === 'leave') {
          const [caller, of] = [...open][happening.nth] ?? [];
          if (caller === undefined || of === undefined) continue;
          open.delete(caller);
          check(step(state, { type: 'caller.left', caller, key: of.key }, nowMs));
        } else {
          const key = [...baking][happening.nth];
          if (key === undefined) continue;
          baking.delete(key);
          baked.add(key);
          check(step(state, { type: 'bake.finished', key, bakeMs: 80 }, nowMs));
        }
      }
    }),
  );
});
