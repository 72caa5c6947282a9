import { describe, expect, test } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { EXPERIMENTS, findExperiment } from './documents.ts';
import { phaseLengths } from './phase-lengths.ts';

const powerLoss = findExperiment('az-power-loss') as ExperimentDocument;
const replicaLoss = findExperiment('replica-loss') as ExperimentDocument;

describe('the phases of an experiment', () => {
  test('are the document\'s at peak', () => {
    expect(phaseLengths(powerLoss, 300)).toEqual(powerLoss.phases);
  });

  test('give the baseline a thousand orders at rest', () => {
    expect(phaseLengths(powerLoss, 30).baselineS * 30).toBeGreaterThan(1100);
  });

  test('stay short where no p99.9 is wanted', () => {
    expect(phaseLengths(replicaLoss, 30).baselineS).toBe(replicaLoss.phases.baselineS);
  });

  test('are bounded however low the rate', () => {
    expect(phaseLengths(powerLoss, 1)).toMatchObject({ baselineS: 60, faultS: 30 });
  });

  test('of every experiment at peak leave a demo under two minutes, region up and down included', () => {
    for (const document of EXPERIMENTS) {
      const { warmS, baselineS, faultS, recoveryS } = phaseLengths(document, 300);
      expect(warmS + baselineS + faultS + recoveryS).toBeLessThan(120 - 10 - 25);
    }
  });
});
