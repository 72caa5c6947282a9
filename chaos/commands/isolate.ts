/** `./azimuth isolate az1`: the AZ runs on and nobody hears of it. Connections stay open and carry nothing. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';
import { parseZone } from '../terminal/fault-arguments.ts';
import { waysText } from '../terminal/ways-text.ts';

export function isolateCommand(): Command {
  return breakCommand({
    verb: 'isolate',
    description: 'black hole: swallow all that enters or leaves an AZ, which runs on by itself',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'isolate az1',
    done: (fault) => `Isolated ${fault.target}: what enters or leaves it is swallowed, ${waysText(fault)}.`,
  });
}
