/** What a person may change about a document for one run, the same for every command that runs one. */
import { InvalidArgumentError, Option, type Command } from 'commander';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { untilBalanced } from '../experiments/phase-lengths.ts';

const OVENS_MAX = 1000;

export interface Adjustments {
  until?: 'balanced';
  /** False with `--no-rescue`. */
  rescue: boolean;
  ovens?: number;
  waive?: 'headroom';
}

export function addAdjustments(command: Command): Command {
  return command
    .addOption(new Option('--until <step>', 'wait until the AZs share the orders evenly again, a minute at most').choices(['balanced']))
    .option('--no-rescue', 'balancers do not re-send what a silent target holds')
    .option('--ovens <n>', 'ovens of every kitchen', parseOvens)
    .addOption(new Option('--waive <precondition>', 'run it on a region that cannot lose an AZ at this rate').choices(['headroom']));
}

export function adjusted(document: ExperimentDocument, { until, rescue, ovens, waive }: Adjustments): ExperimentDocument {
  const settings = { ...document.settings, ...(rescue ? {} : { rescue }), ...(ovens === undefined ? {} : { ovens }) };
  const changed: ExperimentDocument = { ...document, settings, headroom: waive === undefined ? document.headroom : 'waived' };
  return until === undefined ? changed : untilBalanced(changed);
}

/** As they were typed, each with a space before it. */
export function adjustmentFlags({ until, rescue, ovens, waive }: Adjustments): string {
  const flags = [until && `--until ${until}`, !rescue && '--no-rescue', ovens !== undefined && `--ovens ${ovens}`, waive && `--waive ${waive}`];
  return flags.flatMap((flag) => (typeof flag === 'string' ? [` ${flag}`] : [])).join('');
}

/** @throws InvalidArgumentError */
function parseOvens(text: string): number {
  const ovens = Number(text);
  if (/^\d{1,4}$/.test(text) && ovens >= 1 && ovens <= OVENS_MAX) return ovens;
  throw new InvalidArgumentError(`It must be a whole number from 1 to ${OVENS_MAX}.`);
}
