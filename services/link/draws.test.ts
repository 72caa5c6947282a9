import { expect, test } from 'vitest';
import { connectionRandom, toxicDraw } from './draws.ts';

const WHO = { seed: 1, proxy: 'redis', ordinal: 0 };

test('a draw is the same whenever it is asked for, and another for any other seed, proxy, connection or toxic', () => {
  const draw = toxicDraw(WHO, 'slow');
  expect(toxicDraw({ ...WHO }, 'slow')).toBe(draw);
  const others = [toxicDraw({ ...WHO, seed: 2 }, 'slow'), toxicDraw({ ...WHO, proxy: 'mysql' }, 'slow'), toxicDraw({ ...WHO, ordinal: 1 }, 'slow'), toxicDraw(WHO, 'fast')];
  expect(new Set([draw, ...others]).size).toBe(5);
});

test('the toxicity decides how many of many connections are hit, whatever proxy and toxic are called', () => {
  for (const [proxy, toxic] of [['a', 'b'], ['redis', 'latency_upstream'], ['', 'x'.repeat(200)]] as const) {
    const hit = Array.from({ length: 10_000 }, (_, ordinal) => toxicDraw({ seed: 5, proxy, ordinal }, toxic)).filter((draw) => draw < 0.3).length;
    // Binomial: mean 3,000, standard deviation 46.
    expect(Math.abs(hit - 3000)).toBeLessThan(230);
  }
});

test('draws of two toxics on the same connections have nothing to do with each other', () => {
  const both = Array.from({ length: 10_000 }, (_, ordinal) => ({ ...WHO, ordinal })).filter((who) => toxicDraw(who, 'a') < 0.5 && toxicDraw(who, 'b') < 0.5).length;
  expect(Math.abs(both - 2500)).toBeLessThan(220);
});

test('a connection has a sequence of its own that replays', () => {
  const take = (ordinal: number): number[] => {
    const random = connectionRandom({ ...WHO, ordinal });
    return Array.from({ length: 5 }, random);
  };
  expect(take(3)).toEqual(take(3));
  expect(take(3)).not.toEqual(take(4));
});
