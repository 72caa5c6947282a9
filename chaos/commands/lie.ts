/**
 * `./azimuth lie az1 --health ill`: health that says the opposite of the truth. Ill, while everything is served, takes
 * capacity away without a failure. Well, beside `fail` or `lag`, is the failure that no check sees.
 */
import { Option, type Command } from 'commander';
import type { Fault, FaultDetail } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { membersText } from '../terminal/members-text.ts';

export function lieCommand(): Command {
  return breakCommand({
    verb: 'lie',
    description: 'health checks are answered well, or ill, at once and whatever is true; requests as before',
    target: { description: 'az1, az1-dc2 or a replica such as az1-storefront-a' },
    example: 'lie az1 --health ill',
    extend: (command) => command.addOption(new Option('--health <said>', 'what health says (required)').choices(['well', 'ill']).makeOptionMandatory()),
    detail: (_named, { health }) => ({ health: health as NonNullable<FaultDetail['health']> }),
    done,
  });
}

function done(fault: Fault, body: RunningRegion['body']): string {
  const { target, detail } = fault;
  const told = `Made ${target} lie: it says that it is ${detail.health}, by ${membersText(fault, body)}.`;
  return detail.health === 'well' ? `${told} Nothing fails by that alone: add fail or lag.` : told;
}
