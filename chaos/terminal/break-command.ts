/** The verbs that break something (or take an AZ out of rotation) differ by a word: this is the rest of them. */
import { Command, InvalidArgumentError, Option } from 'commander';
import { AVAILABILITY_ZONES, isAvailabilityZone } from '#contracts/labels.ts';
import { LEASE_MS_MAX, type Fault, type FaultRequest, type FaultVerb } from '#contracts/faults.ts';
import { FOR_DEFAULT, parseSeconds } from './after-verb.ts';

export interface VerbText {
  verb: FaultVerb;
  description: string;
  /** What the target may be, for the help. */
  target: string;
  /** What happened, for people: `az1 lost power`. */
  done: (fault: Fault) => string;
}

interface VerbOptions {
  for: number;
  lease?: number;
  reason?: string;
  region?: string;
  json?: boolean;
}

const UNITS_MS: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000 };

/** `90s`, `10m`, `2h`, in milliseconds. @throws InvalidArgumentError */
export function parseLease(text: string): number {
  const [, amount, unit] = /^(\d{1,6})([smh])$/.exec(text) ?? [];
  const leaseMs = Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (leaseMs >= 1000 && leaseMs <= LEASE_MS_MAX) return leaseMs;
  throw new InvalidArgumentError('It must be a time from 1s to 72h, such as 90s, 10m or 2h.');
}

/** An AZ that no region has is told at once, whether a region runs or not. @throws InvalidArgumentError */
export function parseTarget(text: string): string {
  const zone = /^az\d+/.exec(text)?.[0];
  if (zone === undefined || isAvailabilityZone(zone)) return text;
  throw new InvalidArgumentError(`There is no ${zone}: the AZs are ${AVAILABILITY_ZONES.join(', ')}.`);
}

export function breakCommand({ verb, description, target, done }: VerbText): Command {
  return new Command(verb)
    .description(description)
    .argument('<target>', target, parseTarget)
    .addOption(new Option('--for <time>', 'how long to tell what customers get').default(parseSeconds(FOR_DEFAULT), FOR_DEFAULT).argParser(parseSeconds))
    .addOption(new Option('--lease <time>', 'heals by itself after this long').default(undefined, '10m').argParser(parseLease))
    .option('--reason <text>', 'shown in status')
    .option('--region <name>', 'which region, where several run')
    .option('--json', 'one JSON document: the fault and what customers got')
    .action(async (named: string, options: VerbOptions) => {
      const { apiClient, findRegion, printJson, printResult, progress } = await import('#kit/command-line.ts');
      const { printCustomers, watchCustomers } = await import('./after-verb.ts');
      const { countdown } = await import('./table.ts');
      const running = findRegion(options.region);
      const api = apiClient(running);
      const request: FaultRequest = {
        verb,
        target: named,
        ...(options.lease === undefined ? {} : { leaseMs: options.lease }),
        ...(options.reason === undefined ? {} : { reason: options.reason }),
      };
      const fault = await api.post<Fault>('/v1/faults', request);
      for (const { name, reason } of fault.pending ?? []) progress(`${name} has not been told yet (${reason}); it will be as soon as it answers.`);
      const heal = `./azimuth heal ${fault.target}${options.region === undefined ? '' : ` --region ${options.region}`}`;
      const told = `${done(fault)} Heals by itself in ${countdown(fault.leaseEndsMs - Date.now())}, or now: ${heal}`;
      if (options.json !== true) printResult(told);
      const customers = await watchCustomers(api, options.for);
      if (options.json === true) printJson({ fault, customers });
      else printCustomers(customers, options.for);
    });
}
