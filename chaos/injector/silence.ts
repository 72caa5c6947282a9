/**
 * An AZ that nobody hears any more, not even a FIN or an RST. It guards against the black hole with a back door: the
 * AZ's own link carries what the front door sends in and what the AZ sends out, but what another AZ sends in comes over
 * that one's link, straight onto the AZ's network.
 *
 *   isolate, silent = isolate (every way of the AZ is silent, on every link), and its own link leaves its networks
 *
 * The ways fall silent within milliseconds, and that is when the fault strikes. The link needs some tenths of a second
 * to leave; until then its kernel still acknowledges what nobody answers.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { FaultVerb } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { Driver } from './driver.ts';
import type { Target } from './targets.ts';

/** Names of the AZ's links, one in a sound region. */
export function ownLinks(endpoints: readonly Endpoint[], zone: string): string[] {
  return endpoints.filter(({ role, az }) => role === 'link' && az === zone).map(({ name }) => name);
}

/** @throws AzimuthError AZ_BAD_REQUEST, AZ_UNSUPPORTED, with the reason */
export function requireSilence({ detachRefusal }: Driver, endpoints: readonly Endpoint[], verb: FaultVerb, { kind, zone }: Target): void {
  if (kind !== 'az') throw new AzimuthError('AZ_BAD_REQUEST', `a silent ${verb} takes a whole AZ, such as ${zone}: nothing smaller has a link of its own`);
  if (detachRefusal !== null) throw new AzimuthError('AZ_UNSUPPORTED', `a silent ${verb}: ${detachRefusal}`);
  if (ownLinks(endpoints, zone).length === 0) throw new AzimuthError('AZ_UNSUPPORTED', `a silent ${verb}: ${zone} has no link that could leave its networks`);
}

/** Takes the links of an AZ whose ways are silent off their networks. Rejects with the first error, when no act is under way any more. */
export async function leaveNetworks(driver: Driver, links: readonly string[]): Promise<void> {
  const left = await Promise.allSettled(links.map((name) => driver.detach(name)));
  const failed = left.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}
