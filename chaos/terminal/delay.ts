/** A delay as it is typed (`--latency 400 --jitter 50`) and as it is told (`400 ± 50 ms`), on links and in services. */
import { InvalidArgumentError, type Command } from 'commander';
import type { FaultDetail } from '#contracts/faults.ts';
import { parseDelay, parseJitter } from './fault-arguments.ts';

export function delayOptions(command: Command): Command {
  return command
    .requiredOption('--latency <ms>', 'added to every request, milliseconds (required)', parseDelay)
    .option('--jitter <ms>', 'each delay is drawn from latency ± jitter, milliseconds', parseJitter);
}

/** @throws InvalidArgumentError when a delay could be negative */
export function delayDetail({ latency, jitter }: { latency: number; jitter?: number }): FaultDetail {
  if (jitter !== undefined && jitter > latency) throw new InvalidArgumentError(`A jitter of ${jitter} ms is more than the latency of ${latency} ms: no delay is negative.`);
  return { latencyMs: latency, ...(jitter === undefined ? {} : { jitterMs: jitter }) };
}

export function delayText({ latencyMs, jitterMs }: FaultDetail): string {
  return jitterMs === undefined || jitterMs === 0 ? `${latencyMs} ms` : `${latencyMs} ± ${jitterMs} ms`;
}
