/**
 * Makes a fault in services, and ends it: what a heal asks of them. A service that is dead does nothing wrong any more,
 * since its plan lived in its memory; one that is frozen goes on with it when it thaws, and is named until it was told.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { isServiceVerb } from '#contracts/faults.ts';
import type { LeasedFault } from '#policy/leases.ts';
import type { Driver } from '../driver.ts';
import type { Struck } from '../strike.ts';
import type { ServiceFault } from './plan-for.ts';
import type { ServiceFaults, Untold } from './service-faults.ts';

/** Which services are to do right again, and as to which faults. */
export interface AmendScope {
  names: readonly string[];
  of: (fault: LeasedFault) => boolean;
}

/** Members that a fault no longer holds. */
export interface Freed {
  id: string;
  members: string[];
}

export interface Amending {
  ended: Freed[];
  /** The first try, which reaches those that are up. */
  first: ReturnType<ServiceFaults['settle']>;
}

/** Makes it, as far as services can be reached. @throws AzimuthError AZ_INSTANCE_SILENT when none can: a fault that touches nothing would pass as survived */
export async function beginInServices(services: ServiceFaults, fault: ServiceFault): Promise<Struck> {
  const struck = await services.begin(fault);
  if (struck !== null) return struck;
  const reasons = services.untold(fault.members).map(({ name, reason }) => `${name}: ${reason}`);
  throw new AzimuthError('AZ_INSTANCE_SILENT', `no service could be told: ${reasons.join('; ')}`);
}

/**
 * Ends faults and tells the services that are up, to be called before others come back: a service whose checks fail or
 * lie would not count as ready.
 * @param faults those that may be ended; what is in the book no more is among them
 */
export function beginAmends(services: ServiceFaults, faults: readonly LeasedFault[], { names, of }: AmendScope): Amending {
  const ended = faults
    .filter((fault) => isServiceVerb(fault.verb) && of(fault))
    .map(({ id, members }) => ({ id, members: members.filter((name) => names.includes(name)) }))
    .filter(({ members }) => members.length > 0);
  for (const { id, members } of ended) services.end(id, members);
  return { ended, first: services.settle(names) };
}

/** Tells those that came back meanwhile. @returns who did wrong until now, what is free of which fault, and who may still do wrong */
export async function finishAmends(
  services: ServiceFaults,
  driver: Driver,
  { ended, first }: Amending,
): Promise<{ healed: string[]; freed: Freed[]; remains: Untold[] }> {
  const { mended, untold } = await first;
  const second = await services.settle(untold.map(({ name }) => name));
  const alive = new Set(driver.components().filter(({ state }) => state !== 'dead').map(({ name }) => name));
  const remains = second.untold.filter(({ name }) => alive.has(name));
  const stuck = new Set(remains.map(({ name }) => name));
  return {
    healed: [...mended, ...second.mended],
    freed: ended.map(({ id, members }) => ({ id, members: members.filter((name) => !stuck.has(name)) })),
    remains,
  };
}
