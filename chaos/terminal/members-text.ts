/** What a fault struck and how far apart, in the body's words: `8 containers within 420 ms`, `1 process`. */
import type { Fault } from '#contracts/faults.ts';
import type { RunningRegion } from '#contracts/running.ts';

const NAMES: Record<RunningRegion['body'], [one: string, many: string]> = { compose: ['container', 'containers'], embedded: ['process', 'processes'] };

export function membersText({ members, skewMs }: Pick<Fault, 'members' | 'skewMs'>, body: RunningRegion['body']): string {
  const [one, many] = NAMES[body];
  return members.length === 1 ? `1 ${one}` : `${members.length} ${many} within ${skewMs} ms`;
}
