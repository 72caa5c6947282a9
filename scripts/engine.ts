/** `./azimuth engine`: a Docker engine of our own that stays, for machines that have none running (Debian, as root). */
import { Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';

export function engineCommand(): Command {
  return new Command('engine')
    .description('a Docker engine for machines that have none running (Debian, as root)')
    .addCommand(
      new Command('up')
        .description('install and start it, and print what clients need in their environment')
        .addHelpText('after', '\nExamples:\n  $ eval "$(./azimuth engine up)"\n  $ ./azimuth stand-ins\n  $ docker compose up')
        .action(up),
    )
    .addCommand(new Command('down').description('end it, and everything that runs in it; images stay').action(down));
}

async function up(): Promise<void> {
  const [{ progress, printResult }, { prepareEngine }] = await Promise.all([import('#kit/command-line.ts'), import('./engine/prepare.ts')]);
  const { engine } = await prepareEngine(true, 'kept', progress);
  if (!engine.isOwn) progress('An engine is running already; nothing was started.');
  printResult(Object.entries(engine.env).map(([name, value]) => `export ${name}='${value}'`).join('\n'));
}

async function down(): Promise<void> {
  const [{ CommandFailure, progress }, { ownEngineRuns, stopOwnEngine }] = await Promise.all([import('#kit/command-line.ts'), import('./engine/own-engine.ts')]);
  if (!ownEngineRuns()) throw new CommandFailure('No engine of ours is running.', EXIT.NOT_READY);
  await stopOwnEngine();
  progress('The engine has ended.');
}
