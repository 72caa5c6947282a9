import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { HOLDERS, type Holder } from '#contracts/faults.ts';
import { contend, isSameAuthor, type Claim } from './holders.ts';

const claim = (id: string, holder: Holder, by: string | null, ...azs: string[]): Claim => ({ id, holder, by, azs });

describe('an AZ', () => {
  it.each<[what: string, asks: Claim, standing: Claim, meets: ReturnType<typeof contend>]>([
    ['that nobody holds is free', claim('f2', 'suite', 'a', 'az1'), claim('f1', 'suite', 'b', 'az2'), { type: 'free', takesOver: [] }],
    ['is shared with its author', claim('f2', 'suite', 'a', 'az1'), claim('f1', 'suite', 'a', 'az1'), { type: 'free', takesOver: [] }],
    ['is shared among those who gave no name', claim('f2', 'operator', null, 'az1'), claim('f1', 'operator', null, 'az1'), { type: 'free', takesOver: [] }],
    ['is not shared with another run', claim('f2', 'suite', 'a', 'az1'), claim('f1', 'suite', 'b', 'az1'), { type: 'held', by: 'f1', azs: ['az1'] }],
    ['is not shared with another person', claim('f2', 'operator', 'ann', 'az1'), claim('f1', 'operator', null, 'az1'), { type: 'held', by: 'f1', azs: ['az1'] }],
    ['of a suite is taken over by a guardrail', claim('f2', 'guardrail', null, 'az1'), claim('f1', 'suite', 'a', 'az1'), { type: 'free', takesOver: ['f1'] }],
    ['of a suite is taken over by an operator', claim('f2', 'operator', null, 'az1'), claim('f1', 'suite', 'a', 'az1'), { type: 'free', takesOver: ['f1'] }],
    ['of a guardrail is taken over by an operator', claim('f2', 'operator', null, 'az1'), claim('f1', 'guardrail', null, 'az1'), { type: 'free', takesOver: ['f1'] }],
    ['of a guardrail is refused to a suite', claim('f2', 'suite', 'a', 'az1'), claim('f1', 'guardrail', null, 'az1'), { type: 'held', by: 'f1', azs: ['az1'] }],
    ['of an operator is refused to a guardrail', claim('f2', 'guardrail', null, 'az1'), claim('f1', 'operator', null, 'az1'), { type: 'held', by: 'f1', azs: ['az1'] }],
    ['on the other side of a cut is held, too', claim('f2', 'suite', 'a', 'az2', 'az1'), claim('f1', 'operator', null, 'az1', 'az3'), { type: 'held', by: 'f1', azs: ['az1'] }],
  ])('%s', (_what, asks, standing, meets) => {
    expect(contend(asks, [standing])).toEqual(meets);
  });
});

describe('whoever asks in whatever order', () => {
  const AZS = ['az1', 'az2', 'az3'];
  const asking = fc.record({ holder: fc.constantFrom(...HOLDERS), by: fc.constantFrom('a', 'b', null), azs: fc.uniqueArray(fc.constantFrom(...AZS), { minLength: 1, maxLength: 2 }) });
  const rank = (holder: Holder): number => HOLDERS.indexOf(holder);

  it('an AZ has one author at a time, and is lost to a higher rank alone', () => {
    fc.assert(
      fc.property(fc.array(asking, { maxLength: 30 }), (asked) => {
        let standing: Claim[] = [];
        for (const [index, one] of asked.entries()) {
          const meets = contend(one, standing);
          if (meets.type === 'held') {
            const other = standing.find(({ id }) => id === meets.by);
            expect(other !== undefined && rank(other.holder) <= rank(one.holder) && !isSameAuthor(one, other)).toBe(true);
            continue;
          }
          for (const lost of standing.filter(({ id }) => meets.takesOver.includes(id))) expect(rank(lost.holder)).toBeGreaterThan(rank(one.holder));
          standing = [...standing.filter(({ id }) => !meets.takesOver.includes(id)), { id: `f${index}`, ...one }];
          for (const az of AZS) {
            const [first, ...others] = standing.filter(({ azs }) => azs.includes(az));
            for (const other of others) expect(isSameAuthor(first as Claim, other)).toBe(true);
          }
        }
      }),
      { numRuns: 500, seed: 7 },
    );
  });
});
