/** Runs of suites as tests need them. */
import type { SuiteRun } from '#contracts/suite.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { hashOf } from './store.ts';

export function suiteRun(experiment: string, change: Partial<SuiteRun> = {}): SuiteRun {
  const document = experimentNamed(experiment);
  return {
    experiment, az: 'az1', seed: 1, ratePerSecond: 300, atMs: 1_000_000, commit: 'c'.repeat(40), documentHash: hashOf(document), expected: document.expect, verdict: document.expect, asExpected: true,
    ordersFailed: 0, addedLatencyMsMax: 181.4, hostCpuMax: 0.63, reportMs: 480, brake: experiment === 'abort-rehearsal' ? { acknowledgedMs: 12, wholeMs: 4150 } : null, reasons: [],
    report: `/reports/2026-${experiment}`, replay: `./azimuth run ${experiment} --az az1 --rate 300 --seed 1`, ...change,
  };
}
