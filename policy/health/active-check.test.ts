// Traces of one target's health: nominal, boundary, everything failing, flapping.
import { describe, expect, test } from 'vitest';
import { DEFAULT_PARAMETERS as P } from '../parameters.ts';
import { checkIntervalMs, newHealth, observe, type Evidence } from './active-check.ts';

const pass: Evidence = { kind: 'pass' };
const timeout: Evidence = { kind: 'fail', reason: 'probe-timeout', reach: 'silent' };
const refused: Evidence = { kind: 'proof', reason: 'probe-refused', reach: 'refuses' };

function trace(evidence: Evidence[]): string[] {
  const health = newHealth(0);
  return evidence.map((item, i) => {
    const change = observe(health, item, i * 100, P);
    return change === 'none' ? health.state : `${health.state} (${change})`;
  });
}

describe('the health of a target', () => {
  test('admits an unknown target on its first good answer, at full weight', () => {
    const health = newHealth(0);
    expect(observe(health, pass, 10, P)).toBe('admitted');
    expect(health).toMatchObject({ state: 'up', slowStartFromMs: null });
  });

  test.each<[string, Evidence[], string[]]>([
    ['one lost check only raises doubt', [pass, timeout, pass], ['up (admitted)', 'doubtful (doubted)', 'up (returned)']],
    ['two lost checks in a row eject', [pass, timeout, timeout], ['up (admitted)', 'doubtful (doubted)', 'down (ejected)']],
    ['a refused connection ejects at once', [pass, refused], ['up (admitted)', 'down (ejected)']],
    ['three good answers bring it back', [pass, refused, pass, pass, pass], ['up (admitted)', 'down (ejected)', 'returning', 'returning', 'up (returned)']],
    ['a failure on the way back starts over', [pass, refused, pass, timeout, pass, pass, pass], ['up (admitted)', 'down (ejected)', 'returning', 'down', 'returning', 'returning', 'up (returned)']],
    ['an unknown target that never answers goes down unannounced', [timeout, timeout, timeout], ['unknown', 'down', 'down']],
    ['flapping every second check never ejects', [pass, timeout, pass, timeout, pass], ['up (admitted)', 'doubtful (doubted)', 'up (returned)', 'doubtful (doubted)', 'up (returned)']],
  ])('%s', (_name, evidence, states) => {
    expect(trace(evidence)).toEqual(states);
  });

  test('starts slowly after it was away, and after a restart that no check saw', () => {
    const away = newHealth(0);
    for (const item of [pass, refused, pass, pass, pass]) observe(away, item, 700, P);
    expect(away.slowStartFromMs).toBe(700);
    const restarted = newHealth(0);
    observe(restarted, pass, 0, P);
    observe(restarted, { kind: 'restart' }, 900, P);
    expect(restarted).toMatchObject({ state: 'up', reason: 'restarted', slowStartFromMs: 900 });
  });

  test('is asked ever less often while down, up to two seconds, and quickly while in doubt', () => {
    const health = newHealth(0);
    observe(health, pass, 0, P);
    expect(checkIntervalMs(health, false, 0.5, P)).toBe(500);
    observe(health, timeout, 0, P);
    expect(checkIntervalMs(health, false, 0.5, P)).toBe(100);
    const intervals: number[] = [];
    for (let i = 0; i < 5; i++) {
      observe(health, refused, 0, P);
      intervals.push(checkIntervalMs(health, false, 0.5, P));
    }
    expect(intervals).toEqual([500, 1000, 2000, 2000, 2000]);
  });

  test('draws intervals within the jitter on both sides', () => {
    const health = newHealth(0);
    observe(health, pass, 0, P);
    expect([checkIntervalMs(health, false, 0, P), checkIntervalMs(health, false, 1, P)]).toEqual([450, 550]);
  });
});
