/** `./azimuth lag az1 --latency 200`: a slow service. Its links are as fast as ever; what is slow is the program behind them. */
import type { Command } from 'commander';
import { breakCommand } from '../terminal/break-command.ts';
import { delayDetail, delayOptions, delayText } from '../terminal/delay.ts';
import { membersText } from '../terminal/members-text.ts';
import { serviceDetail, serviceOption } from '../terminal/service-option.ts';

interface LagOptions {
  latency: number;
  jitter?: number;
  service?: string;
}

export function lagCommand(): Command {
  return breakCommand({
    verb: 'lag',
    description: 'slow service: it takes every request up later, health checks among them; its links stay as they are (for those, slow)',
    target: { description: 'az1, az1-dc2 or a replica such as az1-kitchen-a' },
    example: 'lag az1 --latency 200 --jitter 50',
    extend: (command) => delayOptions(command).addOption(serviceOption()),
    detail: (_named, options) => ({ ...delayDetail(options as LagOptions), ...serviceDetail((options as LagOptions).service) }),
    done: (fault, body) => `Made ${fault.target} lag: every request is taken up ${delayText(fault.detail)} later, by ${membersText(fault, body)}.`,
  });
}
