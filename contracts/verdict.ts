/**
 * `azimuth.verdict/1`: what an experiment found, documented and stable. Times in `timelineMs` are
 * milliseconds after the fault; what did not happen is null.
 *
 * A run's figures cover the orders intended from the start of the baseline to the end of the recovery. Its
 * fault window holds every order under way when the fault struck and every one intended until healing began.
 */
import type { AzCapacity } from './capacity.ts';
import type { VerdictState } from './exit-codes.ts';

export const VERDICT_SCHEMA = 'azimuth.verdict/1';

export interface LatencyQuantiles {
  p50: number;
  p99: number;
  p999: number;
  max: number;
}

export interface Timeline {
  /** Always 0: the injector's clock when it acted on the first member, so that no figure is flattered by skew. */
  fault: number;
  /** Intended time of the first request that failed, 0 for one that was under way when the fault struck. */
  firstCustomerError: number | null;
  firstFailedCheck: number | null;
  /**
   * The front door took the AZ out of rotation; for a smaller target, the last of the balancers above it did; for a
   * cut, the last of the balancers at its ends gave up what it had at the other end.
   */
  ejected: number | null;
  /** Sent time of the last order whose first attempt went to the AZ (`x-retried`, else `x-az`); null if orders never left it, or need not: a cut leaves both of its AZs in use. */
  moved: number | null;
  lastCustomerError: number | null;
  /** First full second from which on every order of the fault window was answered within 500 ms. */
  steady: number | null;
  restored: number | null;
  readmitted: number | null;
  /** End of the third window of 300 orders in a row in which every AZ took 28-39 %. */
  balanced: number | null;
}

export interface Headroom extends AzCapacity {
  /** Shares of the rating of one AZ, before and after the loss of an AZ. */
  utilisationBefore: number;
  utilisationAfter: number;
  canLoseAz: boolean;
}

/** What a figure is counted in: `ratio` is 0..1, `members` are those of the region that a fault took. */
export type FigureUnit = 'ms' | 'orders' | 'menu reads' | 'members' | 'ratio' | 'attempts' | 'orders/s';

/** One thing that had to hold, and whether it did. Those that every run has to hold have the metric's name for their id. */
export interface AssertionResult {
  /** Unique within its run. */
  id: string;
  /** `failed_orders`, `added_latency_ms`, …: docs/experiments.md defines each. */
  metric: string;
  /** Which part of the run the figure is of; null for all of it. */
  phase: string | null;
  /** Bounds, in `unit`; null for none. */
  min: number | null;
  max: number | null;
  /** In `unit`; null for what did not happen, or could not be told. */
  observed: number | null;
  unit: FigureUnit;
  /** How many orders, menu reads or samples of the host the figure was computed from. */
  samples: number;
  /** INCONCLUSIVE: what was seen neither holds the bound nor breaks it. */
  state: 'PASS' | 'FAIL' | 'INCONCLUSIVE';
  /** The figure beside its bound, as one sentence. */
  text: string;
}

export interface VerdictRun {
  /** AZ under fault. */
  az: string;
  /** What was done to what, e.g. `kill az1`, `freeze az2-kitchen-a`, `cut az1 az2 one-way`, `slow az1 +400 ms`. */
  fault: string;
  /** Which of the failures that happen outside the fault stands for, such as a crash-stop or a power loss; null where its name says all. */
  kind: string | null;
  verdict: VerdictState;
  /** It ended as its document expects; an ABORTED counts only when a guardrail tripped under the fault, and all was healed. */
  asExpected: boolean;
  /** Why it is not PASS, worst first; empty for PASS. */
  reasons: string[];
  /** All that had to hold: the hypothesis in the baseline, the document's assertions, and what every run has to hold. */
  assertions: AssertionResult[];
  /**
   * Orders. `failed`: no 2xx within 1 s of the intended send time; `late`: answered, but after 500 ms; `shed`:
   * those of the failed that were refused on purpose (429, 503); `bakedTwice`: left the ovens of two kitchens.
   */
  requests: { offered: number; answered: number; failed: number; late: number; shed: number; bakedTwice: number };
  menu: { offered: number; failed: number };
  /** Orders that had to be sent again, waited on a slowed link or failed because of the fault; 0 means the run proves nothing. */
  touched: number;
  /** Answered ÷ expected orders, as an area over time, and in the worst single second; null without orders. */
  availability: { run: number; worstSecond: number } | null;
  /** Answered orders by the window they belong to, from the intended send time to the last byte. */
  latencyMs: { before: LatencyQuantiles | null; during: LatencyQuantiles | null; after: LatencyQuantiles | null };
  /** Slowest order of the fault window minus the baseline's p99.9, each less its own oven time. */
  addedLatencyMsMax: number | null;
  /** Front door's attempts per request in the worst 10 seconds. */
  attemptsPerRequest: number | null;
  /** Orders per second of the baseline that were baked over the way under fault; null where the fault is on no way between two AZs. */
  crossingOrdersPerSecond: number | null;
  /** From the moment in which healing began to the intended time of the first order that the AZ answered; null for one that never did, or never was left. */
  servesAgainMs: number | null;
  /** Between the first and the last member that was struck, by the injector's clock; null when no fault was made. */
  skewMs: number | null;
  headroom: Headroom;
  timelineMs: Timeline;
  /** `cpuMax`: share of all processors in use over the busiest 5 s before and during the fault, 0..1, without what runs at a lower priority. */
  host: { cpuMax: number; generatorLagMsP99: number };
}

export interface Verdict {
  schema: typeof VERDICT_SCHEMA;
  experiment: string;
  verdict: VerdictState;
  /** What the document says every run will end in: FAIL of a control arm, ABORTED of a rehearsal. */
  expected: VerdictState;
  seed: number;
  region: string;
  runs: VerdictRun[];
  /** AZs that were asked for and not come to, because it was ended before its time. */
  notRun: string[];
  /** The command that does it again. */
  replay: string;
}
