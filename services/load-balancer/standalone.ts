/**
 * `./azimuth load-balancer`: the load balancer alone, in front of anything that speaks HTTP. Nothing of the
 * region is needed: targets come from the command line and their health answers may say whatever they like.
 */
import { Command, InvalidArgumentError, Option } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { CommandFailure, printJson, printResult, progress } from '#kit/command-line.ts';
import { readAddress, readTargetArgument, type TargetArgument } from './target-argument.ts';

interface StandaloneOptions {
  listen: { host: string; port: number };
  target: TargetArgument[];
  zone?: string;
  healthPath: string;
  admin?: { host: string; port: number };
  ownHealthPath?: string;
  trustForwarded?: true;
  rescue: boolean;
  bodyLimit?: number;
  json?: true;
}

export function loadBalancerCommand(): Command {
  return new Command('load-balancer')
    .summary('run the load balancer alone, in front of anything')
    .description(
      'Balances HTTP/1.1 over the targets: active checks, stall rescue, one retry in another zone, zone affinity with spill.\n' +
        'Requests that may be repeated (GET, HEAD, OPTIONS, PUT, DELETE, or any with an idempotency-key) survive the death of a target.',
    )
    .requiredOption('--listen <host:port>', 'address of the traffic', argument(readAddress))
    .addOption(
      new Option('--target <zone=url>', 'a target and its zone, e.g. az1=http://127.0.0.1:9001; repeat it for each')
        .makeOptionMandatory()
        .argParser((text: string, before: TargetArgument[] | undefined) => [...(before ?? []), argument(readTargetArgument)(text)]),
    )
    .option('--zone <zone>', 'the zone this balancer stands in: its targets are preferred')
    .option('--health-path <path>', 'GET of this path is the check of a target', '/healthz')
    .option('--admin <host:port>', 'address of /metrics, /targets, /events and the switches', argument(readAddress))
    .option('--own-health-path <path>', 'answer this path here instead of forwarding it')
    .option('--trust-forwarded', 'keep and extend the forwarding headers of the clients instead of replacing them')
    .option('--no-rescue', 'do not re-send what a silent target holds')
    .option('--body-limit <bytes>', 'longest request body (default: no limit)', argument(readBytes))
    .option('--json', 'say where it listens as JSON')
    .action(run);
}

async function run(options: StandaloneOptions): Promise<void> {
  if (options.zone !== undefined && !options.target.some((target) => target.zone === options.zone)) {
    throw new CommandFailure(`No target is in zone "${options.zone}".`, EXIT.USAGE, 'Give one with --target, or leave --zone out.');
  }
  // Loaded here, so that "--help" does not pay for it.
  const { startStandalone } = await import('./standalone-server.ts');
  const running = await startStandalone({ ...options, trustForwarded: options.trustForwarded === true, bodyLimit: options.bodyLimit ?? Infinity, onEvent: progress });
  if (options.json === true) printJson({ listen: running.traffic, admin: running.admin });
  else {
    printResult(`load balancer: http://${running.traffic}`);
    if (running.admin !== null) printResult(`admin:         http://${running.admin}/targets and /metrics`);
  }
  await new Promise<void>((resolve) => {
    let leaving = false;
    const leave = (): void => {
      if (leaving) process.exit(EXIT.PASS);
      leaving = true;
      progress('finishing what is in flight; Ctrl-C again to cut it off');
      void running.drain().then(resolve);
    };
    process.on('SIGINT', leave);
    process.on('SIGTERM', leave);
  });
}

/** Turns a reader that throws an error with a sentence into one that commander reports as usage. */
function argument<T>(read: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return read(text);
    } catch (error) {
      throw new InvalidArgumentError((error as Error).message);
    }
  };
}

function readBytes(text: string): number {
  if (!/^[0-9]{1,15}$/.test(text)) throw new Error('It must be a whole number of bytes.');
  return Number(text);
}
