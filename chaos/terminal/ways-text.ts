/** How many ways a fault on links acts on and how far apart it struck them: `19 ways within 12 ms`. */
import type { Fault } from '#contracts/faults.ts';

export function waysText({ members, skewMs }: Pick<Fault, 'members' | 'skewMs'>): string {
  return members.length === 1 ? '1 way' : `${members.length} ways within ${skewMs} ms`;
}
