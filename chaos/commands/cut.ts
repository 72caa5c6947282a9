/** `./azimuth cut az1 az2`: a partition between two AZs, which both still reach the third and the customers. */
import { InvalidArgumentError, type Command } from 'commander';
import { isAvailabilityZone } from '#contracts/labels.ts';
import type { FaultDetail } from '#contracts/faults.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { parseZone } from '../terminal/fault-arguments.ts';
import { waysText } from '../terminal/ways-text.ts';

interface CutOptions {
  oneWay?: boolean;
  refuse?: boolean;
}

export function cutCommand(): Command {
  return breakCommand({
    verb: 'cut',
    description: 'partition: close the connections between two AZs, and let new ones hear nothing',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'cut az1 az2 --one-way',
    extend: (command) =>
      command
        .argument('<peer>', 'the other AZ', parseZone)
        .option('--one-way', 'only the connections that the first opens to the second')
        .option('--refuse', 'refuse new connections instead of leaving them in silence'),
    detail: (named, options) => detailOf(named, options as CutOptions),
    done: (fault) => `Cut ${fault.target} ${partition(fault.detail)}, ${waysText(fault)}.`,
  });
}

function detailOf([zone, peer]: readonly string[], { oneWay, refuse }: CutOptions): FaultDetail {
  if (peer === undefined || !isAvailabilityZone(peer) || peer === zone) throw new InvalidArgumentError(`It takes two different AZs, not ${zone} twice.`);
  return { peer, ...(oneWay === true ? { oneWay } : {}), ...(refuse === true ? { refuse } : {}) };
}

function partition({ peer, oneWay, refuse }: FaultDetail): string {
  const whose = oneWay === true ? `→ ${peer}: connections that it opens there` : `↔ ${peer}: connections between them`;
  return `${whose} are closed and ${refuse === true ? 'refused' : 'hear nothing'}`;
}
