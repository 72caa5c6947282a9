/** What is typed about an experiment, checked before anything is done. */
import { InvalidArgumentError, Option } from 'commander';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { EXPERIMENTS, findExperiment } from '../experiments/documents.ts';
import { needsContainers } from '../experiments/precondition.ts';

const SEED_MAX = 2 ** 32 - 1;
const RATE_MAX = 20_000;

/** @throws InvalidArgumentError, which the command line prints as usage */
export function parseExperiment(text: string): ExperimentDocument {
  const found = findExperiment(text);
  if (found !== undefined) return found;
  throw new InvalidArgumentError(`There is: ${EXPERIMENTS.map(({ id }) => id).join(', ')}.`);
}

/** Orders per second. @throws InvalidArgumentError */
function parseOrdersPerSecond(text: string): number {
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

export function azOption(): Option {
  return new Option('--az <az>', 'the AZ under test').choices([...AVAILABILITY_ZONES]);
}

export function rateOption(): Option {
  return new Option('--rate <orders/s>', 'orders per second (default: the designed peak)').argParser(parseOrdersPerSecond);
}

export function seedOption(): Option {
  return new Option('--seed <n>', 'of the arrival times').argParser(parseSeed).default(1);
}

export function untilOption(): Option {
  return new Option('--until <step>', 'wait until the AZs share the orders evenly again, a minute at most').choices(['balanced']);
}

/** One line per experiment, for `--help`. */
export function experimentList(): string {
  const lines = EXPERIMENTS.map((document) => `  ${document.id.padEnd(22)} ${document.title}${needsContainers(document) ? ' (Compose only)' : ''}`);
  return `\nExperiments:\n${lines.join('\n')}`;
}
