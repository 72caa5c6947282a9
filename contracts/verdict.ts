/**
 * `azimuth.verdict/1`: what an experiment found, documented and stable. Times in `timelineMs` are
 * milliseconds after the fault was acknowledged; what did not happen is null.
 */
import type { VerdictState } from './exit-codes.ts';

export const VERDICT_SCHEMA = 'azimuth.verdict/1';

export interface LatencyQuantiles {
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

export interface Timeline {
  /** Always 0: the moment when the injector acknowledged the fault. */
  fault: number;
  firstCustomerError: number | null;
  firstFailedCheck: number | null;
  /** The front door took the AZ (or the balancers above the target took it) out of rotation. */
  ejected: number | null;
  /** Last customer order whose first attempt went to the AZ (`x-retried`, else `x-az`). */
  moved: number | null;
  lastCustomerError: number | null;
  /** First full second from which on every order was answered within 500 ms until the phase ended. */
  steady: number | null;
  restored: number | null;
  readmitted: number | null;
  /** End of the third window of 300 orders in a row in which every AZ took 28-39 %. */
  balanced: number | null;
}

export interface Headroom {
  /** Orders per second that one AZ is rated for. */
  ratedPerAz: number;
  /** `measured` by `run capacity` on this machine and these ovens, else computed from the `model`. */
  source: 'measured' | 'model';
  utilisationBefore: number;
  utilisationAfter: number;
  canLoseAz: boolean;
}

export interface VerdictRun {
  /** AZ under fault. */
  az: string;
  /** What was done to what, e.g. `kill az1`, `freeze az2-kitchen-a`. */
  fault: string;
  verdict: VerdictState;
  /** Why it is not PASS, worst first; empty for PASS. */
  reasons: string[];
  requests: { offered: number; answered: number; failed: number; late: number; shed: number; bakedTwice: number };
  menu: { offered: number; failed: number };
  latencyMs: { before: LatencyQuantiles | null; during: LatencyQuantiles | null; after: LatencyQuantiles | null };
  /** Slowest order of the fault window minus the baseline's p99.9, each less its own oven time. */
  addedLatencyMsMax: number | null;
  /** Front door's attempts per request in the worst 10 seconds. */
  attemptsPerRequest: number | null;
  headroom: Headroom;
  timelineMs: Timeline;
  host: { cpuMax: number; generatorLagMsP99: number };
}

export interface Verdict {
  schema: typeof VERDICT_SCHEMA;
  experiment: string;
  verdict: VerdictState;
  seed: number;
  region: string;
  runs: VerdictRun[];
  /** The command that does it again. */
  replay: string;
}
