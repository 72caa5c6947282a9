/**
 * `./azimuth kill az1`: a crash. Everything of the target ends at once, without a chance to say so; its kernel closes
 * the connections. With `--silent` it is a power loss, after which nobody hears even that.
 */
import type { Command } from 'commander';
import type { Fault } from '#contracts/faults.ts';
import { isAvailabilityZone } from '#contracts/labels.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { membersText } from '../terminal/members-text.ts';
import { silentDetail, silentOption } from '../terminal/silent-option.ts';

export function killCommand(): Command {
  return breakCommand({
    verb: 'kill',
    description: 'crash: end all of an AZ, a data centre or a replica at once (SIGKILL); with --silent a power loss',
    target: { description: 'az1, az1-dc2 or a replica such as az1-kitchen-a' },
    example: 'kill az1',
    extend: (command) => command.addOption(silentOption('power loss: all of the AZ is frozen, leaves its networks and is then killed, so that nobody hears a FIN or a RST')),
    detail: ([target], { silent }) => silentDetail(target, silent as boolean | undefined),
    done,
  });
}

function done(fault: Fault, body: RunningRegion['body']): string {
  const struck = membersText(fault, body);
  if (fault.detail.silent === true) return `${fault.target} lost power: ${struck}, frozen, off the network and then killed, without a FIN or a RST.`;
  // Where the other kind can be had, a person should know which one this was.
  const kind = body === 'compose' && isAvailabilityZone(fault.target) ? ' (crash-stop: their connections were closed; --silent is power loss)' : '';
  return `Killed ${fault.target}: ${struck}${kind}.`;
}
