import { describe, expect, test } from 'vitest';
import type { CustomerRecord } from '#contracts/records.ts';
import { judge } from './judge.ts';
import { servesAgainMs } from './serves-again.ts';
import { FAULT_MS, HEALING_MS, stagedDocument, stagedJournal, stagedRecords } from './staged-run.fixture.ts';

const FACTS = { az: 'az1', wholeAz: true, healingMs: HEALING_MS };
const orders = (change?: (record: CustomerRecord) => CustomerRecord): CustomerRecord[] => stagedRecords(change).filter(({ kind }) => kind === 'order');

describe('the AZ serves again', () => {
  test('from its first answered order after healing began, five seconds in the staged run', () => {
    expect(servesAgainMs(orders(), FACTS)).toBeGreaterThanOrEqual(5_000);
    expect(servesAgainMs(orders(), FACTS)).toBeLessThan(5_050);
  });

  test('not by an order of before, nor by one that failed', () => {
    const late = (record: CustomerRecord): CustomerRecord => (record.az === 'az1' && record.intendedMs < HEALING_MS + 8_000 && record.intendedMs > FAULT_MS ? { ...record, status: 503 } : record);
    expect(servesAgainMs(orders(late), FACTS)).toBeGreaterThanOrEqual(8_000);
  });

  test.each([
    ['it never did', orders((record) => ({ ...record, az: 'az2' })), FACTS],
    ['the fault took a part of it', orders(), { ...FACTS, wholeAz: false }],
    ['nothing was healed', orders(), { ...FACTS, healingMs: null }],
  ])('is unknown where %s', (_what, records, facts) => {
    expect(servesAgainMs(records, facts)).toBeNull();
  });
});

describe('the bar on it', () => {
  const judged = (max: number, change?: (record: CustomerRecord) => CustomerRecord) => {
    const bar = { id: 'serves-again', metric: 'serves_again_ms', phase: 'recovery', min: null, max } as const;
    const { verdict, reasons } = judge(stagedRecords(change), stagedJournal(), { ...stagedDocument, assertions: [bar] });
    return { verdict, reasons: reasons.join() };
  };

  test('holds within it and breaks above it', () => {
    expect(judged(10_000).verdict).toBe('PASS');
    expect(judged(4_000)).toMatchObject({ verdict: 'FAIL', reasons: expect.stringMatching(/az1 took orders again 5\.0 s after healing began; it must within 4 s/) as string });
  });

  test('breaks where the AZ never came back, if the run waited that long; else nobody can tell', () => {
    const gone = (record: CustomerRecord): CustomerRecord => (record.az === 'az1' && record.intendedMs > HEALING_MS ? { ...record, az: 'az3' } : record);
    expect(judged(10_000, gone)).toEqual({ verdict: 'FAIL', reasons: 'az1 took no order within 20 s of healing; it must within 10 s.' });
    expect(judged(30_000, gone).verdict).toBe('INCONCLUSIVE');
  });
});
