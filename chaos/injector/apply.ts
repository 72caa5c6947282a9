/** Makes a fault that was planned and leased: by the driver, on the links, or by telling the services or the balancers. */
import { isLinkVerb, isServiceVerb } from '#contracts/faults.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { shiftOf, wallMs } from './lease-keeper.ts';
import { beginOnLinks } from './links/link-faults.ts';
import type { Parts } from './parts.ts';
import { beginInServices } from './service-faults/amends.ts';
import { leaveNetworks, ownLinks } from './silence.ts';
import { strike, type Struck } from './strike.ts';

/** Rejects with the first error, when no act is under way any more; what was done until then is the caller's to undo. */
export async function applyFault({ driver, endpoints, links, services, switches }: Parts, fault: LeasedFault): Promise<Struck> {
  const { id, verb, target, detail, zone, members } = fault;
  if (isLinkVerb(verb)) {
    const begun = await beginOnLinks(links, { id, verb, zone: target, detail });
    if (detail.silent === true) await leaveNetworks(driver, ownLinks(endpoints, target));
    return begun;
  }
  if (isServiceVerb(verb)) return beginInServices(services, { id, verb, detail, members, untilMs: wallMs(fault.leaseEndsMs) });
  if (zone !== null) {
    const startedMs = Date.now();
    await switches.shift(zone, shiftOf(fault));
    return { startedMs, skewMs: 0 };
  }
  return strike(driver, endpoints, { verb: verb === 'kill' ? verb : 'freeze', members, silent: detail.silent === true });
}
