/**
 * An experiment as data: what is done when, and what must hold. It runs no code of its own, so it can be
 * diffed, kept whole in a report and judged again later by `judge(records, events, document)`.
 */
import type { FaultVerb } from './faults.ts';

export interface ExperimentDocument {
  id: string;
  title: string;
  /** The claim that the run tries to disprove, one sentence. */
  hypothesis: string;
  /** Orders per second; null means the designed peak. */
  ratePerSecond: number | null;
  arm: 'balanced' | 'bare';
  /** Null for a run without a fault. `{az}` in the target stands for the AZ under test. */
  fault: { verb: FaultVerb; target: string } | null;
  /** Switches held for the whole run and turned back afterwards. */
  settings: { rescue?: boolean; ovens?: number };
  /** Seconds. Each phase is at least that long; `recovery` ends early at balance, and with `until: balanced` waits for it up to `balanceS`. */
  phases: { warmS: number; baselineS: number; faultS: number; recoveryS: number; balanceS: number };
  expect: {
    /** Most orders that may fail in the whole run. */
    failedOrdersMax: number;
    failedMenusMax: number;
    /** Bars that are reported beside the verdict and make it FAIL when broken; null for none. */
    addedLatencyMsMax: number | null;
    movedMsMax: number | null;
    attemptsPerRequestMax: number | null;
    balancedMsMax: number | null;
  };
}
