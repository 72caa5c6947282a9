/**
 * Assembles the command line from the commands that each lie in a file of their own, and decides how it
 * ends: usage is exit 2 with a suggestion, a failure that a command foresaw is its sentence and its exit
 * code, anything else is exit 6 with where to report it.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { commandText, isInContainer } from '#kit/tool-container.ts';
import { compareCommand } from '#chaos/commands/compare.ts';
import { cutCommand } from '#chaos/commands/cut.ts';
import { demoCommand } from '#chaos/commands/demo.ts';
import { downCommand } from '#chaos/commands/down.ts';
import { experimentCommand } from '#chaos/commands/experiment.ts';
import { failCommand } from '#chaos/commands/fail.ts';
import { flakyCommand } from '#chaos/commands/flaky.ts';
import { freezeCommand } from '#chaos/commands/freeze.ts';
import { healCommand } from '#chaos/commands/heal.ts';
import { isolateCommand } from '#chaos/commands/isolate.ts';
import { judgeCommand } from '#chaos/commands/judge.ts';
import { killCommand } from '#chaos/commands/kill.ts';
import { lagCommand } from '#chaos/commands/lag.ts';
import { lieCommand } from '#chaos/commands/lie.ts';
import { lockCommand } from '#chaos/commands/lock.ts';
import { regionCommand } from '#chaos/commands/region.ts';
import { runCommand } from '#chaos/commands/run.ts';
import { runsCommand } from '#chaos/commands/runs.ts';
import { shiftCommand } from '#chaos/commands/shift.ts';
import { slowCommand } from '#chaos/commands/slow.ts';
import { statusCommand } from '#chaos/commands/status.ts';
import { tableCommand } from '#chaos/commands/table.ts';
import { trafficCommand } from '#chaos/commands/traffic.ts';
import { unlockCommand } from '#chaos/commands/unlock.ts';
import { upCommand } from '#chaos/commands/up.ts';
import { watchCommand } from '#chaos/commands/watch.ts';
import { toxiproxyCommand } from '../services/link/standalone.ts';
import { loadBalancerCommand } from '../services/load-balancer/standalone.ts';
import { benchCommand } from './bench.ts';
import { checkCommand } from './check.ts';
import { codeState } from './code-state.ts';
import { completionCommand } from './completion.ts';
import { doctorCommand } from './doctor.ts';
import { engineCommand } from './engine.ts';
import { reportFailure } from './failure.ts';
import { isForTheHost, refuseOnContainer } from './in-container.ts';
import { mergeRepeatedSignals, stopWithParent } from './npm-signals.ts';
import { standInsCommand } from './stand-ins.ts';
import { swallowedFlags } from './swallowed-flags.ts';
import { testComposeCommand } from './test-compose.ts';
import { testCommand } from './test.ts';
import { ROOT } from './tool.ts';

const PACKAGE_JSON = join(ROOT, 'package.json');

/** The whole command line; nothing runs before it is given words to parse. */
export function createProgram(): Command {
  const { version } = JSON.parse(readFileSync(PACKAGE_JSON, 'utf8')) as { version: string };
  const program = new Command('azimuth')
    .usage('<command> [options]')
    .description('A cloud region on one machine: three Availability Zones of real services that you break under live traffic.')
    .version(version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help, or with a command the help of that command')
    .showSuggestionAfterError()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'azimuth: ')) })
    .enablePositionalOptions()
    .addHelpText('after', findingText())
    .addHelpText('after', '\nExit codes: 0 PASS, 1 FAIL, 2 usage or configuration, 3 INCONCLUSIVE, 4 ABORTED, 5 NOT_READY, 6 ERROR.')
    .exitOverride();

  for (const [heading, commands] of groups()) {
    program.commandsGroup(heading);
    for (const command of commands) {
      settle(command, program, commandText(command.name()));
      program.addCommand(command, { hidden: isInContainer() && isForTheHost(command.name()) });
    }
  }
  program.helpCommand('help [command]', 'show the help of a command');
  return program;
}

function groups(): [heading: string, commands: Command[]][] {
  return [
    ['See it:', [upCommand(), demoCommand(), downCommand()]],
    ['Look at a running region:', [statusCommand(), watchCommand()]],
    ['Break it and mend it:', [trafficCommand(), killCommand(), freezeCommand(), ...linkCommands(), ...serviceCommands(), shiftCommand(), healCommand(), lockCommand(), unlockCommand(), runCommand(codeState), runsCommand()]],
    ['Parts of it:', [experimentCommand(), judgeCommand(), compareCommand(), tableCommand(codeState), regionCommand(), loadBalancerCommand(), toxiproxyCommand(), benchCommand()]],
    ['Look after it:', [doctorCommand(), checkCommand(), testCommand(), testComposeCommand(), engineCommand(), standInsCommand(), completionCommand()]],
  ];
}

/** The verbs that break what lies between AZs. */
function linkCommands(): Command[] {
  return [slowCommand(), isolateCommand(), cutCommand(), flakyCommand()];
}

/** The verbs after which everything runs, and does wrong. */
function serviceCommands(): Command[] {
  return [failCommand(), lagCommand(), lieCommand()];
}

/** How a verb finds its region; in a container there is one, which compose names. */
function findingText(): string {
  if (isInContainer()) return '';
  return `
A region of processes is found by itself, one in containers at 127.0.0.1:8090, or at AZIMUTH_API_PORT: for one that
was started with "docker compose --env-file .env.b", say "AZIMUTH_API_PORT=<its port> ./azimuth status".
AZIMUTH_API=<url> names a region by its address. With several, --region says which.`;
}

/** Commands are made without knowing where they will stand: errors and exits are decided here, for those below them too. */
function settle(command: Command, above: Command, words: string): void {
  command.copyInheritedSettings(above).exitOverride().showHelpAfterError(`See "${words} --help".`);
  for (const below of command.commands) settle(below, command, `${words} ${below.name()}`);
}

/**
 * Parses and runs; sets the exit code of this process, and ends it when a command failed.
 * @param first done before anything else; a failure of it is reported like any other
 */
export async function runCommandLine(words: readonly string[], env: NodeJS.ProcessEnv, first: () => void): Promise<void> {
  guardOutput();
  // `docker compose run` without a terminal may pass its own copy of a Ctrl-C on, as npm does.
  if (isOurNpmScript(env) || isInContainer(env)) {
    mergeRepeatedSignals(process as { emit(event: string | symbol, ...args: unknown[]): boolean }, () => performance.now());
  }
  if (isOurNpmScript(env)) stopWithParent();
  const fail = (error: unknown): void => {
    const { text, exitCode } = reportFailure(error, env['AZIMUTH_DEBUG'] === '1');
    process.stderr.write(text, () => process.exit(exitCode));
  };
  process.on('uncaughtException', fail);
  process.on('unhandledRejection', fail);
  try {
    first();
    if (isInContainer(env)) refuseOnContainer(words[0]);
    const program = createProgram();
    refuseSwallowedFlags(program, words, env);
    await program.parseAsync(words.length === 0 ? ['--help'] : words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) fail(error);
    else if (error.exitCode !== 0) process.exitCode = EXIT.USAGE;
  }
}

function refuseSwallowedFlags(program: Command, words: readonly string[], env: NodeJS.ProcessEnv): void {
  if (!isOurNpmScript(env)) return;
  const command = commandOf(program, words);
  const flags = command.options.map((option) => ({ name: option.long?.slice(2) ?? '', takesValue: option.required || option.optional }));
  // `npm run chaos -- kill az1`: the verb was typed, while `npm run demo` brings its own.
  const given = env['npm_lifecycle_event'] === 'chaos' ? words : words.slice(1);
  const sentence = swallowedFlags(env, flags.filter((flag) => flag.name !== ''), given);
  if (sentence !== null) throw new CommandFailure(sentence, EXIT.USAGE);
}

/** The command that the words name, as deep as they go. */
function commandOf(program: Command, words: readonly string[]): Command {
  const below = program.commands.find((one) => one.name() === words[0]);
  return below === undefined ? program : commandOf(below, words.slice(1));
}

/** A reader that went away (`| head`) ends the command quietly, and in order if it has something to stop. */
function guardOutput(): void {
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    if (process.listenerCount('SIGTERM') > 0) process.kill(process.pid, 'SIGTERM');
    else process.exit();
  });
  process.stderr.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

/** Not when somebody else's npm script calls `./azimuth`. */
function isOurNpmScript(env: NodeJS.ProcessEnv): boolean {
  return env['npm_package_json'] === PACKAGE_JSON;
}
