/**
 * What ends a fault. It is derived from the fault and never asked for, and it names what is to be looked at, not what was
 * done: whoever undoes it goes by inspection, so that undoing twice, or what never happened, is harmless.
 */
import { isLinkVerb, type Inverse } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { ownLinks } from './silence.ts';

type Undoable = Pick<LeasedFault, 'verb' | 'target' | 'detail' | 'zone' | 'members'>;

export function inverseOf(endpoints: readonly Endpoint[], fault: Undoable): Inverse {
  const { verb, zone, members } = fault;
  if (isLinkVerb(verb)) return { restore: silencedLinks(endpoints, fault), clear: [...members], unshift: [] };
  if (zone !== null) return { restore: [], clear: [], unshift: [zone] };
  return { restore: [...members], clear: [], unshift: [] };
}

/** Links that a fault on links took off their networks. */
export function silencedLinks(endpoints: readonly Endpoint[], { verb, detail, target }: Pick<Undoable, 'verb' | 'detail' | 'target'>): string[] {
  return isLinkVerb(verb) && detail.silent === true ? ownLinks(endpoints, target) : [];
}
