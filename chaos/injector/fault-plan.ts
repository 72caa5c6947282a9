/**
 * What a request for a fault means here and now, before anybody acts: whom it names, what it takes, and whether it would
 * hit anything. Nothing is changed, so that a dry run and the fault itself are planned by the same code.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { isLinkVerb, isServiceVerb, type FaultDetail, type FaultRequest } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import type { AskedFault } from '#policy/leases.ts';
import type { Driver } from './driver.ts';
import { requireEffect } from './effect.ts';
import { detailOf } from './fault-detail.ts';
import { requireWays } from './links/link-faults.ts';
import type { Parts } from './parts.ts';
import { requireServices } from './service-faults/struck-services.ts';
import { ownLinks, requireSilence } from './silence.ts';
import { resolveTarget, type Target } from './targets.ts';

/** A fault without its name and its lease. */
export type PlannedFault = Omit<AskedFault, 'id'>;

/** @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_BAD_REQUEST */
export async function planFault(parts: Parts, request: FaultRequest): Promise<PlannedFault> {
  const { driver, endpoints } = parts;
  const { verb } = request;
  const target = targetOf(driver, endpoints, request.target);
  const detail = detailOf(request);
  if ((isLinkVerb(verb) || verb === 'shift') && target.kind !== 'az') throw new AzimuthError('AZ_BAD_REQUEST', `${verb} takes a whole AZ, such as ${target.zone}`);
  if (detail.silent === true) requireSilence(driver, endpoints, verb, target);
  await driver.look();
  return {
    verb, target: request.target, detail,
    members: membersOf(parts, request, target, detail),
    zone: verb === 'shift' ? target.zone : null,
    azs: detail.peer === undefined ? [target.zone] : [target.zone, detail.peer],
    reason: request.reason ?? null,
    holder: request.holder ?? 'operator',
    by: request.by ?? null,
  };
}

/** What it holds. @throws AzimuthError AZ_UNSUPPORTED, AZ_REFUSED_TARGET, AZ_BAD_REQUEST */
function membersOf({ driver, endpoints, links }: Parts, { verb }: FaultRequest, target: Target, detail: FaultDetail): string[] {
  if (isLinkVerb(verb)) return requireWays(links, driver.leavesOut, { verb, zone: target.zone, detail });
  return isServiceVerb(verb) ? requireServices(endpoints, verb, target, detail) : target.members;
}

/** To be asked when what others broke there is healed. @throws AzimuthError AZ_CONFLICT when it would hit nothing */
export function requireHit({ driver, endpoints }: Parts, fault: PlannedFault): void {
  const { verb, target, members, detail } = fault;
  if (verb === 'kill' || verb === 'freeze' || isServiceVerb(verb)) requireEffect(driver.components(), fault, members);
  else if (detail.silent === true) requireEffect(driver.components(), fault, ownLinks(endpoints, target));
}

/** @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED */
export function targetOf({ leavesOut }: Pick<Driver, 'leavesOut'>, endpoints: readonly Endpoint[], text: string): Target {
  const leftOut = leavesOut.find(({ name }) => name === text);
  if (leftOut !== undefined) throw new AzimuthError('AZ_UNSUPPORTED', `${leftOut.name}: ${leftOut.reason}`);
  return resolveTarget(endpoints, text);
}
