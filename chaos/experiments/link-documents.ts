/**
 * Experiments on the ways into, out of and between AZs. A cut needs traffic that crosses it: zone affinity keeps
 * nearly all of it at home, so a cut between two healthy AZs would pass because nobody was there. Hence
 * the kitchens of the AZ under test are down beforehand, and it bakes in the other two.
 * Reference: P. Bailis, K. Kingsbury, "The Network is Reliable", ACM Queue 12(7), 2014.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { BASE, FREEZE_BARS, UNTOUCHED_CUSTOMERS } from './document-base.ts';

/** At peak about 50/s cross; fewer than this are too few for a silence of milliseconds to meet any. */
const CROSSING_ORDERS_PER_SECOND_MIN = 20;
const SLOW_MS = 400;
/** A link that dialled into the void meanwhile must not go on waiting there. */
const SERVES_AGAIN_MS_MAX = 10_000;

const azIsolation: ExperimentDocument = {
  ...BASE,
  id: 'az-isolation',
  title: 'An AZ is isolated',
  hypothesis: 'When every way into and out of an AZ falls silent at peak, connections left open, no customer request fails.',
  fault: { verb: 'isolate', target: '{az}' },
  expect: { ...UNTOUCHED_CUSTOMERS, ...FREEZE_BARS },
};

const azBlackhole: ExperimentDocument = {
  ...azIsolation,
  id: 'az-blackhole',
  title: 'An AZ vanishes from the network',
  hypothesis: 'When the link of an AZ leaves its networks at peak, without a word, no customer request fails, and the AZ serves again soon after its return.',
  fault: { verb: 'isolate', target: '{az}', silent: true },
  expect: { ...azIsolation.expect, servesAgainMsMax: SERVES_AGAIN_MS_MAX },
};

const azCut: ExperimentDocument = {
  ...BASE,
  id: 'az-cut',
  title: 'Two AZs lose each other',
  hypothesis: 'When an AZ that bakes in the other two loses the way to one of them, no customer request fails.',
  fault: { verb: 'cut', target: '{az}', peer: '{peer}' },
  given: [
    { verb: 'kill', target: '{az}-kitchen-a' },
    { verb: 'kill', target: '{az}-kitchen-b' },
  ],
  crossingOrdersPerSecondMin: CROSSING_ORDERS_PER_SECOND_MIN,
  expect: {
    ...UNTOUCHED_CUSTOMERS,
    // Both AZs stay in use, so nothing moves and the shares never change; with the reserve spent on the kitchens, latency is their queue's.
    addedLatencyMsMax: null, movedMsMax: null, balancedMsMax: null,
    // Kept: the storefront sends a lost order again over its other way, which the front door must not do a second time.
  },
};

const azCutOneWay: ExperimentDocument = {
  ...azCut,
  id: 'az-cut-one-way',
  title: 'One AZ loses another, which still reaches it',
  hypothesis: 'When only the connections that an AZ opens to another one fall silent, no customer request fails.',
  fault: { ...azCut.fault, oneWay: true },
};

const azSlow: ExperimentDocument = {
  ...BASE,
  id: 'az-slow',
  title: 'The ways of an AZ slow down (measured, no bar)',
  hypothesis: `What do customers get when everything asked over the ways of an AZ takes ${SLOW_MS} ms longer?`,
  fault: { verb: 'slow', target: '{az}', latencyMs: SLOW_MS },
  expect: {
    verdict: 'PASS', failedOrdersMax: null, failedMenusMax: null, addedLatencyMsMax: null, movedMsMax: null, attemptsPerRequestMax: null, balancedMsMax: null,
    servesAgainMsMax: null,
  },
};

export const LINK_EXPERIMENTS: readonly ExperimentDocument[] = [azIsolation, azBlackhole, azCut, azCutOneWay, azSlow];
