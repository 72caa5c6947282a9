/**
 * What can be typed at each place of the command line, read from commander's own tree, so that no completion goes without
 * a flag that the help has. A place is the command and what stands there: `run:0` its first argument, `run:*` any further
 * one, `run:--az` the value of a flag, `run:-` its flags; the program's own command is empty: `:0`.
 */
import type { Argument, Command, Option } from 'commander';

export interface Candidate {
  word: string;
  /** In a line; may be empty. */
  about: string;
}

export interface Answer {
  place: string;
  words: readonly Candidate[];
  /** Also what lies in the folder. */
  files: boolean;
}

export interface CompletionTable {
  /** Words that lead to a command: `experiment:show` to `experiment show`. */
  steps: readonly { place: string; command: string }[];
  /** Places of flags behind which a value stands. */
  valueFlags: readonly string[];
  /** The first that matches counts. */
  answers: readonly Answer[];
}

/** Words by the name that an argument has in the help: `<target>`. */
export type KnownNames = Readonly<Record<string, readonly string[]>>;

/** Arguments and values of flags that are found in a folder. */
const FILES = new Set(['experiment', 'file', 'files', 'folder', 'before', 'after', 'filter']);

export function completionTable(program: Command, names: KnownNames): CompletionTable {
  const rows = commandsOf(program, '').map(([name, command]) => rowsOf(name, command, names));
  return { steps: rows.flatMap(({ steps }) => steps), valueFlags: rows.flatMap(({ valueFlags }) => valueFlags), answers: rows.flatMap(({ answers }) => answers) };
}

/** With those below it, by the words that lead there. */
function commandsOf(command: Command, name: string): [name: string, command: Command][] {
  return [[name, command], ...visibleBelow(command).flatMap((below) => commandsOf(below, wordsOf(name, below)))];
}

function rowsOf(name: string, command: Command, names: KnownNames): CompletionTable {
  const below = visibleBelow(command);
  const flags = command.createHelp().visibleOptions(command);
  const taking = flags.filter((flag) => flag.required || flag.optional);
  const valuesOf = (flag: Option): Pick<Answer, 'words' | 'files'> => ({ words: plain(flag.argChoices ?? []), files: FILES.has(valueName(flag)) });
  const { registeredArguments } = command;
  return {
    steps: below.map((one) => ({ place: `${name}:${one.name()}`, command: wordsOf(name, one) })),
    valueFlags: taking.flatMap((flag) => spellings(flag).map((word) => `${name}:${word}`)),
    answers: [
      { place: `${name}:-`, words: flags.flatMap((flag) => spellings(flag).map((word) => candidate(word, flag.description))), files: false },
      ...taking.flatMap((flag) => spellings(flag).map((word) => ({ place: `${name}:${word}`, ...valuesOf(flag) }))),
      ...(below.length === 0 ? [] : [{ place: `${name}:0`, words: below.map((one) => candidate(one.name(), one.description())), files: false }]),
      ...registeredArguments.map((argument, at) => ({ place: `${name}:${argument.variadic ? '*' : at}`, ...typed(argument, names) })),
    ],
  };
}

function typed(argument: Argument, names: KnownNames): Pick<Answer, 'words' | 'files'> {
  return { words: plain(argument.argChoices ?? names[argument.name()] ?? []), files: FILES.has(argument.name()) };
}

function visibleBelow(command: Command): Command[] {
  return command.createHelp().visibleCommands(command);
}

function wordsOf(above: string, command: Command): string {
  return above === '' ? command.name() : `${above} ${command.name()}`;
}

function spellings({ short, long }: Option): string[] {
  return [long, short].filter((word) => word !== undefined);
}

/** `folder` of `--report-dir <folder>`. */
function valueName({ flags }: Option): string {
  return /[<[]([^>\].]+)/.exec(flags)?.[1] ?? '';
}

function candidate(word: string, description: string): Candidate {
  return { word, about: description.split('\n')[0] ?? '' };
}

function plain(words: readonly string[]): Candidate[] {
  return words.map((word) => candidate(word, ''));
}
