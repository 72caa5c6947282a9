/**
 * What the experiments have in common, so that a document says only what is its own: the bars that customers
 * set, whatever breaks, and the time that a person waits for a run.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';

const PHASES: ExperimentDocument['phases'] = { warmS: 8, baselineS: 10, faultS: 12, recoveryS: 25, balanceS: 61 };

export const BASE = {
  ratePerSecond: null, arm: 'balanced', given: [], crossingOrdersPerSecondMin: null, settings: {}, phases: PHASES, until: 'recovery',
} satisfies Partial<ExperimentDocument>;

export const UNTOUCHED_CUSTOMERS = {
  verdict: 'PASS', failedOrdersMax: 0, failedMenusMax: 0, attemptsPerRequestMax: 1.1, balancedMsMax: 60_000, servesAgainMsMax: null,
} satisfies Partial<ExperimentDocument['expect']>;

/** An AZ that is silent takes a stall, a failed probe and a re-send: silence is heard 200 ms later than a broken connection. */
export const FREEZE_BARS = { addedLatencyMsMax: 600, movedMsMax: 700 } satisfies Partial<ExperimentDocument['expect']>;
