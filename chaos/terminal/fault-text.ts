/**
 * A fault of the region as a terminal shows it: `slow az1 +400 ms ±50`, `cut az1 → az2, refused`, `fail az1 50 % 503`. What verdicts and journals keep is
 * worded by `statedFaultText` (verdict/stated-fault.ts), near to the command, and does not change with the display.
 */
import type { Fault } from '#contracts/faults.ts';
import { percent } from './table.ts';

export function terminalFaultText({ verb, target, detail }: Pick<Fault, 'verb' | 'target' | 'detail'>): string {
  const { latencyMs, jitterMs, peer, oneWay, refuse, share, silent, rate, status, afterWork, service, health } = detail;
  return [
    `${verb} ${target}`,
    ...(latencyMs === undefined ? [] : [`+${latencyMs} ms`]),
    ...(jitterMs === undefined || jitterMs === 0 ? [] : [`±${jitterMs}`]),
    ...(peer === undefined ? [] : [`${oneWay === true ? '→' : '↔'} ${peer}${refuse === true ? ', refused' : ''}`]),
    ...(share === undefined ? [] : [percent(share)]),
    ...(silent === true ? ['silent'] : []),
    ...(rate === undefined ? [] : [`${percent(rate)} ${status}${afterWork === true ? ' after work' : ''}`]),
    ...(service === undefined ? [] : [service]),
    ...(health === undefined ? [] : [health]),
  ].join(' ');
}
