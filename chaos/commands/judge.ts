/**
 * `./azimuth judge <folder>`: computes the verdict of a kept run again, from its records and its journal alone, and draws
 * its report anew. It ends as the run itself would.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Verdict, VerdictRun } from '#contracts/verdict.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { pathFromPeople } from '#kit/tool-container.ts';
import { allowInconclusiveOption } from './experiment-arguments.ts';

export function judgeCommand(): Command {
  return new Command('judge')
    .description('compute the verdict of a report again from its records, and draw the report anew')
    .argument('<folder>', 'the folder that a run printed last')
    .addOption(allowInconclusiveOption())
    .option('--json', 'the verdict as azimuth.verdict/1')
    .action(async (folder: string, options: { json?: boolean; allowInconclusive?: boolean }) => {
      const [{ readReport, rewriteReport }, { judge }, { outcomeOf, verdictStateOf }, { verdictText }] = await Promise.all([
        import('../experiments/report-folder.ts'), import('#chaos/verdict/judge.ts'), import('#chaos/verdict/outcome.ts'), import('#chaos/verdict/verdict-text.ts'),
      ]);
      const path = pathFromPeople(folder);
      const report = readReport(path);
      const runs = report.runs.map(({ records, journal, document }) => judge(records, journal, document));
      const verdict: Verdict = { ...report.verdict, runs, verdict: verdictStateOf({ ...report.verdict, runs }) };
      if (options.json === true) printJson(verdict);
      else {
        const columns = process.stdout.columns || 100;
        const texts = report.runs.map((one, index) => verdictText(runs[index] as VerdictRun, one.document, one.records, one.journal, columns));
        printResult(texts.map((lines) => lines.join('\n')).join('\n\n'));
      }
      drawAnew(() => rewriteReport(path, verdict, report.runs));
      process.exitCode = EXIT[outcomeOf(verdict, { allowInconclusive: options.allowInconclusive === true })];
    });
}

/** A report on a medium that cannot be written is judged all the same. */
function drawAnew(rewrite: () => void): void {
  try {
    rewrite();
  } catch (error) {
    if (!(error instanceof CommandFailure)) throw error;
    progress(error.message);
  }
}
