/**
 * Which experiments there are: those that are shipped, by name, and those that somebody wrote, by path. What is shipped
 * is read like everything else, so that a mistake in it is found as anybody's would be.
 */
import { readFileSync } from 'node:fs';
import { EXIT } from '#contracts/exit-codes.ts';
import type { AnyDocument, ExperimentDocument } from '#contracts/experiment.ts';
import { nearestName } from '#chaos/injector/nearest-name.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { commandText, pathFromPeople } from '#kit/tool-container.ts';
import { readDocumentText } from './document-text.ts';
import { readDocument } from './reading/read.ts';
import { DOCUMENT_ENDING, isPath, shippedNames, shippedPath } from './shipped-names.ts';

/** @throws CommandFailure USAGE, with every mistake in it */
export function shippedDocument(name: string): AnyDocument {
  return readDocument(readFileSync(shippedPath(name), 'utf8'), shippedPath(name));
}

/** All that have phases. */
export function shippedExperiments(): ExperimentDocument[] {
  return shippedNames().map(shippedDocument).filter((document) => document.kind === 'Experiment');
}

/** @throws RangeError for a name that is none */
export function experimentNamed(name: string): ExperimentDocument {
  const document = shippedDocument(name);
  if (document.kind !== 'Experiment') throw new RangeError(`${name} has no phases`);
  return document;
}

/**
 * @param asked a name, or the path of a file (with a slash, or ending in .yaml, .yml or .json)
 * @returns the path at which it can be read
 * @throws CommandFailure USAGE, naming what was probably meant
 */
export function pathOfDocument(asked: string): string {
  if (isPath(asked)) return pathFromPeople(asked);
  const names = shippedNames();
  if (names.includes(asked)) return shippedPath(asked);
  const nearest = nearestName(asked, names);
  const remedy = nearest === null ? `There is: ${names.join(', ')}.` : `Did you mean ${nearest}? "${commandText('experiment list')}" shows all.`;
  throw new CommandFailure(`There is no experiment "${asked}".`, EXIT.USAGE, `${remedy} A file is named by its path, such as ./${asked}${DOCUMENT_ENDING}.`);
}

/**
 * The text of a document, and the name under which its mistakes are told.
 * @throws CommandFailure USAGE, as {@link pathOfDocument} and {@link readDocumentText} do
 */
export function textOfDocument(asked: string): { text: string; file: string } {
  const path = pathOfDocument(asked);
  return { text: readDocumentText(path, asked), file: path === shippedPath(asked) ? path : asked };
}

/** @throws CommandFailure USAGE, with every mistake in it */
export function openDocument(asked: string): AnyDocument {
  const { text, file } = textOfDocument(asked);
  return readDocument(text, file);
}
