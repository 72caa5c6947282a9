/**
 * `./azimuth test-compose`: the deployment, end to end, on a Docker engine. Guards against the run that was left out
 * without a word: no engine is a failure, unless it was waived by name.
 */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';

interface Options {
  provision?: boolean;
  standIns?: boolean;
}

export function testComposeCommand(): Command {
  return new Command('test-compose')
    .description('test the deployment in containers, on a Docker engine')
    .argument('[filter...]', 'parts of file names')
    .option('--provision', 'install and start an engine where none is running, for this run (Debian, as root)')
    .option('--stand-ins', 'build images that are not there instead of pulling them; goes without saying with --provision')
    .addHelpText('after', '\nAZIMUTH_WAIVE_COMPOSE=1 makes it do nothing, and say so.\n\nExamples:\n  $ ./azimuth test-compose\n  $ npm run test:compose -- --provision\n  $ ./azimuth test-compose walls')
    .action(testCompose);
}

async function testCompose(filter: string[], { provision = false, standIns = false }: Options): Promise<void> {
  const [{ progress, printResult }, { prepareEngine }, { withCleanUp }] = await Promise.all([import('#kit/command-line.ts'), import('./engine/prepare.ts'), import('./engine/clean-up.ts')]);
  if (process.env['AZIMUTH_WAIVE_COMPOSE'] === '1') {
    printResult('WAIVED by AZIMUTH_WAIVE_COMPOSE: the deployment in containers was NOT tested.');
    return;
  }
  let release = async (): Promise<void> => undefined;
  const work = async (): Promise<void> => {
    const prepared = await prepareEngine(provision, 'this process', progress);
    release = prepared.release;
    // For the tests, and for every command that they start.
    Object.assign(process.env, prepared.engine.env);
    const [{ ensureImages }, { runComposeTests }] = await Promise.all([import('./stand-ins/ensure-images.ts'), import('./engine/compose-tests.ts')]);
    await ensureImages(prepared.engine, provision || standIns || prepared.engine.isOwn, progress);
    const { exitCode, text } = await runComposeTests(filter);
    printResult(text);
    process.exitCode = exitCode === 0 ? EXIT.PASS : EXIT.FAIL;
  };
  await withCleanUp(work, () => release(), progress);
}
