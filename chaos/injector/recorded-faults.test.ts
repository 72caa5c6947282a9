import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultRequest } from '#contracts/faults.ts';
import { FakeDriver, foundNowhere, obedientServices, smallRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import type { JournalLine } from './journal-lines.ts';
import { MemoryJournal, intentOf } from './memory-journal.fixture.ts';
import { Switches } from './switches.ts';

const region = smallRegion();
const KILL: FaultRequest = { verb: 'kill', target: 'az1-kitchen-a' };
const SUITE: FaultRequest = { verb: 'freeze', target: 'az2', holder: 'suite', by: 'az-freeze az2' };
let driver: FakeDriver;
let journal: MemoryJournal;
let injector: Injector;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
  driver = new FakeDriver(region);
  start();
});

afterEach(() => {
  injector.close();
  vi.useRealTimers();
});

/** An injector that finds what an earlier one wrote. */
function start(...lines: JournalLine[]): void {
  journal = new MemoryJournal(lines);
  const switches = new Switches(region.endpoints, async () => ({ status: 204, text: '' }));
  injector = new Injector({ region, driver, journal, found: foundNowhere, switches, services: obedientServices(region) });
}

const broken = (): string[] => driver.components().filter(({ state }) => state !== 'running').map(({ name }) => name);
const written = (): string[] => journal.lines.map((line) => ('id' in line ? `${line.type} ${line.id}` : line.type));

describe('a fault', () => {
  it('is on disk, with what ends it, before anything acts', async () => {
    const atFirstAct: string[] = [];
    vi.spyOn(driver, 'kill').mockImplementationOnce(async () => {
      atFirstAct.push(...written());
      return { atMs: 5 };
    });
    await injector.break({ ...KILL, reason: 'drill', by: 'ann', leaseMs: 5000 });
    expect(atFirstAct).toEqual(['intent f1']);
    expect(journal.lines[0]).toMatchObject({
      id: 'f1', leaseMs: 5000, fault: { verb: 'kill', target: 'az1-kitchen-a', holder: 'operator', by: 'ann', reason: 'drill' },
      inverse: { restore: ['az1-kitchen-a'], clear: [], unshift: [] },
    });
    expect(journal.lines[1]).toMatchObject({ type: 'applied', id: 'f1', startedMs: 5, skewMs: 0 });
  });

  it.each<[how: string, end: (id: string) => Promise<unknown>]>([
    ['one by one', (id) => injector.healFault(id)],
    ['by its target', () => injector.heal('az1')],
    ['with everything', () => injector.heal()],
    ['by its lease', () => vi.advanceTimersByTimeAsync(600_100)],
  ])('that is healed %s is over in the journal, too', async (_how, end) => {
    const { id } = await injector.break(KILL);
    await end(id);
    expect(written()).toEqual(['intent f1', 'applied f1', 'healed f1']);
    expect(injector.left()).toEqual([]);
  });

  it('that is being written down is waited for by a heal of everything, and healed', async () => {
    let written = (): void => undefined;
    const disk = new Promise<void>((resolve) => (written = resolve));
    const append = journal.append.bind(journal);
    vi.spyOn(journal, 'append').mockImplementationOnce((line) => disk.then(() => append(line)));
    const made = injector.break(KILL);
    await vi.advanceTimersByTimeAsync(1);
    const healed = injector.heal();
    await vi.advanceTimersByTimeAsync(1);
    written();
    expect([(await made).id, (await healed).healed, broken()]).toEqual(['f1', ['az1-kitchen-a'], []]);
    expect(injector.faults()).toEqual([]);
  });

  it('of which something remains is open until nothing does', async () => {
    const { id } = await injector.break(KILL);
    driver.refuseStart = 'az1-kitchen-a';
    await injector.healFault(id);
    expect([...journal.state.open.keys()]).toEqual(['f1']);
    driver.refuseStart = null;
    await vi.advanceTimersByTimeAsync(2100);
    expect([...journal.state.open.keys()]).toEqual([]);
  });

  it('that the driver cannot make is undone, and over', async () => {
    driver.refuseKill = 'az1-kitchen-b';
    await expect(injector.break({ ...KILL, target: 'az1' })).rejects.toThrow('not permitted');
    expect(written()).toEqual(['intent f1', 'healed f1']);
  });

  it('that the driver cannot make, nor undo, is held, and open, until a later try undoes it', async () => {
    driver.refuseKill = 'az1-kitchen-b';
    driver.refuseStart = 'az1-kitchen-a';
    await expect(injector.break({ ...KILL, target: 'az1' })).rejects.toThrow('not permitted');
    expect(injector.faults()).toMatchObject([{ id: 'f1', state: 'healing', members: ['az1-kitchen-a'] }]);
    await vi.advanceTimersByTimeAsync(2100);
    expect([...journal.state.open.keys()]).toEqual(['f1']);
    driver.refuseStart = null;
    await vi.advanceTimersByTimeAsync(2100);
    expect([injector.faults(), broken(), [...journal.state.open.keys()]]).toEqual([[], [], []]);
  });

  it('is not over when Docker does not say what runs, and what was last seen may no longer be so', async () => {
    await injector.break(KILL);
    driver.unseen = 'Docker did not answer within 10 s: list the containers';
    expect((await injector.heal()).remains).toContainEqual({ name: 'Docker', reason: driver.unseen });
    expect(injector.faults()).toMatchObject([{ id: 'f1', state: 'healing' }]);
    driver.unseen = null;
    await vi.advanceTimersByTimeAsync(2100);
    expect(injector.faults()).toEqual([]);
  });

  it('that cannot be written down is not made, and everything heals all the same', async () => {
    await injector.break(KILL);
    journal.refuses = 'ENOSPC: no space left on device';
    await expect(injector.break({ ...KILL, target: 'az1-kitchen-b' })).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED', statusCode: 507, message: expect.stringContaining('ENOSPC') as string });
    expect(broken()).toEqual(['az1-kitchen-a']);
    expect(injector.faults().map(({ id }) => id)).toEqual(['f1']);
    expect((await injector.status()).journalTrouble).toContain('ENOSPC');
    expect((await injector.heal()).remains).toEqual([]);
    expect(broken()).toEqual([]);
  });
});

describe('an injector that starts again', () => {
  it('goes on with the numbers of before', async () => {
    start({ type: 'started', atMs: 1, lastFault: 3 }, intentOf('f16'), { type: 'healed', atMs: 2, id: 'f16' });
    expect((await injector.break(KILL)).id).toBe('f17');
  });

  it('knows what was left open, and has it off the journal once a look at everything finds nothing broken', async () => {
    start(intentOf('f1', { restore: ['az1-kitchen-a'] }));
    await driver.kill('az1-kitchen-a');
    expect(injector.left().map(({ id }) => id)).toEqual(['f1']);
    driver.refuseStart = 'az1-kitchen-a';
    await injector.mend(['az1-kitchen-a']);
    expect(injector.left().map(({ id }) => id)).toEqual(['f1']);
    driver.refuseStart = null;
    await injector.mend(['az1-kitchen-a']);
    expect(injector.left()).toEqual([]);
    expect(written()).toEqual(['healed f1']);
  });

  it('turns switches back that nobody here turned', async () => {
    const told: string[] = [];
    injector.close();
    const switches = new Switches(region.endpoints, async ({ port }, { method, path }) => {
      told.push(`${method} ${path} ${port}`);
      return { status: 204, text: '' };
    });
    injector = new Injector({ region, driver, journal, found: foundNowhere, switches, services: obedientServices(region) });
    await injector.mend([]);
    expect(told).toContain('PUT /ovens 5');
    expect(told).toContain('PUT /settings 4');
  });
});

describe('the lever', () => {
  it('blocks new faults with its reason, and neither heals nor renewals', async () => {
    const { id } = await injector.break(KILL);
    expect(await injector.setLever({ blocked: true, reason: 'incident 42' })).toMatchObject({ blocked: true, reason: 'incident 42', sinceMs: Date.now() });
    await expect(injector.break({ ...KILL, target: 'az1-kitchen-b' })).rejects.toMatchObject({ code: 'AZ_BLOCKED', statusCode: 423, message: expect.stringContaining('incident 42') as string });
    expect(broken()).toEqual(['az1-kitchen-a']);
    expect(await injector.renew(id, 60_000)).toMatchObject({ state: 'active' });
    expect(await injector.heal()).toMatchObject({ healed: ['az1-kitchen-a'], remains: [] });
    expect((await injector.status()).lever).toMatchObject({ blocked: true });
  });

  it('ends what experiments hold, and says so when they renew', async () => {
    await injector.break(KILL);
    const { id } = await injector.break(SUITE);
    await injector.setLever({ blocked: true, reason: 'incident 42' });
    await vi.advanceTimersByTimeAsync(0);
    expect(broken()).toEqual(['az1-kitchen-a']);
    await expect(injector.renew(id, 10_000)).rejects.toMatchObject({ code: 'AZ_BLOCKED', message: expect.stringContaining('fault f2 was ended: new faults are blocked: incident 42') as string });
  });

  it('needs a reason', async () => {
    await expect(injector.setLever({ blocked: true })).rejects.toMatchObject({ code: 'AZ_BAD_REQUEST' });
    expect(injector.lever()).toEqual({ blocked: false, reason: null, sinceMs: null });
  });

  it('holds after a start, until it is released', async () => {
    await injector.setLever({ blocked: true, reason: 'incident 42' });
    start(...journal.lines);
    await expect(injector.break(KILL)).rejects.toMatchObject({ code: 'AZ_BLOCKED' });
    expect(await injector.setLever({ blocked: false })).toEqual({ blocked: false, reason: null, sinceMs: null });
    await injector.break(KILL);
    start(...journal.lines);
    expect(injector.lever().blocked).toBe(false);
  });

  it('holds also where it cannot be written down, and says that it will not outlive the injector', async () => {
    journal.refuses = 'EROFS: read-only file system';
    await expect(injector.setLever({ blocked: true, reason: 'incident' })).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED', message: expect.stringContaining('this holds until the injector is started again') as string });
    expect(injector.lever().blocked).toBe(true);
  });
});
