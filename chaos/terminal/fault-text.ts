/** A fault as people say it: `slow az1 +400 ms ±50`, `cut az1 → az2, refused`, `fail az1 50 % 503`. */
import type { Fault } from '#contracts/faults.ts';
import { percent } from './table.ts';

export function faultText({ verb, target, detail }: Pick<Fault, 'verb' | 'target' | 'detail'>): string {
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
