/** `./azimuth freeze az1`: the gray failure that no connection error tells of. Sockets stay open, nothing answers. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';
import { membersText } from '../terminal/members-text.ts';

export function freezeCommand(): Command {
  return breakCommand({
    verb: 'freeze',
    description: 'stop all of an AZ, a data centre or a replica in the middle of its work (SIGSTOP; containers are paused)',
    target: { description: 'az1, az1-dc2 or a replica such as az1-kitchen-a' },
    example: 'freeze az1-kitchen-a --for 2m',
    done: (fault, body) => `Froze ${fault.target}: ${membersText(fault, body)}.`,
  });
}
