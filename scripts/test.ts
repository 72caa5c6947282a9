/** `./azimuth test`: everything that needs no Docker. Words after it go to the test runner. */
import { Command } from 'commander';

export function testCommand(): Command {
  return new Command('test')
    .description('run all tests that need no Docker')
    .argument('[filter...]', 'parts of file names, and flags of vitest')
    .allowUnknownOption()
    .addHelpText('after', '\nExamples:\n  $ ./azimuth test\n  $ ./azimuth test policy/\n  $ ./azimuth test kit/state-folder --reporter verbose')
    .action(async (filter: string[]) => {
      const { runTool } = await import('./tool.ts');
      process.exitCode = (await runTool('vitest', 'vitest', ['run', '--project', '!compose', ...filter], 'inherit')).exitCode;
    });
}
