/** `./azimuth runs`: the runs that the controller remembers; with the name of one, how it is and where its report lies, and its end before its time. */
import { Argument, Command } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { findRegion } from '#kit/find-region.ts';
import { apiForPeople } from '../client/api-for-people.ts';

interface RunsOptions {
  abort?: boolean;
  region?: string;
  json?: boolean;
}

export function runsCommand(): Command {
  return new Command('runs')
    .description('experiments that run and that have run, newest first; with an id, that one and its report')
    .addArgument(new Argument('[id]', 'one of them, such as r3'))
    .option('--abort', 'end it before its time: what it broke is healed first')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document')
    .action(runs);
}

async function runs(id: string | undefined, options: RunsOptions): Promise<void> {
  if (id === undefined && options.abort === true) throw new CommandFailure('Say which run is to end: "runs <id> --abort".', EXIT.USAGE);
  const [{ followRun, listRuns, lookAtRun, stopRun }, { runListText, runText }] = await Promise.all([import('../client/controller-run.ts'), import('../terminal/runs-text.ts')]);
  const running = await findRegion(options.region);
  if (id === undefined) {
    const list = await listRuns(running);
    if (options.json === true) printJson(list);
    else printResult(runListText(list.runs, Date.now()));
    return;
  }
  if (options.abort === true && (await stopRun(running, id)).state !== 'ended') {
    progress('Stopping: what is broken is healed first.');
    await followRun(running, id, new AbortController().signal, () => undefined);
  }
  const run = await lookAtRun(running, id);
  if (options.json === true) printJson(run);
  else printResult(runText(run, apiForPeople(running), Date.now()));
}
