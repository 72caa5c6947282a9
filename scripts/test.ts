/** `./azimuth test`: everything that needs no Docker. Words after it go to the test runner. */
import { Command } from 'commander';

export function testCommand(): Command {
  return new Command('test')
    .description('run all tests that need no Docker')
    .argument('[filter...]', 'parts of file names, and flags of vitest')
    .option('--queries', 'only this: every query of the dashboards and rules on a real Prometheus, which Go builds once')
    .allowUnknownOption()
    .addHelpText('after', '\nExamples:\n  $ ./azimuth test\n  $ ./azimuth test policy/\n  $ ./azimuth test kit/state-folder --reporter verbose')
    .action(async (filter: string[], { queries }: { queries?: boolean }) => {
      const { runTool } = await import('./tool.ts');
      const projects = queries === true ? ['--project', 'queries'] : ['--project', 'house', '--project', 'fleet'];
      process.exitCode = (await runTool('vitest', 'vitest', ['run', ...projects, ...filter], 'inherit')).exitCode;
    });
}
