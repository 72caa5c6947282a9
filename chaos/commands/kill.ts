/** `./azimuth kill az1`: power loss. Every process of the target ends at once, without a chance to say so. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';

export function killCommand(): Command {
  return breakCommand({
    verb: 'kill',
    description: 'power loss: end every process of an AZ, a data centre or a replica at once (SIGKILL)',
    target: { description: 'az1, az1-dc2 or a replica such as az1-kitchen-a' },
    example: 'kill az1',
    done: ({ target, members, skewMs }) => `Killed ${target}: ${members.length} ${members.length === 1 ? 'process' : `processes within ${skewMs} ms`}.`,
  });
}
