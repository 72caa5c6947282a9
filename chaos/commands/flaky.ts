/** `./azimuth flaky az1 --share 0.3`: a bad port or a full table on the way: some connections are reset, the rest work. */
import type { Command } from 'commander';
import { FLAKY_SHARE } from '#contracts/faults.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { parseShare, parseZone } from '../terminal/fault-arguments.ts';
import { percent } from '../terminal/table.ts';
import { waysText } from '../terminal/ways-text.ts';

export function flakyCommand(): Command {
  return breakCommand({
    verb: 'flaky',
    description: 'reset a share of the connections that enter or leave an AZ',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'flaky az1 --share 0.3',
    extend: (command) => command.option('--share <share>', 'share of the connections, above 0 and up to 1', parseShare, FLAKY_SHARE),
    detail: (_named, { share }) => ({ share: share as number }),
    done: (fault) => `Made ${fault.target} flaky: ${percent(fault.detail.share ?? FLAKY_SHARE)} of the connections into or out of it are reset, ${waysText(fault)}.`,
  });
}
