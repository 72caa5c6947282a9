import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { ALONE_MS_MAX, RUNS_KEPT, createRunRegistry, stepRuns, underway, type RunRegistryEvent } from './run-registry.ts';

const asked = (attached = false): RunRegistryEvent => ({ type: 'run.asked', attached });

describe('one at a time', () => {
  test('a second is refused and told who runs, until the first has ended, also while it is ending', () => {
    const registry = createRunRegistry();
    expect(stepRuns(registry, asked(), 0).actions).toEqual([{ type: 'start', id: 'r1' }]);
    expect(stepRuns(registry, asked(), 1).actions).toEqual([{ type: 'refuse', under: 'r1' }]);
    expect(stepRuns(registry, { type: 'stop.asked', id: 'r1' }, 2).actions).toEqual([{ type: 'stop', id: 'r1', reason: 'asked' }]);
    expect(stepRuns(registry, asked(), 3).actions).toEqual([{ type: 'refuse', under: 'r1' }]);
    stepRuns(registry, { type: 'run.ended', id: 'r1' }, 4);
    expect(stepRuns(registry, asked(), 5).actions).toEqual([{ type: 'start', id: 'r2' }]);
  });

  test('is stopped once, and one that has ended not at all', () => {
    const registry = createRunRegistry();
    stepRuns(registry, asked(), 0);
    stepRuns(registry, { type: 'stop.asked', id: 'r1' }, 1);
    expect(stepRuns(registry, { type: 'stop.asked', id: 'r1' }, 2).actions).toEqual([]);
    stepRuns(registry, { type: 'run.ended', id: 'r1' }, 3);
    expect(stepRuns(registry, { type: 'stop.asked', id: 'r1' }, 4).actions).toEqual([]);
    expect(stepRuns(registry, { type: 'stop.asked', id: 'r9' }, 4).actions).toEqual([]);
  });

  test('numbers go on after a restart', () => {
    const registry = createRunRegistry(7, ['r6', 'r7']);
    expect(underway(registry)).toBeNull();
    expect(stepRuns(registry, asked(), 0).actions).toEqual([{ type: 'start', id: 'r8' }]);
  });
});

describe('a run that somebody is attached to', () => {
  test('ends when nobody has come to follow it in time, at the millisecond that was said', () => {
    const registry = createRunRegistry();
    expect(stepRuns(registry, asked(true), 100).wakeAtMs).toBe(100 + ALONE_MS_MAX);
    expect(stepRuns(registry, { type: 'tick' }, 99 + ALONE_MS_MAX).actions).toEqual([]);
    expect(stepRuns(registry, { type: 'tick' }, 100 + ALONE_MS_MAX)).toEqual({ actions: [{ type: 'stop', id: 'r1', reason: 'alone' }], wakeAtMs: null });
    expect(stepRuns(registry, { type: 'tick' }, 101 + ALONE_MS_MAX).actions).toEqual([]);
  });

  test('goes on while one of several follows it, and over a gap that is shorter', () => {
    const registry = createRunRegistry();
    stepRuns(registry, asked(true), 0);
    expect(stepRuns(registry, { type: 'listener.came', id: 'r1' }, 10).wakeAtMs).toBeNull();
    stepRuns(registry, { type: 'listener.came', id: 'r1' }, 20);
    stepRuns(registry, { type: 'listener.left', id: 'r1' }, 30);
    expect(stepRuns(registry, { type: 'tick' }, 60_000).actions).toEqual([]);
    expect(stepRuns(registry, { type: 'listener.left', id: 'r1' }, 60_000).wakeAtMs).toBe(60_000 + ALONE_MS_MAX);
    expect(stepRuns(registry, { type: 'listener.came', id: 'r1' }, 64_999)).toEqual({ actions: [], wakeAtMs: null });
  });

  test('and one that nobody is attached to goes on alone', () => {
    const registry = createRunRegistry();
    expect(stepRuns(registry, asked(false), 0).wakeAtMs).toBeNull();
    stepRuns(registry, { type: 'listener.came', id: 'r1' }, 1);
    expect(stepRuns(registry, { type: 'listener.left', id: 'r1' }, 2).wakeAtMs).toBeNull();
    expect(stepRuns(registry, { type: 'tick' }, 3_600_000).actions).toEqual([]);
  });
});

test('the newest ended runs are kept, and the oldest are forgotten', () => {
  const registry = createRunRegistry(30, Array.from({ length: RUNS_KEPT }, (_, index) => `r${index + 1}`));
  stepRuns(registry, asked(), 0);
  expect(stepRuns(registry, { type: 'run.ended', id: 'r31' }, 1).actions).toEqual([{ type: 'forget', id: 'r1' }]);
  expect(registry.runs.size).toBe(RUNS_KEPT);
});

test('whatever happens, one at most has not ended, none is stopped twice, and few are kept', () => {
  const id = fc.integer({ min: 1, max: 6 }).map((number) => `r${number}`);
  const event = fc.oneof(
    fc.record({ type: fc.constant('run.asked' as const), attached: fc.boolean() }),
    fc.record({ type: fc.constantFrom('listener.came' as const, 'listener.left' as const, 'stop.asked' as const, 'run.ended' as const), id }),
    fc.constant({ type: 'tick' as const }),
  );
  fc.assert(
    fc.property(fc.array(fc.tuple(event, fc.nat(4_000)), { maxLength: 60 }), (history) => {
      const registry = createRunRegistry();
      const stopped = new Set<string>();
      let nowMs = 0;
      for (const [one, passedMs] of history) {
        nowMs += passedMs;
        for (const action of stepRuns(registry, one, nowMs).actions) {
          if (action.type !== 'stop') continue;
          expect(stopped).not.toContain(action.id);
          stopped.add(action.id);
        }
        expect([...registry.runs.values()].filter(({ state }) => state !== 'ended').length).toBeLessThanOrEqual(1);
        expect(registry.runs.size).toBeLessThanOrEqual(RUNS_KEPT + 1);
      }
    }),
  );
});
