/**
 * An experiment as data: what is done when, and what must hold. It runs no code of its own, so it can be
 * diffed, kept whole in a report and judged again later by `judge(records, journal, document)`.
 */
import type { FaultDetail, FaultVerb } from './faults.ts';

/** `{az}` in a target stands for the AZ under test; a peer of `{peer}` for the AZ after it (az3's is az1). */
export interface ExperimentFault extends Omit<FaultDetail, 'peer'> {
  verb: FaultVerb;
  target: string;
  peer?: '{peer}';
}

export interface ExperimentDocument {
  id: string;
  title: string;
  /** The claim that the run tries to disprove, one sentence. */
  hypothesis: string;
  /** Orders per second; null means the designed peak. */
  ratePerSecond: number | null;
  arm: 'balanced' | 'bare';
  fault: ExperimentFault;
  /** Faults that are made before the baseline and healed after the recovery: the state of the region in which the fault strikes. */
  given: ExperimentFault[];
  /**
   * Orders per second that must be baked over the way under fault (ordered in the AZ under test, baked in its peer)
   * in the baseline, else the run is INCONCLUSIVE: a cut that nobody crosses proves nothing. Null for no such way.
   */
  crossingOrdersPerSecondMin: number | null;
  /** Switches held for the whole run and turned back afterwards. */
  settings: { rescue?: boolean; ovens?: number };
  /**
   * Seconds. A baseline is prolonged at low rates until it holds enough orders. The recovery lasts `recoveryS`;
   * with `until: balanced` it ends when the AZs share the orders evenly again, after `balanceS` at the latest.
   */
  phases: { warmS: number; baselineS: number; faultS: number; recoveryS: number; balanceS: number };
  until: 'recovery' | 'balanced';
  expect: {
    /** A control arm is expected to FAIL: it shows what the mechanism prevents. */
    verdict: 'PASS' | 'FAIL';
    /** Most orders that may fail in the whole run; null for any number: the run only measures. */
    failedOrdersMax: number | null;
    failedMenusMax: number | null;
    /** Bars that make the verdict FAIL when broken; null for none. `balancedMsMax` counts from the restoration. */
    addedLatencyMsMax: number | null;
    movedMsMax: number | null;
    attemptsPerRequestMax: number | null;
    balancedMsMax: number | null;
    /** The AZ under test takes orders again, counted from the moment in which healing began. */
    servesAgainMsMax: number | null;
  };
}
