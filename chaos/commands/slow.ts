/** `./azimuth slow az1 --latency 400`: a slow network. Everything answers, late; nothing fails by itself. */
import { InvalidArgumentError, type Command } from 'commander';
import type { FaultDetail } from '#contracts/faults.ts';
import { breakCommand } from '../terminal/break-command.ts';
import { parseDelay, parseJitter, parseZone } from '../terminal/fault-arguments.ts';
import { waysText } from '../terminal/ways-text.ts';

export function slowCommand(): Command {
  return breakCommand({
    verb: 'slow',
    description: 'slow network: delay every request that enters or leaves an AZ, on its links',
    target: { name: 'az', description: 'az1, az2 or az3', parse: parseZone },
    example: 'slow az1 --latency 400 --jitter 50',
    extend: (command) =>
      command
        .requiredOption('--latency <ms>', 'added to every request, milliseconds', parseDelay)
        .option('--jitter <ms>', 'each delay is drawn from latency ± jitter, milliseconds', parseJitter),
    detail: (_named, options) => detailOf(options as { latency: number; jitter?: number }),
    done: (fault) => `Slowed ${fault.target}: ${delayText(fault.detail)} more for every request that enters or leaves it, ${waysText(fault)}.`,
  });
}

function detailOf({ latency, jitter }: { latency: number; jitter?: number }): FaultDetail {
  if (jitter !== undefined && jitter > latency) throw new InvalidArgumentError(`A jitter of ${jitter} ms is more than the latency of ${latency} ms: no delay is negative.`);
  return { latencyMs: latency, ...(jitter === undefined ? {} : { jitterMs: jitter }) };
}

function delayText({ latencyMs, jitterMs }: FaultDetail): string {
  return jitterMs === undefined || jitterMs === 0 ? `${latencyMs} ms` : `${latencyMs} ± ${jitterMs} ms`;
}
