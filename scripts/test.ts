/** `./azimuth test`: everything that needs no Docker. Words after it go to the test runner. */
import { Command, Option } from 'commander';

interface Options {
  project?: string;
  queries?: boolean;
  provision?: boolean;
}

export function testCommand(): Command {
  return new Command('test')
    .description('run all tests that need no Docker')
    .argument('[filter...]', 'parts of file names, and flags of vitest')
    .addOption(new Option('--project <name>', 'only those in one process (house), or only those that start a region (fleet)').choices(['house', 'fleet']).conflicts('queries'))
    .option('--queries', 'only this: every query of the dashboards and rules on a real Prometheus, which Go builds once')
    .option('--provision', 'first install what some tests ask and are left out without: Chromium (Debian, as root), Chaos Toolkit')
    .allowUnknownOption()
    .addHelpText('after', `
Examples:
  $ ./azimuth test
  $ ./azimuth test policy/
  $ ./azimuth test policy/retry/retry-budget.test.ts      # one file: its path
  $ ./azimuth test --project house chaos/                 # without the tests that start a region
  $ ./azimuth test kit/state-folder --reporter verbose`)
    .action(async (filter: string[], options: Options) => {
      const { runTool } = await import('./tool.ts');
      if (options.provision === true) await (await import('./test-programs.ts')).installTestPrograms((text) => process.stderr.write(`${text}\n`));
      const projects = projectsOf(options).flatMap((name) => ['--project', name]);
      process.exitCode = (await runTool('vitest', 'vitest', ['run', ...projects, ...filter], 'inherit')).exitCode;
    });
}

/** Of vitest.config.ts; the one for containers is run by `./azimuth test-compose`. */
function projectsOf({ project, queries }: Options): string[] {
  if (queries === true) return ['queries'];
  return project === undefined ? ['house', 'fleet'] : [project];
}
