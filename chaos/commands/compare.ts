/**
 * `./azimuth compare <report> <report>`: whether a build, a machine or a setting made a difference that its runs can carry.
 * A side is a report or several of the same experiment, with commas between.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult } from '#kit/command-line.ts';
import { pathFromPeople } from '#kit/tool-container.ts';
import type { ComparedRun } from '../report/compare/figures.ts';

interface ReadSide {
  experiments: string[];
  /** Orders per second. */
  rates: number[];
  runs: ComparedRun[];
}

export function compareCommand(): Command {
  return new Command('compare')
    .description('say which figures of two reports differ by more than noise')
    .argument('<before>', 'folder of a report, or of several of the same experiment, separated by commas')
    .argument('<after>', 'the same of the other side')
    .option('--json', 'the comparison as azimuth.comparison/1')
    .addHelpText('after', '\nExit codes: 0 nothing is worse beyond noise, 1 something is, 2 not to be compared, 3 no run on a side carries a comparison.\nFive runs a side tell what varies from run to run; fewer tell what varies within one.')
    .action(async (before: string, after: string, options: { json?: boolean }) => {
      const [{ compare }, { comparisonText }] = await Promise.all([import('../report/compare/compare.ts'), import('../terminal/compare-text.ts')]);
      const [one, other] = await Promise.all([readSide(before), readSide(after)]);
      const experiment = requireAlike(one, other);
      const comparison = compare(experiment, one.runs, other.runs);
      if (options.json === true) printJson(comparison);
      else printResult(comparisonText(comparison));
      const outcomes = comparison.azs.flatMap(({ figures }) => figures.map(({ outcome }) => outcome));
      process.exitCode = outcomes.length === 0 ? EXIT.INCONCLUSIVE : outcomes.includes('worse') ? EXIT.FAIL : EXIT.PASS;
    });
}

/** Judged again, so that both sides are by the same rules. @throws CommandFailure USAGE for a folder that is no report */
async function readSide(folders: string): Promise<ReadSide> {
  const [{ readReport }, { judge }, { reportOf }, { comparedRun }] = await Promise.all([
    import('../experiments/report-folder.ts'), import('#chaos/verdict/judge.ts'), import('../report/report.ts'), import('../report/compare/figures.ts'),
  ]);
  const side: ReadSide = { experiments: [], rates: [], runs: [] };
  for (const folder of folders.split(',')) {
    const { verdict, runs: evidence } = readReport(pathFromPeople(folder.trim()));
    const runs = evidence.map(({ records, journal, document }) => judge(records, journal, document));
    const report = reportOf({ ...verdict, runs }, evidence);
    side.experiments.push(verdict.experiment);
    side.rates.push(...report.runs.map(({ facts }) => facts.ratePerSecond));
    side.runs.push(...report.runs.flatMap((reported, index) => {
      const one = evidence[index];
      return one === undefined ? [] : [comparedRun(reported, one)];
    }));
  }
  return side;
}

/** Name of the experiment. @throws CommandFailure USAGE when it, or its rate, is not one and the same */
function requireAlike(one: ReadSide, other: ReadSide): string {
  const experiments = [...new Set([...one.experiments, ...other.experiments])];
  const rates = [...new Set([...one.rates, ...other.rates])];
  if (experiments.length > 1) throw new CommandFailure(`These are different experiments: ${experiments.join(', ')}.`, EXIT.USAGE, 'Compare reports of one experiment.');
  if (rates.length > 1) throw new CommandFailure(`These were run at different rates: ${rates.join(', ')} orders/s.`, EXIT.USAGE, 'Run both at the same rate; each report says how it is run again.');
  return experiments[0] ?? '';
}
