/**
 * What a fault on links asks of the rest of the injector: which ways it may hold, whom it concerns, and when
 * it is over. It is over when no link that could still carry it is left: one that is dead carries nothing
 * (toxics live in its memory), one that is frozen or silent does, and is named until it has let go.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { LeasedFault } from '#policy/leases.ts';
import type { Driver } from '../driver.ts';
import type { Links, Unreached } from './links.ts';
import { linksOf, type LinkFault } from './touched-ways.ts';

/** The ways that it acts on, never none. @throws AzimuthError AZ_UNSUPPORTED, with the reason */
export function requireWays(links: Links, leavesOut: Driver['leavesOut'], fault: Omit<LinkFault, 'id'>): string[] {
  const ways = links.ways(fault);
  if (ways.length > 0) return ways;
  const leftOut = leavesOut.find(({ name }) => name.startsWith(`${fault.zone}-`));
  if (links.names().length > 0) throw new AzimuthError('AZ_UNSUPPORTED', `${fault.verb}: no link has a way between the two`);
  const why = leftOut === undefined ? 'its members call each other directly' : `${leftOut.name}: ${leftOut.reason}`;
  throw new AzimuthError('AZ_UNSUPPORTED', `${fault.verb} is made on links, and this region has none; ${why}`);
}

/** Makes it, as far as links can be reached. @throws AzimuthError AZ_INSTANCE_SILENT when none can: a fault that touches nothing would pass as survived */
export async function beginOnLinks(links: Links, fault: LinkFault): Promise<{ startedMs: number; skewMs: number }> {
  const acted = await links.begin(fault);
  if (acted !== null) return acted;
  const reasons = links.unreached(linksOf(links.ways(fault))).map(({ reason }) => reason);
  throw new AzimuthError('AZ_INSTANCE_SILENT', `no link could be told: ${reasons.join('; ')}`);
}

/** Whether it is about this AZ, on either side. */
export function concerns({ target, detail }: LeasedFault, az: string): boolean {
  return target === az || detail.peer === az;
}

/**
 * Takes faults off their links, and what is nobody's off the links among `names`.
 * @returns links that were mended, faults that are over, links that may still carry something
 */
export async function takeOffLinks(
  links: Links,
  driver: Driver,
  names: readonly string[],
  ended: readonly LeasedFault[],
): Promise<{ healed: string[]; over: string[]; remains: Unreached[] }> {
  for (const { id } of ended) links.end(id);
  const carriers = linksOf(ended.flatMap(({ members }) => members));
  const { changed, unreached } = await links.settle(links.names().filter((name) => names.includes(name) || carriers.includes(name)));
  const alive = new Set(driver.components().filter(({ state }) => state === 'frozen' || state === 'running' || state === 'detached').map(({ name }) => name));
  const remains = unreached.filter(({ name }) => alive.has(name));
  const stuck = new Set(unreached.map(({ name }) => name));
  return {
    healed: [...new Set([...changed, ...carriers])].filter((name) => !stuck.has(name)),
    over: ended.filter(({ members }) => !linksOf(members).some((name) => remains.some((one) => one.name === name))).map(({ id }) => id),
    remains,
  };
}
