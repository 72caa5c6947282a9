/** The verbs that break something (or take an AZ out of rotation) differ by a word and an option or two: this is the rest of them. */
import { Command, InvalidArgumentError, Option, type OptionValues } from 'commander';
import { EXIT } from '#contracts/exit-codes.ts';
import { HAND_LEASE_MS, LEASE_MS_MAX, type Fault, type FaultDetail, type FaultPlan, type FaultRequest, type FaultVerb } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { commandText } from '#kit/tool-container.ts';
import { watchOption } from './after-verb.ts';
import { parseLease, parseTarget } from './fault-arguments.ts';

export interface VerbText {
  verb: FaultVerb;
  description: string;
  target: VerbTarget;
  /** Words after `./azimuth`, for the help. */
  example: string;
  /** Adds what only this verb takes. */
  extend?: (command: Command) => Command;
  /** What was given to that. @throws InvalidArgumentError when it does not go together; nothing is done then */
  detail?: (named: readonly string[], options: OptionValues) => FaultDetail;
  /** What happened, for people and in the body's words: `Killed az1: 8 containers within 420 ms`. */
  done: (fault: Fault, body: RunningRegion['body']) => string;
}

interface VerbTarget {
  /** As the help names it; `target` by default. */
  name?: string;
  /** What it may be, for the help. */
  description: string;
  /** Default {@link parseTarget}. */
  parse?: (text: string) => string;
}

interface VerbOptions {
  /** Milliseconds. */
  for?: number;
  /** Seconds. */
  watch: number;
  dryRun?: boolean;
  reason?: string;
  region?: string;
  json?: boolean;
}

/** Its default is the injector's own. */
const LIFETIME = `heals by itself after this long, 1s to ${LEASE_MS_MAX / 3_600_000}h, such as 90s or 2h (default: ${HAND_LEASE_MS / 60_000}m)`;

export function breakCommand(verb: VerbText): Command {
  const { name = 'target', description, parse = parseTarget } = verb.target;
  const command = new Command(verb.verb).description(verb.description).argument(`<${name}>`, description, parse);
  verb.extend?.(command);
  return command
    .addOption(new Option('--for <time>', LIFETIME).argParser(parseLease))
    .addOption(watchOption())
    .option('--dry-run', 'tell what would be hit, what would end it and whether it would be refused; nothing is done')
    .option('--reason <text>', 'shown in status')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the fault and what customers got, or the plan')
    .addHelpText('after', `\nExample:\n  ${commandText(verb.example)}`)
    .action(async () => {
      const options = command.opts<VerbOptions>();
      const request = requestOf(verb, command, options);
      if (options.dryRun === true) await tellPlan(request, options);
      else await breakAndTell(verb, request, options);
    });
}

function requestOf({ verb, detail }: VerbText, command: Command, options: VerbOptions): FaultRequest {
  const named = command.processedArgs as [target: string, ...more: string[]];
  const { for: leaseMs, reason } = options;
  try {
    return {
      verb,
      target: named[0],
      ...detail?.(named, options),
      ...(leaseMs === undefined ? {} : { leaseMs }),
      ...(reason === undefined ? {} : { reason }),
    };
  } catch (error) {
    if (error instanceof InvalidArgumentError) command.error(`error: ${error.message}`);
    throw error;
  }
}

async function tellPlan(request: FaultRequest, { region, json }: VerbOptions): Promise<void> {
  const { apiClient, CommandFailure, printJson, printResult } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { planText } = await import('./plan-text.ts');
  const plan = await apiClient(await findRegion(region)).post<FaultPlan>('/v1/faults?dryRun=true', request);
  if (json === true) printJson({ plan });
  else printResult(planText(plan));
  if (plan.refusal !== null) throw new CommandFailure(`It would be refused: ${plan.refusal.message}`, EXIT.USAGE);
}

async function breakAndTell({ done }: VerbText, request: FaultRequest, options: VerbOptions): Promise<void> {
  const { apiClient, printJson, printResult, progress } = await import('#kit/command-line.ts');
  const { findRegion } = await import('#kit/find-region.ts');
  const { printCustomers, watchCustomers } = await import('./after-verb.ts');
  const { countdown } = await import('./table.ts');
  const running = await findRegion(options.region);
  const api = apiClient(running);
  const fault = await api.post<Fault>('/v1/faults', request);
  for (const { name, reason } of fault.pending ?? []) progress(`${name} has not been told yet (${reason}); it will be as soon as it answers.`);
  const heal = commandText(`heal ${fault.target}${options.region === undefined ? '' : ` --region ${options.region}`}`);
  const told = `${done(fault, running.body)} Heals by itself in ${countdown(fault.leaseEndsMs - Date.now())}, or now: ${heal}`;
  if (options.json !== true) printResult(told);
  const customers = await watchCustomers(api, options.watch);
  if (options.json === true) printJson({ fault, customers });
  else printCustomers(customers, options.watch);
}
