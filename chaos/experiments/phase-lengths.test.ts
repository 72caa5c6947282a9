import { describe, expect, test } from 'vitest';
import { experimentNamed, shippedExperiments } from './documents.ts';
import { phaseLengths, untilBalanced } from './phase-lengths.ts';

const powerLoss = experimentNamed('az-power-loss');
const replicaLoss = experimentNamed('replica-loss');
/** After the return of an AZ at peak, in the slowest of the runs in docs/evidence. */
const BALANCED_MS = 13_000;

describe('the phases of an experiment', () => {
  test('are the document\'s at peak', () => {
    expect(phaseLengths(powerLoss, 300)).toEqual(powerLoss.phases);
  });

  test('give the baseline a thousand orders at rest', () => {
    expect((phaseLengths(powerLoss, 30).baselineMs / 1000) * 30).toBeGreaterThan(1100);
  });

  test('stay short where no p99.9 is wanted', () => {
    expect(phaseLengths(replicaLoss, 30).baselineMs).toBe(replicaLoss.phases.baselineMs);
  });

  test('give a part of the run of which a p99.9 is asked a thousand orders', () => {
    const asked = (phase: 'baseline' | 'fault') => ({ ...replicaLoss, assertions: [{ id: 'tail', metric: 'p99_9_ms', phase, min: null, max: 400 } as const] });
    expect(phaseLengths(asked('baseline'), 60)).toEqual({ ...replicaLoss.phases, baselineMs: 20_000 });
    expect(phaseLengths(asked('fault'), 60)).toEqual({ ...replicaLoss.phases, faultMs: 20_000 });
  });

  test('are bounded however low the rate', () => {
    expect(phaseLengths(powerLoss, 1)).toMatchObject({ baselineMs: 60_000, faultMs: 30_000 });
  });

  test('of every experiment at peak leave a demo under two minutes, region up and down included', () => {
    for (const document of shippedExperiments()) {
      const { warmMs, baselineMs, faultMs, recoveryMs } = phaseLengths(document, 300);
      expect(warmMs + baselineMs + faultMs + (document.until === null ? recoveryMs : BALANCED_MS)).toBeLessThan(120_000 - 10_000 - 25_000);
    }
  });

  test('wait for balance longer than the bar on it, when they are to wait', () => {
    const slow = experimentNamed('az-slow');
    expect(slow.until).toBeNull();
    expect(untilBalanced(slow)).toMatchObject({ until: 'balanced', phases: { ...slow.phases, recoveryMs: 61_000 } });
  });
});
