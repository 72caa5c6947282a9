/**
 * Every number of the balanced client, with its reason. All times are milliseconds. A program overrides
 * what its place in the path asks for (only the front door times a try out); nothing else is tuned.
 */
export interface ClientParameters {
  /** Active checks (Envoy and HAProxy's form: slow while sure, fast while in doubt). */
  checkIntervalMs: number;
  doubtIntervalMs: number;
  /** Targets that are up are asked this seldom by a client that had no request for `idleAfterMs` (Envoy's `no_traffic_interval`). */
  idleIntervalMs: number;
  idleAfterMs: number;
  /** A down target is asked ever less often, from `checkIntervalMs` doubling to this. */
  downIntervalMsMax: number;
  checkTimeoutMs: number;
  /** Each interval is drawn from ±this share, so that balancers do not check in step. */
  jitter: number;
  /** Failed checks in a row that take a target down (a refused connection takes it down at once). */
  fall: number;
  /** Passed checks in a row that bring a down target back. */
  rise: number;
  /** Every n-th check uses a new connection: a reused one hides an accept queue that is full. */
  freshEvery: number;

  /** Nothing came back for this long while something was in flight: probe at once. 6 % of healthy bakes pass it. */
  silenceMs: number;
  stallIntervalMs: number;
  /** A stall probe's timeout is the larger of this and `stallTimeoutFactor` × the target's own probe p99. */
  stallTimeoutMsMin: number;
  stallTimeoutFactor: number;

  /** Live requests that broke: this many in a row, or `transportShareMax` of at least `transportSamplesMin` within `transportWindowMs`. */
  transportInRow: number;
  transportWindowMs: number;
  transportSamplesMin: number;
  transportShareMax: number;
  /** Longest try; null where inner hops act on probes instead, so that a slow bake is not baked twice. */
  tryTimeoutMs: number | null;

  /** Memory of the latency average (Finagle's peak EWMA). */
  ewmaTauMs: number;
  /** Latencies closer than this factor count as equal, else an idle fleet sends everything to the luckiest target. */
  ewmaDeadband: number;
  slowStartMs: number;
  slowStartWeightMin: number;

  /** Re-sends allowed per first attempt over `retryWindowMs`, beside `retriesMin`. */
  retryRatio: number;
  retriesMin: number;
  retryWindowMs: number;

  /** Own-zone utilisation at which traffic starts to spill to other zones, and at which it comes back. */
  spillStart: number;
  spillStop: number;
  /** Largest change of the spilled share per second, except when capacity was lost. */
  spillStepPerS: number;

  /** Usable share of all targets below which sick but answering ones are admitted; left above `failOpenLeave` held for `failOpenLeaveMs`. */
  failOpenBelow: number;
  failOpenLeave: number;
  failOpenLeaveMs: number;

  /** A process that was itself this late learns nothing from that round of checks and timeouts. */
  ownLagMsMax: number;
  /** Ticks are at least this far apart: 200 a second bound the cost of any number of targets. */
  tickMsMin: number;
}

export const DEFAULT_PARAMETERS: Readonly<ClientParameters> = Object.freeze({
  checkIntervalMs: 500,
  doubtIntervalMs: 100,
  idleIntervalMs: 2000,
  idleAfterMs: 10_000,
  downIntervalMsMax: 2000,
  checkTimeoutMs: 250,
  jitter: 0.1,
  fall: 2,
  rise: 3,
  freshEvery: 4,

  silenceMs: 150,
  stallIntervalMs: 100,
  stallTimeoutMsMin: 100,
  stallTimeoutFactor: 3,

  transportInRow: 2,
  transportWindowMs: 1000,
  transportSamplesMin: 4,
  transportShareMax: 0.5,
  tryTimeoutMs: null,

  ewmaTauMs: 10_000,
  ewmaDeadband: 3,
  slowStartMs: 10_000,
  slowStartWeightMin: 0.1,

  retryRatio: 0.1,
  retriesMin: 10,
  retryWindowMs: 10_000,

  spillStart: 0.8,
  spillStop: 0.65,
  spillStepPerS: 0.1,

  failOpenBelow: 0.5,
  failOpenLeave: 0.6,
  failOpenLeaveMs: 5000,

  ownLagMsMax: 100,
  tickMsMin: 5,
});
