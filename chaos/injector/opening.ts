/**
 * What the injector of a region in containers does once, after its start: mends what it finds broken, since a fault
 * that it held before is nobody's now; waits until the region serves; gives it customers; and says so in one line.
 *
 * It must fight neither who is just starting the region nor who is stopping it. Only what was broken at the first look
 * is mended, and what the journal says was being broken, which the engine may still be at; a container that is not there
 * yet, or was made and not started, is Compose's for twenty seconds; and what stops later stays stopped, until somebody
 * asks for it.
 */
import type { Logger } from 'pino';
import type { Region } from '#contracts/region.ts';
import { ratePerSecondOf } from '../capacity/rate.ts';
import type { DockerDriver } from './drivers/docker/driver.ts';
import type { Injector } from './injector.ts';
import { pause } from './pause.ts';
import { isBroken } from './residue.ts';

const LOOK_MS = 500;
const COMPOSE_STARTS_MS = 20_000;
/** What could not be mended is tried again this often, and then left to people. */
const TRIES = 5;
const TRY_AGAIN_MS = 3000;
/** A kill takes an engine up to a second. */
const LATE_ACT_MS = 2000;

export interface Opening {
  region: Region;
  injector: Pick<Injector, 'mend' | 'left' | 'missing' | 'running' | 'rate'>;
  driver: Pick<DockerDriver, 'look' | 'components' | 'awaitsCompose'>;
  log: Pick<Logger, 'info' | 'warn'>;
  /** Ends it. */
  signal: AbortSignal;
  /** The one line for people. */
  say: (text: string) => void;
  /** Told what is missing as long as the region does not serve, and nothing once it does. */
  onMissing: (missing: readonly string[]) => void;
}

/** Resolves when the region serves, or the signal ended it. Never rejects. */
export async function openRegion(opening: Opening): Promise<void> {
  await mendWhatIsBroken(opening);
  await untilServing(opening);
  if (opening.signal.aborted) return;
  await giveCustomers(opening);
  if (!opening.signal.aborted) opening.say(servingLine(opening.injector.running().urls));
}

async function mendWhatIsBroken({ injector, driver, log, signal }: Opening): Promise<void> {
  const broken = await brokenNow(driver);
  const leftAtMs = performance.now() + COMPOSE_STARTS_MS;
  const composes = broken.filter((name) => driver.awaitsCompose(name));
  let names = broken.filter((name) => !composes.includes(name));
  const left = injector.left();
  const intended = new Set(left.flatMap(({ inverse }) => inverse.restore));
  if (left.length > 0) log.warn({ faults: left.map(({ id, fault }) => `${id} ${fault.verb} ${fault.target}`) }, 'region.faults-left-open');
  // Also with nothing broken: faults on links, shifts and switches of before are nobody's.
  for (let attempt = 1; attempt <= TRIES && !signal.aborted; attempt += 1) {
    const { healed, remains } = await injector.mend(names);
    if (healed.length > 0) log.warn({ healed }, 'region.mended');
    // What was asked of the engine before the last injector ended may be done only now.
    if (attempt === 1 && intended.size > 0) await pause(LATE_ACT_MS, signal);
    const still = await brokenNow(driver);
    names = still.filter((name) => names.includes(name) || (intended.has(name) && !driver.awaitsCompose(name)));
    if (names.length === 0) break;
    log.warn({ remains, attempt }, 'region.not-mended');
    await pause(TRY_AGAIN_MS, signal);
  }
  while (composes.some((name) => driver.awaitsCompose(name)) && performance.now() < leftAtMs && !signal.aborted) {
    await pause(LOOK_MS, signal);
    await driver.look();
  }
  const unstarted = composes.filter((name) => driver.awaitsCompose(name));
  if (unstarted.length > 0 && !signal.aborted) log.warn({ unstarted, ...(await injector.mend(unstarted)) }, 'region.started-what-nobody-started');
}

async function brokenNow(driver: Opening['driver']): Promise<string[]> {
  await driver.look();
  return driver.components().filter(isBroken).map(({ name }) => name);
}

async function untilServing({ injector, signal, onMissing }: Opening): Promise<void> {
  while (!signal.aborted) {
    const missing = await injector.missing();
    onMissing(missing);
    if (missing.length === 0) return;
    await pause(LOOK_MS, signal);
  }
}

/** Those who have some already keep them. */
async function giveCustomers({ region, injector, log, signal }: Opening): Promise<void> {
  injector.rate.watch();
  while (!signal.aborted) {
    try {
      await injector.rate.begin({ ratePerSecond: ratePerSecondOf(region, 'rest') });
      return;
    } catch (error) {
      log.warn({ reason: error instanceof Error ? error.message : String(error) }, 'customers.not-told');
      await pause(LOOK_MS, signal);
    }
  }
}

function servingLine(urls: Readonly<Record<string, string>>): string {
  const opened = [['Shop', urls['shop']], ['Grafana', urls['grafana']]].flatMap(([what, url]) => (url === undefined ? [] : [`${what} ${url}`]));
  return `azimuth: the region serves. ${[...opened, 'next: docker compose run --rm chaos kill az1 (or ./azimuth kill az1)'].join(' · ')}`;
}
