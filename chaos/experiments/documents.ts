/**
 * The experiments that can be run by name, as data: here what happens to processes, in `link-documents.ts` what
 * happens to the ways between them. Phases are short because every second of a run is waited
 * for; what a phase needs at least (orders for a p99.9) is seen to by the runner, not here.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { BASE, FREEZE_BARS, UNTOUCHED_CUSTOMERS } from './document-base.ts';
import { LINK_EXPERIMENTS } from './link-documents.ts';

const azPowerLoss: ExperimentDocument = {
  ...BASE,
  id: 'az-power-loss',
  title: 'An AZ loses power',
  hypothesis: 'When everything in an AZ is killed at peak, no customer request fails, and none when the AZ returns.',
  fault: { verb: 'kill', target: '{az}' },
  // What one run must keep; the table asks for 250 ms in nine runs of ten (table-rows.ts).
  expect: { ...UNTOUCHED_CUSTOMERS, addedLatencyMsMax: 500, movedMsMax: 500 },
};

const azPowerLossSilent: ExperimentDocument = {
  ...azPowerLoss,
  id: 'az-power-loss-silent',
  title: 'An AZ loses power without a word',
  hypothesis: 'When an AZ is off the network before everything in it is killed, so that no connection is closed, no customer request fails.',
  fault: { verb: 'kill', target: '{az}', silent: true },
  // Nothing tells of its death but silence, as with a freeze.
  expect: { ...UNTOUCHED_CUSTOMERS, ...FREEZE_BARS },
};

const azFreeze: ExperimentDocument = {
  ...BASE,
  id: 'az-freeze',
  title: 'An AZ freezes',
  hypothesis: 'When everything in an AZ stops answering but keeps its connections, no customer request fails.',
  fault: { verb: 'freeze', target: '{az}' },
  expect: { ...UNTOUCHED_CUSTOMERS, ...FREEZE_BARS },
};

const replicaLoss: ExperimentDocument = {
  ...BASE,
  id: 'replica-loss',
  title: 'A replica dies',
  hypothesis: 'When one replica is killed at peak, no customer request fails.',
  fault: { verb: 'kill', target: '{az}-kitchen-a' },
  expect: { ...UNTOUCHED_CUSTOMERS, addedLatencyMsMax: null, movedMsMax: null },
};

const dcLoss: ExperimentDocument = {
  ...replicaLoss,
  id: 'dc-loss',
  title: 'A data centre loses power',
  hypothesis: 'When one of the two data centres of an AZ is killed at peak, no customer request fails.',
  fault: { verb: 'kill', target: '{az}-dc1' },
};

const azPowerLossBare: ExperimentDocument = {
  ...azPowerLoss,
  id: 'az-power-loss-bare',
  title: 'Control arm: an AZ loses power under bare customers',
  hypothesis: 'Customers who try once, straight at a storefront, lose orders with the AZ: this is what balancing prevents.',
  arm: 'bare',
  expect: { ...azPowerLoss.expect, verdict: 'FAIL', movedMsMax: null, attemptsPerRequestMax: null, balancedMsMax: null },
};

const azFreezeWithoutRescue: ExperimentDocument = {
  ...azFreeze,
  id: 'az-freeze-no-rescue',
  title: 'Control arm: an AZ freezes, stall rescue switched off',
  hypothesis: 'Without stall rescue, orders under way in a frozen AZ are lost or late: this is what rescue prevents.',
  settings: { rescue: false },
  expect: { ...azFreeze.expect, verdict: 'FAIL' },
};

/** By id, in the order in which they are listed to people. */
export const EXPERIMENTS: readonly ExperimentDocument[] = [
  azPowerLoss, azPowerLossSilent, azFreeze, replicaLoss, dcLoss, ...LINK_EXPERIMENTS, azPowerLossBare, azFreezeWithoutRescue,
];

/** Undefined for a name that is none. */
export function findExperiment(id: string): ExperimentDocument | undefined {
  return EXPERIMENTS.find((document) => document.id === id);
}
