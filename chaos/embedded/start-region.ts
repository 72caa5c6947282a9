/**
 * Brings a whole region up in this process and its children, or leaves nothing behind. `./azimuth up` and
 * the demo both start it here.
 */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { EXIT } from '#contracts/exit-codes.ts';
import { TRAFFIC_RAMP_MS } from '#contracts/faults.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import { CommandFailure } from '#kit/command-line.ts';
import { DEFAULT_REGION } from '#kit/find-region.ts';
import { createLogger } from '#kit/log.ts';
import { writeTargets } from '#kit/region/scrape-targets.ts';
import { writeRegion } from '#kit/region/serialise.ts';
import { publishRunning, stateFolder, stateRoot, withdrawRunning } from '#kit/state-folder.ts';
import { createApi } from '../injector/api.ts';
import { StartFailure, type Driver } from '../injector/driver.ts';
import { EmbeddedDriver } from '../injector/drivers/embedded/driver.ts';
import { Injector } from '../injector/injector.ts';
import { openJournal } from '../injector/journal.ts';
import { startAll, startOrder } from '../injector/start-order.ts';
import { tellTrouble } from '../journal/journal-file.ts';
import { refuseSecondStart } from './beside-containers.ts';
import { CHECKOUT, checkoutVersion } from './checkout.ts';
import { ControllerKeeper } from './controller-keeper.ts';
import { describeRegion } from './describe-region.ts';
import { observeInjector } from './observed-injector.ts';
import { ratePerSecondOf, type Rate } from '../capacity/rate.ts';
import { claimStart, ClaimTaken } from './start-claim.ts';
import { prepareStateFolder } from './state-space.ts';

export interface StartRegionOptions {
  /** Default: `AZIMUTH_REGION`, else `azimuth`. */
  region?: string;
  /** Stall rescue of the balancers; default as the environment and the description say. */
  rescue?: boolean;
  /** Orders per second from the moment it is up. */
  ratePerSecond: Rate;
  /** One line about what is going on. */
  progress: (text: string) => void;
  /** Ends the start: everything that was started is killed. */
  signal?: AbortSignal;
}

export interface StartedRegion {
  running: RunningRegion;
  region: Region;
  ratePerSecond: number;
  /** What the description names and this body cannot run. */
  leavesOut: Driver['leavesOut'];
  /** Drains and stops everything. With `hard` nothing is drained; also cuts a stop short that is under way. */
  stop(options?: { hard?: boolean }): Promise<void>;
}

/** @throws CommandFailure, ConfigError or the file system's error; nothing is left running then */
export async function startRegion(options: StartRegionOptions): Promise<StartedRegion> {
  const name = options.region ?? (process.env['AZIMUTH_REGION'] || DEFAULT_REGION);
  const folder = folderOf(name);
  await refuseSecondStart(name);
  prepareStateFolder(folder);
  const giveUpClaim = claim(name, folder);
  try {
    const region = await describeRegion({ region: name, rescue: options.rescue ?? null, env: process.env });
    return await bringUp(region, folder, options);
  } finally {
    giveUpClaim();
  }
}

async function bringUp(region: Region, folder: string, options: StartRegionOptions): Promise<StartedRegion> {
  const { progress } = options;
  progress(`Starting region "${region.region}" from docker-compose.yml, as processes on this machine.`);
  const startedMs = Date.now();
  const regionFile = join(folder, 'region.json');
  const controller = requireRole(region, 'controller');
  writeRegion(regionFile, region);
  writeTargets(regionFile, region);
  const driver = new EmbeddedDriver({
    region,
    regionFile,
    root: CHECKOUT,
    logFolder: join(folder, 'logs'),
    // The dot keeps it apart from regions, whose names begin with a letter.
    compileCache: join(stateRoot(), '.compile-cache'),
    version: checkoutVersion(),
    toldOf: ({ role }) => (role === 'controller' ? { CONTROLLER_FOLDER: join(folder, 'controller'), AZIMUTH_STATE_DIR: stateRoot() } : {}),
    onDeath: (text, name) => {
      if (name !== controller.name) return progress(`${text}. "./azimuth heal" brings it back.`);
      progress(`${text}. It is started again.`);
      keeper.ended();
    },
  });
  const keeper = new ControllerKeeper(() => driver.start(controller.name));
  const urls = urlsOf(region);
  const port = requirePort(region, 'injector');
  const found = { pid: process.pid, startedMs, api: `http://127.0.0.1:${requirePort(region, 'controller')}`, urls };
  const observed = observeInjector(region, checkoutVersion());
  const journal = await openJournal(join(folder, 'journal.jsonl'));
  tellTrouble(createLogger('injector'), journal);
  const injector = new Injector({ region, driver, journal, found: () => found, onFault: observed.onFault });
  const api = createApi(injector, { port, log: createLogger('injector'), onVerdict: observed.onVerdict });
  const stop = async (stopOptions: { hard?: boolean } = {}): Promise<void> => {
    keeper.close();
    injector.close();
    await driver.close(stopOptions);
    await journal.close();
    api.server.closeAllConnections();
    await api.close();
    await observed.close();
    withdrawRunning(region.region, process.pid);
  };
  try {
    await api.listen({ host: '127.0.0.1', port });
    await observed.listen(() => injector.faults());
    await startPrograms(driver, region, options);
    await settleEarlierFaults(injector, progress);
    const ratePerSecond = ratePerSecondOf(region, options.ratePerSecond);
    const answer = await injector.traffic({ ratePerSecond, overMs: ratePerSecond > ratePerSecondOf(region, 'rest') ? TRAFFIC_RAMP_MS : 0 });
    if (answer.status >= 300) throw new CommandFailure(`The customers refuse ${ratePerSecond} orders/s: ${answer.text.slice(0, 200)}`, EXIT.ERROR);
    const running = injector.running();
    publishRunning(running);
    return { running, region, ratePerSecond, leavesOut: driver.leavesOut, stop };
  } catch (error) {
    await stop({ hard: true });
    throw error;
  }
}

/** What an earlier parent broke ended with its programs: the journal is told so once inspection finds nothing of it. */
async function settleEarlierFaults(injector: Injector, progress: StartRegionOptions['progress']): Promise<void> {
  const { blocked, reason } = injector.lever();
  if (blocked) progress(`New faults are blocked: ${reason}. "./azimuth unlock" lets them go on.`);
  const left = injector.left().map(({ fault }) => `${fault.verb} ${fault.target}`);
  if (left.length === 0) return;
  const { remains } = await injector.mend([]);
  progress(`When this region last ended, ${left.join(', ')} had not healed; ${remains.length === 0 ? 'nothing of that is left' : `of that is left: ${remains.map(({ name }) => name).join(', ')}`}.`);
}

async function startPrograms(driver: Driver, region: Region, { progress, signal }: StartRegionOptions): Promise<void> {
  const startedMs = performance.now();
  const names = new Set(driver.components().map((component) => component.name));
  const endpoints = startOrder(region.endpoints.filter((endpoint) => names.has(endpoint.name)));
  const ended = new AbortController();
  const end = (): void => ended.abort();
  signal?.addEventListener('abort', end, { once: true });
  if (signal?.aborted === true) end();
  // Whatever boots is killed at once: nobody waits for the rest of a start that failed or was called off.
  ended.signal.addEventListener('abort', () => void driver.close({ hard: true }), { once: true });
  let first: Error | null = null;
  await startAll(driver, endpoints, {
    atOnce: availableParallelism() + 1,
    gently: false,
    signal: ended.signal,
    onReady: (name, ready, total) => progress(`${String(ready).padStart(2)}/${total} ${name}`),
    onFailure: (_name, error) => {
      first ??= ended.signal.aborted ? null : error;
      end();
    },
  });
  signal?.removeEventListener('abort', end);
  if (first !== null) throw failureOf(first);
  if (ended.signal.aborted) throw new CommandFailure('The start was called off; everything is stopped.', EXIT.ABORTED);
  progress(`${endpoints.length} programs are ready after ${((performance.now() - startedMs) / 1000).toFixed(1)} s`);
}

function failureOf(error: Error): Error {
  if (!(error instanceof StartFailure)) return error;
  const log = error.log.length === 0 ? 'It said nothing.' : `The end of its log:\n${error.log.map((line) => `  ${line}`).join('\n')}`;
  return new CommandFailure(`${error.message}, so everything was stopped.`, EXIT.ERROR, log);
}

function claim(name: string, folder: string): () => void {
  try {
    return claimStart(folder);
  } catch (error) {
    if (!(error instanceof ClaimTaken)) throw error;
    throw new CommandFailure(
      `Region "${name}" is being started by process ${error.pid}.`,
      EXIT.USAGE,
      `Wait for it, or end it; if there is no such start, remove ${error.path}.`,
    );
  }
}

function folderOf(name: string): string {
  try {
    return stateFolder(name);
  } catch (error) {
    throw new CommandFailure((error as Error).message, EXIT.USAGE);
  }
}

function requireRole(region: Region, role: Endpoint['role']): Endpoint {
  const endpoint = region.endpoints.find((one) => one.role === role);
  if (endpoint === undefined) throw new CommandFailure(`docker-compose.yml has no service of role ${role}.`, EXIT.USAGE);
  return endpoint;
}

function requirePort(region: Region, role: Endpoint['role']): number {
  const port = requireRole(region, role).address?.port;
  if (port === undefined) throw new CommandFailure(`docker-compose.yml gives the service of role ${role} no port.`, EXIT.USAGE);
  return port;
}

/** What a person may open; both answer in a browser. */
function urlsOf(region: Region): Record<string, string> {
  return {
    shop: `http://127.0.0.1:${requirePort(region, 'front-door')}/menu`,
    api: `http://127.0.0.1:${requirePort(region, 'controller')}/v1/status`,
  };
}
