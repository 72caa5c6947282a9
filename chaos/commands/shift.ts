/** `./azimuth shift az1`: zonal shift. Nothing breaks; every balancer leaves the AZ out until the shift ends. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';

export function shiftCommand(): Command {
  return breakCommand({
    verb: 'shift',
    description: 'zonal shift: take a whole AZ out of rotation for a time, without breaking it',
    target: { description: 'az1, az2 or az3' },
    example: 'shift az1 --for 30m',
    done: ({ target }) => `Shifted traffic away from ${target}.`,
  });
}
