/** The experiments of a suite, each read as a person's would be. */
import { dirname, resolve } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import type { ExperimentDocument, SuiteDocument } from '#contracts/experiment.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { openDocument } from '../experiments/documents.ts';
import { isPath } from '../experiments/shipped-names.ts';

export interface SuiteMemberDocument {
  document: ExperimentDocument;
  /** As it is run by a person, on its own. */
  asked: string;
  isAdvisory: boolean;
  weight: number;
}

/** @param file where the suite lies. @throws CommandFailure USAGE for the first that is no experiment, or that has the name of another */
export function openMembers(suite: SuiteDocument, file: string): SuiteMemberDocument[] {
  const members = suite.experiments.map(({ experiment, isAdvisory, weight }) => {
    const asked = isPath(experiment) ? resolve(dirname(file), experiment) : experiment;
    const document = openDocument(asked);
    if (document.kind !== 'Experiment') throw new CommandFailure(`${suite.id} holds ${document.id}, which is no experiment with phases.`, EXIT.USAGE, 'A suite holds experiments; run the other on its own.');
    return { document, asked, isAdvisory, weight };
  });
  const twice = members.find(({ document: { id } }, index) => members.findIndex((one) => one.document.id === id) !== index);
  if (twice !== undefined) throw new CommandFailure(`${suite.id} holds two experiments that are called ${twice.document.id}.`, EXIT.USAGE, 'Give one of them another id.');
  return members;
}
