/**
 * In which order the members of a target are struck, so that an AZ ends as one thing. Its link goes first: once that is
 * dead nothing new enters the AZ, and what is asked inside it can no longer answer late. Everything else follows at
 * once. Every act is waited for, also after one has failed: whoever undoes them must not meet one that is under way.
 *
 *   kill           SIGKILL to the link, and a moment later to all others: a crash, whose kernel closes connections
 *   kill, silent   everything is frozen, which is when the AZ falls silent; the link leaves its networks, then each of
 *                  the others its own, and is killed: a power loss, after which no FIN and no RST gets out
 *   freeze         all at once
 */
import type { Endpoint } from '#contracts/region.ts';
import type { Acted, Driver } from './driver.ts';

/** A container is gone some 20 ms after the engine was asked, if it has nothing else to do, and the answer comes a second later. */
const LEAD_MS = 50;

/** When the first member was struck, wall clock, and how much later the last. */
export interface Struck {
  startedMs: number;
  skewMs: number;
}

export interface Strike {
  verb: 'kill' | 'freeze';
  members: readonly string[];
  silent: boolean;
}

/** Rejects with the first error, when no act is under way any more. */
export async function strike(driver: Driver, endpoints: readonly Endpoint[], { verb, members, silent }: Strike): Promise<Struck> {
  if (verb === 'freeze') return struck(await settled(members.map((name) => driver.freeze(name))));
  const links = endpoints.filter(({ role, name }) => role === 'link' && members.includes(name)).map(({ name }) => name);
  const others = members.filter((name) => !links.includes(name));
  if (silent) {
    // To leave a network takes an engine a tenth of a second for each; a pause takes it a hundredth.
    const frozen = await settled(members.map((name) => driver.freeze(name)));
    await settled(links.map((name) => driver.detach(name)));
    await settled([...links.map((name) => driver.kill(name)), ...others.map((name) => cutOff(driver, name))]);
    return struck(frozen);
  }
  const first = links.map((name) => driver.kill(name));
  if (first.length > 0) await Promise.race([Promise.allSettled(first), new Promise((resolve) => setTimeout(resolve, LEAD_MS))]);
  return struck(await settled([...first, ...others.map((name) => driver.kill(name))]));
}

/** As a network card without power: what its kernel says about closed connections is heard by nobody. */
async function cutOff(driver: Driver, name: string): Promise<Acted> {
  await driver.detach(name);
  return driver.kill(name);
}

async function settled(acts: readonly Promise<Acted>[]): Promise<Acted[]> {
  const results = await Promise.allSettled(acts);
  const failed = results.find((result) => result.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
}

function struck(acts: readonly Acted[]): Struck {
  const times = acts.map(({ atMs }) => atMs);
  const startedMs = Math.min(...times);
  return { startedMs, skewMs: Math.max(...times) - startedMs };
}
