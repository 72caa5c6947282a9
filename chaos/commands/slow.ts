/** `./azimuth slow az1 --latency 400`: a slow network. Everything answers, late; nothing fails by itself. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';
import { delayDetail, delayOptions, delayText } from '../terminal/delay.ts';
import { parseZone } from '../terminal/fault-arguments.ts';
import { waysText } from '../terminal/ways-text.ts';

export function slowCommand(): Command {
  return breakCommand({
    verb: 'slow',
    description: 'slow network: delay every request that enters or leaves an AZ, on its links',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'slow az1 --latency 400 --jitter 50',
    extend: delayOptions,
    detail: (_named, options) => delayDetail(options as { latency: number; jitter?: number }),
    done: (fault) => `Slowed ${fault.target}: ${delayText(fault.detail)} more for every request that enters or leaves it, ${waysText(fault)}.`,
  });
}
