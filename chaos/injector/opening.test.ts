import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { HealAnswer } from '#contracts/faults.ts';
import { FakeDriver, linkedRegion } from './fake-driver.fixture.ts';
import { intentOf } from './memory-journal.fixture.ts';
import { openRegion, type Opening } from './opening.ts';

const region = { ...linkedRegion(), body: 'compose' as const };
let driver: FakeDriver & { awaitsCompose(name: string): boolean };
let composes: Set<string>;
let mended: string[][];
let missing: string[];
let began: unknown[];
let said: string[];
let ended: AbortController;
let refuses: Set<string>;
/** What the journal says was being broken. */
let intended: string[];

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  composes = new Set();
  driver = Object.assign(new FakeDriver(region), { awaitsCompose: (name: string) => composes.has(name) });
  [mended, missing, began, said, ended, refuses, intended] = [[], [], [], [], new AbortController(), new Set(), []];
});
afterEach(() => {
  ended.abort();
  vi.useRealTimers();
});

function open(): Promise<void> {
  const mend = async (names: readonly string[]): Promise<HealAnswer> => {
    mended.push([...names]);
    for (const name of names.filter((one) => !refuses.has(one))) await driver.start(name);
    return { healed: [], remains: [], acknowledgedMs: 0, atMs: 0 };
  };
  const opening: Opening = {
    region, driver, log: { info: () => undefined, warn: () => undefined }, signal: ended.signal,
    injector: {
      mend, missing: async () => missing,
      left: () => (intended.length === 0 ? [] : [intentOf('f7', { restore: intended })]),
      running: () => ({ schema: 'azimuth.running/1', region: 'linked', body: 'compose', pid: null, startedMs: 0, api: '', urls: { shop: 'http://127.0.0.1:8080/menu' } }),
      rate: { watch: () => undefined, begin: async (request: unknown) => void began.push(request) } as unknown as Opening['injector']['rate'],
    },
    say: (text) => said.push(text),
    onMissing: () => undefined,
  };
  return openRegion(opening);
}

describe('the opening of a region', () => {
  it('says one line when it serves, with what to open and what to type next, and gives it customers', async () => {
    await open();
    expect(said).toEqual(['azimuth: the region serves. Shop http://127.0.0.1:8080/menu · next: docker compose run --rm chaos kill az1 (or ./azimuth kill az1)']);
    expect(began).toEqual([{ ratePerSecond: expect.any(Number) as number }]);
  });

  it('waits until it serves', async () => {
    missing = ['az1-link is dead'];
    const opened = open();
    await vi.advanceTimersByTimeAsync(5000);
    expect(said).toEqual([]);
    missing = [];
    await vi.advanceTimersByTimeAsync(600);
    await opened;
    expect(said).toHaveLength(1);
  });

  it('mends what it finds broken, and links and shifts that are nobody\'s also where nothing is', async () => {
    await driver.freeze('az1-kitchen-a');
    await driver.detach('az2-link');
    await driver.kill('az3-kitchen-a');
    await open();
    expect(mended).toEqual([['az1-kitchen-a', 'az2-link', 'az3-kitchen-a'].sort((a, b) => order(a) - order(b))]);
    mended.length = 0;
    await open();
    expect(mended).toEqual([[]]);
  });

  it('mends what was asked of the engine before the last injector ended, and is done only now', async () => {
    intended = ['az1-kitchen-a'];
    const opened = open();
    await vi.advanceTimersByTimeAsync(500);
    await driver.kill('az1-kitchen-a');
    await driver.kill('az2-kitchen-a');
    await vi.advanceTimersByTimeAsync(10_000);
    await opened;
    expect(mended).toEqual([[], ['az1-kitchen-a']]);
  });

  it('leaves to Compose what it made anew, whatever was being broken before', async () => {
    intended = ['az1-kitchen-a'];
    await driver.kill('az1-kitchen-a');
    composes = new Set(['az1-kitchen-a']);
    const opened = open();
    await vi.advanceTimersByTimeAsync(5000);
    expect(mended).toEqual([[]]);
    composes.clear();
    await driver.start('az1-kitchen-a');
    await vi.advanceTimersByTimeAsync(2000);
    await opened;
    expect(mended).toEqual([[]]);
  });

  it('leaves alone what stops later: somebody stops the region', async () => {
    missing = ['az1-kitchen-a is dead'];
    const opened = open();
    await vi.advanceTimersByTimeAsync(1000);
    await driver.kill('az1-kitchen-a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect(mended).toEqual([[]]);
    ended.abort();
    await opened;
  });

  it('leaves to Compose for twenty seconds what it has not started yet', async () => {
    await driver.kill('az1-kitchen-a');
    await driver.kill('az2-kitchen-a');
    composes = new Set(['az1-kitchen-a', 'az2-kitchen-a']);
    const opened = open();
    await vi.advanceTimersByTimeAsync(5000);
    composes.delete('az2-kitchen-a');
    expect(mended).toEqual([[]]);
    await vi.advanceTimersByTimeAsync(16_000);
    await opened;
    expect(mended).toEqual([[], ['az1-kitchen-a']]);
  });

  it('tries again what could not be mended, and then leaves it to people', async () => {
    await driver.kill('az1-kitchen-a');
    refuses.add('az1-kitchen-a');
    const opened = open();
    await vi.advanceTimersByTimeAsync(60_000);
    await opened;
    expect(mended).toEqual(Array.from({ length: 5 }, () => ['az1-kitchen-a']));
  });

  it('ends with its signal, and says nothing', async () => {
    missing = ['everything'];
    const opened = open();
    await vi.advanceTimersByTimeAsync(1000);
    ended.abort();
    await opened;
    expect(said).toEqual([]);
  });
});

function order(name: string): number {
  return region.endpoints.findIndex((one) => one.name === name);
}
