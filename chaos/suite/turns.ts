/** In which order a suite's runs are made: one of each experiment before the second of any, each time in its next AZ. */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';

export interface Turn {
  document: ExperimentDocument;
  az: AvailabilityZone;
  /** Of the arrival times; another one for each run of an experiment. */
  seed: number;
}

/** @param times runs of each; null for one in each AZ of its matrix  @param seed of the first run of each */
export function turnsOf(documents: readonly ExperimentDocument[], times: number | null, seed: number): Turn[] {
  const wanted = (document: ExperimentDocument): number => times ?? document.azs.length;
  const rounds = Math.max(0, ...documents.map(wanted));
  return Array.from({ length: rounds }, (_, round) =>
    documents
      .filter((document) => round < wanted(document))
      .map((document) => ({ document, az: document.azs[round % document.azs.length] as AvailabilityZone, seed: seed + round })),
  ).flat();
}
