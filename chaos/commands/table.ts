/**
 * `./azimuth table`: everything that Azimuth claims about its faults, run on one region that is never
 * restarted. It says beforehand how long it takes, keeps each verdict with its commit as soon as it is there,
 * resumes where it was, and counts a run only while the code that it was about is the code of now. Each body has a
 * table of its own.
 */
import { Command, Option } from 'commander';
import { parseOrdersPerSecond } from './experiment-arguments.ts';
import type { CodeState, TableOptions } from './run-table.ts';

/** @param code the state of `policy/`, `kit/` and `services/` */
export function tableCommand(code: CodeState): Command {
  return new Command('table')
    .description('run everything that is claimed on one running region, resuming where it was, and print the table')
    .option('--rows <ids>', 'only these, separated by commas', (text: string) => text.split(',').map((id) => id.trim()))
    .addOption(new Option('--rate <orders/s>', 'of the rows at peak, which are then rows of their own (default: the designed peak)').argParser(parseOrdersPerSecond))
    .addOption(new Option('--body <body>', 'with --list: the table of which body (default: that of the running region, else embedded)').choices(['embedded', 'compose']))
    .option('--list', 'print the table as it is known and run nothing')
    .option('--markdown', 'print the table as Markdown')
    .option('--write-readme', 'also put it between its marks in the README')
    .option('--json', 'print rows and runs as one JSON document')
    .option('--region <name>', 'the region, when several are running')
    .addHelpText('after', '\n"./azimuth table --list --json" shows the rows with their names, of either --body.')
    .action(async (options: TableOptions) => {
      const { runTable } = await import('./run-table.ts');
      await runTable(options, code);
    });
}
