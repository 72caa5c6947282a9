/** `./azimuth isolate az1`: the AZ runs on and nobody hears of it. Connections stay open and carry nothing. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';
import { parseZone } from '../terminal/fault-arguments.ts';
import { silentDetail, silentOption } from '../terminal/silent-option.ts';
import { waysText } from '../terminal/ways-text.ts';

export function isolateCommand(): Command {
  return breakCommand({
    verb: 'isolate',
    description: 'swallow all that enters or leaves an AZ, which runs on by itself; with --silent a black hole',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'isolate az1',
    extend: (command) => command.addOption(silentOption('black hole: every way falls silent, then the link leaves its networks')),
    detail: ([zone], { silent }) => silentDetail(zone, silent as boolean | undefined),
    done: (fault) =>
      fault.detail.silent === true
        ? `Isolated ${fault.target}: its link is off the network, and every packet to or from the AZ is lost.`
        : `Isolated ${fault.target}: what enters or leaves it is swallowed, ${waysText(fault)}.`,
  });
}
