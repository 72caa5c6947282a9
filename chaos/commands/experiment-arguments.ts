/** What is typed about an experiment, checked before anything is done. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { commandText, pathFromPeople } from '#kit/tool-container.ts';
import { durationMs } from '../experiments/reading/duration.ts';
import { addAdjustments, type Adjustments } from './adjustments.ts';
import type { ConductOptions } from './conduct.ts';

const SEED_MAX = 2 ** 32 - 1;
const RATE_MAX = 20_000;
const TIMES_MAX = 100;

/** What every command takes that runs a document. */
export interface ExperimentOptions extends Adjustments {
  /** Orders per second. */
  rate?: number;
  seed: number;
  /** Milliseconds. */
  timeout?: number;
  allowInconclusive?: boolean;
  reportDir?: string;
  json?: boolean;
}

export function addExperimentOptions(command: Command): Command {
  command
    .addOption(new Option('--rate <orders/s>', 'orders per second (default: what the document says, else the designed peak)').argParser(parseOrdersPerSecond))
    .addOption(new Option('--seed <n>', 'of the arrival times').argParser(parseSeed).default(1));
  return addAdjustments(command)
    .addOption(new Option('--timeout <time>', 'end it ABORTED, all healed, after this time, such as 90s or 10m').argParser(parseTimeout))
    .addOption(allowInconclusiveOption())
    .addOption(new Option('--report-dir <folder>', "put the report's folder in this one").argParser((folder) => pathFromPeople(folder)));
}

export function allowInconclusiveOption(): Option {
  return new Option('--allow-inconclusive', 'exit 0 also when a run was INCONCLUSIVE, for whatever reason');
}

/** As the run takes them. */
export function conductOptions({ rate, seed, timeout, allowInconclusive, reportDir, json }: ExperimentOptions): Pick<ConductOptions, 'ratePerSecond' | 'seed' | 'timeoutMs' | 'allowInconclusive' | 'reportDir' | 'json'> {
  return { ratePerSecond: rate ?? null, seed, timeoutMs: timeout ?? null, allowInconclusive: allowInconclusive === true, reportDir: reportDir ?? null, json: json === true };
}

/** Orders per second. @throws InvalidArgumentError */
export function parseOrdersPerSecond(text: string): number {
  const rate = Number(text);
  if (/^\d+(\.\d+)?$/.test(text) && rate >= 1 && rate <= RATE_MAX) return rate;
  throw new InvalidArgumentError(`It must be a number from 1 to ${RATE_MAX}.`);
}

/** @throws InvalidArgumentError */
function parseSeed(text: string): number {
  const seed = Number(text);
  if (/^\d+$/.test(text) && seed <= SEED_MAX) return seed;
  throw new InvalidArgumentError(`It must be a whole number from 0 to ${SEED_MAX}.`);
}

/** @throws InvalidArgumentError */
export function parseTimes(text: string): number {
  const times = Number(text);
  if (/^\d{1,3}$/.test(text) && times >= 1 && times <= TIMES_MAX) return times;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${TIMES_MAX}.`);
}

/** @param otherwise for the help: which it is where none is given, if the document decides */
export function azOption(otherwise?: string): Option {
  return new Option('--az <az>', `the AZ under test${otherwise === undefined ? '' : ` (default: ${otherwise})`}`).choices([...AVAILABILITY_ZONES]);
}

/** Milliseconds. @throws InvalidArgumentError */
function parseTimeout(text: string): number {
  const timeoutMs = durationMs(text);
  if (timeoutMs >= 1000) return timeoutMs;
  throw new InvalidArgumentError('It must be a time from 1s on, such as 90s or 10m.');
}

/** For `--help`. */
export function whichExperiments(): string {
  return `\n"${commandText('experiment list')}" shows the experiments that there are; docs/experiments.md says how to write one.`;
}
