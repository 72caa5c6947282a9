/** `./azimuth fail az1 --rate 0.5`: gray errors. The service runs, is reached, and answers a share of what it is asked with an error. */
import { Option, type Command } from 'commander';
import { FAIL_STATUS, type Fault, type FaultDetail } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { parseShare, parseStatus } from '../terminal/fault-arguments.ts';
import { membersText } from '../terminal/members-text.ts';
import { serviceDetail, serviceOption } from '../terminal/service-option.ts';
import { percent } from '../terminal/table.ts';

interface FailOptions {
  rate: number;
  status: 500 | 503;
  afterWork?: boolean;
  service?: string;
}

export function failCommand(): Command {
  return breakCommand({
    verb: 'fail',
    description: 'gray errors: a service answers a share of all requests, health checks among them, with an error',
    target: { description: 'az1, az1-dc2 or a replica such as az1-storefront-a' },
    example: 'fail az1 --rate 0.5',
    extend: (command) =>
      command
        .requiredOption('--rate <share>', 'share of the requests, above 0 and up to 1 (required)', parseShare)
        .addOption(new Option('--status <status>', '500 or 503').default(FAIL_STATUS).argParser(parseStatus))
        .option('--after-work', 'the error comes after the work was done, in place of its result')
        .addOption(serviceOption()),
    detail: (_named, options) => detailOf(options as FailOptions),
    done,
  });
}

function detailOf({ rate, status, afterWork, service }: FailOptions): FaultDetail {
  return { rate, status, ...(afterWork === true ? { afterWork } : {}), ...serviceDetail(service) };
}

function done(fault: Fault, body: RunningRegion['body']): string {
  const { rate = 1, status = FAIL_STATUS, afterWork } = fault.detail;
  return `Made ${fault.target} fail: ${percent(rate)} of what it is asked is answered ${status}${afterWork === true ? ' after the work' : ''}, by ${membersText(fault, body)}.`;
}
