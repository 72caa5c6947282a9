/**
 * When a run's evidence is too thin or too disturbed for a verdict: every number that can make one INCONCLUSIVE, in one
 * place. docs/experiments.md lists them, and a test compares it with this file.
 */
export const THRESHOLDS = {
  /** A second in which nothing on this machine ran (sleep, VM pause, clock jump) hides a second of outage. */
  hostGapMsMax: 1000,
  /** Later than a tenth of the customers' patience, the load is no open loop any more (p99). */
  generatorLagMsP99Max: 100,
  /** Share of all processors, 0..1, over 5 s before and during the fault, without what runs at a lower priority. The restart of an AZ takes all for a moment; that is no fault of the run. */
  cpuShareMax: 0.97,
  /** A fault is one event. An AZ that dies over longer than that dies several times, and each is easier to survive. */
  skewMsMax: 1500,
  /** Orders of a baseline, so many that their p99.9 is one of them and not the slowest by definition. */
  baselineOrdersMin: 1000,
  /** Orders of a fault window, and of any window of which a median or a p99 is wanted. */
  windowOrdersMin: 100,
  /** Orders of a window of which a p99.9 is wanted. */
  tailOrdersMin: 1000,
  /** Orders that the fault touched. */
  touchedOrdersMin: 1,
  /** Share of the host's samples, one a second, that may be missing. */
  hostSamplesMissingMax: 0.5,
  /** Arrivals are Poisson: a count of orders strays by its square root, and by six of them once in a billion runs. */
  offeredSigmas: 6,
} as const;
