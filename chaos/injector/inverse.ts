/**
 * What ends a fault. It is derived from the fault and never asked for, and it names what is to be looked at, not what was
 * done: whoever undoes it goes by inspection, so that undoing twice, or what never happened, is harmless.
 */
import { isLinkVerb, isServiceVerb, type Inverse } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { ownLinks } from './silence.ts';

type Undoable = Pick<LeasedFault, 'verb' | 'target' | 'detail' | 'zone' | 'members'>;

export function inverseOf(endpoints: readonly Endpoint[], fault: Undoable): Inverse {
  const { verb, zone, members } = fault;
  const nothing: Inverse = { restore: [], clear: [], unshift: [], amend: [] };
  if (isLinkVerb(verb)) return { ...nothing, restore: silencedLinks(endpoints, fault), clear: [...members] };
  if (isServiceVerb(verb)) return { ...nothing, amend: [...members] };
  if (zone !== null) return { ...nothing, unshift: [zone] };
  return { ...nothing, restore: [...members] };
}

/** Links that a fault on links took off their networks. */
export function silencedLinks(endpoints: readonly Endpoint[], { verb, detail, target }: Pick<Undoable, 'verb' | 'detail' | 'target'>): string[] {
  return isLinkVerb(verb) && detail.silent === true ? ownLinks(endpoints, target) : [];
}
