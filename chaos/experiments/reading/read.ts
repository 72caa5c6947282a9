/** Reads an experiment: its text in, the document or all its mistakes out, never half of it. */
import type { AnyDocument } from '#contracts/experiment.ts';
import { ExperimentSchema, type WrittenDocument, type WrittenExperiment, type WrittenSuite } from '#contracts/experiment-schema.ts';
import type { Problem } from '#kit/region/problem.ts';
import { checkMeaning } from './meaning.ts';
import { mistakesFailure } from './mistakes-failure.ts';
import { resolveDocument } from './resolve.ts';
import { checkShape, meantOf, type Schema } from './shape.ts';
import { Source, type Path } from './source.ts';
import { checkSuite } from './suite-meaning.ts';

/** Longer than any document that a person can follow. */
export const CHARACTERS_MAX = 65_536;

const KINDS: readonly WrittenDocument['kind'][] = ['Experiment', 'KneeSearch', 'Suite'];

type Parsed = { document: AnyDocument; problems: [] } | { document: null; problems: Problem[] };

/** @throws CommandFailure USAGE, as {@link mistakesFailure} says it */
export function readDocument(text: string, file: string): AnyDocument {
  const { document, problems } = parseExperiment(text, file);
  if (document !== null) return document;
  throw mistakesFailure(file, problems, 'docs/experiments.md says what each field takes.');
}

/** Either the document or what is wrong with it. Never throws. */
export function parseExperiment(text: string, file: string): Parsed {
  const unreadable = (message: string): Parsed => ({ document: null, problems: [{ file, line: 1, column: 1, message }] });
  if (text.length > CHARACTERS_MAX) return unreadable(`a document has at most ${CHARACTERS_MAX} characters`);
  try {
    return parse(new Source(text, file));
  } catch (error) {
    if (error instanceof RangeError) return unreadable('it is nested too deeply to be read');
    throw error;
  }
}

/** @throws RangeError when its nesting exhausts the stack */
function parse(source: Source): Parsed {
  if (source.isBroken) return { document: null, problems: source.problems() };
  checkShape(source, ExperimentSchema as Schema);
  const written = source.value() as WrittenDocument | null;
  const broken = source.brokenFields();
  const isSound = (field: string): boolean => !broken.has(field);
  const report = (path: Path, message: string): void => source.report(path, message);
  const kind = isFields(written) ? meantOf(written.kind, KINDS) : null;
  if (kind === 'Suite') checkSuite(written as WrittenSuite, isSound, report);
  if (kind === 'Experiment') checkMeaning(written as WrittenExperiment, isSound, report);
  const problems = source.problems();
  return problems.length === 0 ? { document: resolveDocument(written as WrittenDocument), problems: [] } : { document: null, problems };
}

function isFields(written: unknown): written is { kind?: unknown } {
  return typeof written === 'object' && written !== null && !Array.isArray(written);
}
