/** How a command ends for a document with mistakes, of whichever format: all of them at once, each at its place. */
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { problemText, type Problem } from '#kit/region/problem.ts';

/**
 * USAGE, with every mistake on a line of its own: file, line, column, field, what it must be.
 * @param reference which page says what the format takes
 */
export function mistakesFailure(file: string, problems: readonly Problem[], reference: string): CommandFailure {
  const mistakes = problems.length === 1 ? 'a mistake' : `${problems.length} mistakes`;
  return new CommandFailure(`${file} has ${mistakes}:\n${problems.map((problem) => `  ${problemText(problem)}`).join('\n')}`, EXIT.USAGE, `Nothing was done. ${reference}`);
}
