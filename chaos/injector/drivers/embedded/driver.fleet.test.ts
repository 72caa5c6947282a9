import { spawn, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { getPriority } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { StartFailure } from '../../driver.ts';
import { EmbeddedDriver } from './driver.ts';
import { smallFleet, type SmallFleet } from './small-fleet.fixture.ts';

const CHECKOUT = join(import.meta.dirname, '../../../..');
const open: (() => Promise<void> | void)[] = [];

afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close();
});

async function fleetOf(names: readonly string[], environment: Record<string, Record<string, string>> = {}): Promise<SmallFleet> {
  const fleet = await smallFleet(names, environment);
  open.push(() => fleet.remove());
  return fleet;
}

function driverOf(fleet: SmallFleet, onDeath: (text: string) => void = () => {}): EmbeddedDriver {
  const { region, regionFile, folder } = fleet;
  const driver = new EmbeddedDriver({ region, regionFile, root: folder, logFolder: join(folder, 'logs'), compileCache: join(folder, 'cache'), version: '0.0.0', onDeath });
  open.push(() => driver.close({ hard: true }));
  return driver;
}

/** A zombie that nobody has reaped yet is dead: some init processes take seconds. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.trim().startsWith('Z');
}

async function until(holds: () => boolean, limitMs: number): Promise<boolean> {
  const endsMs = performance.now() + limitMs;
  while (!holds()) {
    if (performance.now() > endsMs) return false;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  return true;
}

const stateOf = (driver: EmbeddedDriver, name: string): string | undefined => driver.components().find((one) => one.name === name)?.state;

describe('the embedded driver', () => {
  it('starts a program, and it is running only once it answers', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a']));
    expect(stateOf(driver, 'az1-kitchen-a')).toBe('dead');
    const start = driver.start('az1-kitchen-a');
    expect(stateOf(driver, 'az1-kitchen-a')).toBe('starting');
    await start;
    expect(stateOf(driver, 'az1-kitchen-a')).toBe('running');
  });

  it('starts a program once, however often it is asked at the same time', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a']));
    await Promise.all([driver.start('az1-kitchen-a'), driver.start('az1-kitchen-a')]);
    const before = driver.components()[0]?.pid;
    await driver.start('az1-kitchen-a');
    expect(driver.components()[0]?.pid).toBe(before);
  });

  it('kills a frozen program, and starts it again', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a']));
    await driver.start('az1-kitchen-a');
    await driver.freeze('az1-kitchen-a');
    expect(await until(() => stateOf(driver, 'az1-kitchen-a') === 'frozen', 1000)).toBe(true);
    await driver.kill('az1-kitchen-a');
    expect(stateOf(driver, 'az1-kitchen-a')).toBe('dead');
    await driver.start('az1-kitchen-a', { gently: true });
    expect(stateOf(driver, 'az1-kitchen-a')).toBe('running');
  });

  it.skipIf(process.platform !== 'linux' || process.getuid?.() !== 0)('starts it gently, and gives it its priority back when it is ready (needs root on Linux)', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a']));
    const starting = driver.start('az1-kitchen-a', { gently: true });
    const pid = driver.components()[0]?.pid as number;
    expect(getPriority(pid)).toBe(Math.min(19, getPriority() + 10));
    await starting;
    expect(getPriority(pid)).toBe(getPriority());
  });

  it('takes a link for running once its API answers, leaves none out, and thaws one that it froze', async () => {
    const fleet = await fleetOf(['az1-link', 'az1-kitchen-a']);
    const driver = driverOf(fleet);
    expect(driver.leavesOut).toEqual([]);
    await driver.start('az1-link');
    const version = (limitMs = 5000): Promise<Response> => fetch(`http://127.0.0.1:${fleet.region.links[0]?.api.port}/version`, { signal: AbortSignal.timeout(limitMs) });
    expect((await version()).status).toBe(200);
    await driver.freeze('az1-link');
    await expect(version(500)).rejects.toThrow();
    await driver.thaw('az1-link');
    expect((await version()).status).toBe(200);
    expect(stateOf(driver, 'az1-link')).toBe('running');
  });

  it('names the program that does not start, with the end of its log', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a'], { 'az1-kitchen-a': { BEHAVIOUR: 'refuse' } }));
    const failure = await driver.start('az1-kitchen-a').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StartFailure);
    expect((failure as StartFailure).message).toBe('az1-kitchen-a ended with exit code 2');
    expect((failure as StartFailure).log).toEqual(['the oven is not connected']);
  });

  it('reports a program that dies by itself, and leaves it dead', async () => {
    const deaths: string[] = [];
    const fleet = await fleetOf(['az1-kitchen-a']);
    const driver = driverOf(fleet, (text) => deaths.push(text));
    await driver.start('az1-kitchen-a');
    await fetch(`http://127.0.0.1:${fleet.region.endpoints[0]?.admin?.port}/exit`).catch(() => {});
    expect(await until(() => deaths.length === 1, 2000)).toBe(true);
    expect(deaths[0]).toContain('az1-kitchen-a ended with exit code 7');
    expect(driver.components()[0]).toMatchObject({ state: 'dead', pid: null, death: 'ended with exit code 7' });
  });

  it('says nothing of a death that it brought about', async () => {
    const deaths: string[] = [];
    const driver = driverOf(await fleetOf(['az1-kitchen-a']), (text) => deaths.push(text));
    await driver.start('az1-kitchen-a');
    await driver.kill('az1-kitchen-a');
    expect(deaths).toEqual([]);
    expect(driver.components()[0]?.death).toBeNull();
  });

  it('writes what a program prints to its log file', async () => {
    const fleet = await fleetOf(['az1-kitchen-a']);
    const driver = driverOf(fleet);
    await driver.start('az1-kitchen-a');
    const log = join(fleet.folder, 'logs', 'az1-kitchen-a.log');
    expect(await until(() => readFileSync(log, 'utf8').includes('az1-kitchen-a serves'), 2000)).toBe(true);
  });

  it('stops everything when it closes, the frozen too', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a', 'az2-kitchen-a', 'customers']));
    for (const { name } of driver.components()) await driver.start(name);
    const pids = driver.components().map(({ pid }) => pid ?? 0);
    await driver.freeze('az1-kitchen-a');
    await driver.close();
    expect(pids.filter(isAlive)).toEqual([]);
    await expect(driver.start('az1-kitchen-a')).rejects.toThrow('stopping');
  });

  it('lets links go on until what sends through them has finished', async () => {
    const fleet = await fleetOf(['az1-link', 'az1-kitchen-a', 'customers'], { 'az1-kitchen-a': { BEHAVIOUR: 'linger' } });
    const driver = driverOf(fleet);
    for (const { name } of driver.components()) await driver.start(name);
    const closing = driver.close();
    expect(await until(() => stateOf(driver, 'customers') === 'dead', 5000)).toBe(true);
    const states: string[] = [];
    while (stateOf(driver, 'az1-kitchen-a') !== 'dead') {
      states.push(stateOf(driver, 'az1-link') ?? '');
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    expect(new Set(states)).toEqual(new Set(['running']));
    await closing;
    expect(stateOf(driver, 'az1-link')).toBe('dead');
  });

  it.runIf(process.platform === 'linux')('tells the memory and, from two samples on, the processor share of what runs', async () => {
    const driver = driverOf(await fleetOf(['az1-kitchen-a', 'az2-kitchen-a']));
    await driver.start('az1-kitchen-a');
    await driver.usage();
    await new Promise((resolve) => setTimeout(resolve, 50));
    const usage = await driver.usage();
    expect(usage.get('az1-kitchen-a')?.memoryBytes).toBeGreaterThan(1_000_000);
    expect(usage.get('az1-kitchen-a')?.cpuShare).toBeGreaterThanOrEqual(0);
    expect(usage.get('az2-kitchen-a')).toEqual({ memoryBytes: null, memoryLimitBytes: null, cpuShare: null });
  });
});

describe('when the parent is killed without a word', () => {
  const PARENT = `
    import { EmbeddedDriver } from ${JSON.stringify(join(CHECKOUT, 'chaos/injector/drivers/embedded/driver.ts'))};
    import { readFileSync } from 'node:fs';
    const [folder, regionFile] = process.argv.slice(1);
    const region = JSON.parse(readFileSync(regionFile, 'utf8'));
    const driver = new EmbeddedDriver({ region, regionFile, root: folder, logFolder: folder + '/logs', compileCache: folder + '/cache', version: '0.0.0', onDeath: () => {} });
    for (const { name } of driver.components()) await driver.start(name);
    await driver.freeze('az1-kitchen-a');
    if (process.env.KILL_WATCHDOG === 'yes') {
      const { execFileSync } = await import('node:child_process');
      const children = execFileSync('ps', ['-A', '-o', 'pid=,ppid=,comm='], { encoding: 'utf8' }).split('\\n').map((line) => line.trim().split(/\\s+/));
      const shell = children.find(([, ppid, command]) => Number(ppid) === process.pid && /(^|\\/)(sh|dash|bash)$/.test(command));
      process.kill(Number(shell[0]), 'SIGKILL');
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
    console.log(JSON.stringify(driver.components().map(({ pid }) => pid)));
    setInterval(() => {}, 1000);
  `;

  async function orphansOf(env: NodeJS.ProcessEnv): Promise<number[]> {
    const fleet = await fleetOf(['az1-kitchen-a', 'az2-kitchen-a']);
    const parent = spawn(process.execPath, ['--input-type=module', '-e', PARENT, fleet.folder, fleet.regionFile], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ...env },
      cwd: CHECKOUT,
    });
    const pids = await new Promise<number[]>((resolve, reject) => {
      let text = '';
      parent.stdout.on('data', (chunk: Buffer) => {
        text += chunk.toString();
        if (text.includes('\n')) resolve(JSON.parse(text) as number[]);
      });
      parent.once('exit', () => reject(new Error('the parent ended before its children ran')));
    });
    expect(pids.map(isAlive)).toEqual([true, true]);
    parent.kill('SIGKILL');
    await until(() => !pids.some(isAlive), 1000);
    const left = pids.filter(isAlive);
    for (const pid of left) process.kill(pid, 'SIGKILL');
    return left;
  }

  it('nothing is left within a second, frozen children included', async () => {
    expect(await orphansOf({})).toEqual([]);
  });

  it('nothing is left either when the watchdog had been killed before and was replaced', async () => {
    expect(await orphansOf({ KILL_WATCHDOG: 'yes' })).toEqual([]);
  });
});
