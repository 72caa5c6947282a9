import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import type { Fault, HealAnswer, ResidueAnswer } from '#contracts/faults.ts';
import { CommandFailure, RegionRefusal } from '#kit/command-line.ts';
import { HeldFault } from './held-fault.ts';

const HEALED: HealAnswer = { healed: ['az1-kitchen-a'], remains: [], acknowledgedMs: 1, atMs: 1 };
const refused = (status: number, message = 'gone') => new RegionRefusal(message, EXIT.USAGE, status);

let lost: string[];
let answers: (() => Promise<HealAnswer>)[];
let asked: number;
let renew: () => Promise<Fault>;
let residue: () => Promise<ResidueAnswer>;
beforeEach(() => {
  vi.useFakeTimers();
  [lost, answers, asked, renew, residue] = [[], [], 0, () => Promise.resolve({} as Fault), () => Promise.resolve({ residue: [], atMs: 1 })];
});
afterEach(() => vi.useRealTimers());

const make = () => HeldFault.make({
  break: () => Promise.resolve({ id: 'f1', members: ['az1-kitchen-a', 'az1-link/az2'] } as Partial<Fault> as Fault),
  renew: () => renew(),
  residue: () => residue(),
  healFault: () => {
    asked += 1;
    return (answers.shift() ?? (() => Promise.resolve(HEALED)))();
  },
}, { verb: 'kill', target: 'az1' }, { run: 'x az1', reason: 'x' }, (reason) => lost.push(reason));

test.each([404, 409, 423])('a heal that is answered %i finds the fault lost: told once, and not asked again', async (status) => {
  const held = await make();
  answers = [() => Promise.reject(refused(status, 'taken over by an operator'))];
  // No timer is advanced: a pause would never end.
  expect(await held.heal()).toBeNull();
  expect([asked, lost]).toEqual([1, ['taken over by an operator']]);
});

test('what a renewal found lost is not told again by the heal', async () => {
  renew = () => Promise.reject(refused(404, 'no such fault'));
  const held = await make();
  await vi.advanceTimersByTimeAsync(3_000);
  answers = [() => Promise.reject(refused(404, 'no such fault'))];
  expect(await held.heal()).toBeNull();
  expect([asked, lost]).toEqual([1, ['no such fault']]);
});

test('an injector that does not answer, or cannot heal just now, is asked again', async () => {
  const held = await make();
  answers = [() => Promise.reject(new CommandFailure('no answer', EXIT.NOT_READY)), () => Promise.reject(refused(500))];
  const healed = held.heal();
  await vi.advanceTimersByTimeAsync(1_000);
  expect([await healed, asked, lost]).toEqual([HEALED, 3, []]);
});

test('one that never heals it is an error, after five tries', async () => {
  const held = await make();
  answers = Array.from({ length: 5 }, () => () => Promise.reject(refused(500, 'it will not start')));
  const failed = held.heal().catch(String);
  await vi.advanceTimersByTimeAsync(2_000);
  expect([await failed, asked, lost]).toEqual([expect.stringContaining('it will not start'), 5, []]);
});

test('what remains is tried again, and is told when it remains after five tries', async () => {
  const remains = [{ name: 'az2-link', reason: 'az2-link did not answer within 2 s' }];
  const left = (): Promise<HealAnswer> => Promise.resolve({ healed: ['az1-link'], remains, acknowledgedMs: 1, atMs: 1 });
  const held = await make();
  answers = [left, () => Promise.resolve({ healed: ['az2-link'], remains: [], acknowledgedMs: 2, atMs: 2 })];
  const healed = held.heal();
  await vi.advanceTimersByTimeAsync(500);
  expect([await healed, asked]).toEqual([{ healed: ['az1-link', 'az2-link'], remains: [], acknowledgedMs: 2, atMs: 2 }, 2]);

  const other = await make();
  answers = Array.from({ length: 5 }, () => left);
  const unhealed = other.heal();
  await vi.advanceTimersByTimeAsync(2_000);
  expect([await unhealed, asked]).toEqual([{ healed: ['az1-link'], remains, acknowledgedMs: 1, atMs: 1 }, 7]);
});

test('a fault that is gone after a try whose answer was lost is healed and not lost', async () => {
  const held = await make();
  answers = [() => Promise.reject(new CommandFailure('no answer', EXIT.NOT_READY)), () => Promise.reject(refused(404))];
  const healed = held.heal();
  await vi.advanceTimersByTimeAsync(500);
  expect([await healed, lost]).toEqual([{ healed: [], remains: [], acknowledgedMs: expect.any(Number), atMs: Date.now() }, []]);
});

describe('a fault that is gone while something of it was left', () => {
  const remains = [{ name: 'az1-link', reason: 'az1-link did not answer within 2 s' }];
  const gone = (): Promise<HealAnswer> => Promise.reject(refused(404));
  const heal = async (first: () => Promise<HealAnswer>): Promise<HealAnswer | null> => {
    const held = await make();
    answers = [first, gone];
    const healed = held.heal();
    await vi.advanceTimersByTimeAsync(500);
    return healed;
  };
  const left = (): Promise<HealAnswer> => Promise.resolve({ healed: ['az1-kitchen-a'], remains, acknowledgedMs: 1, atMs: 1 });
  const find = (...names: string[]): void => void (residue = () => Promise.resolve({ residue: names.map((name) => ({ name, reason: 'is shut' })), atMs: 1 }));

  test('is whole when inspection finds it so', async () => {
    find('az3-kitchen-a');
    expect(await heal(left)).toEqual({ healed: ['az1-kitchen-a'], remains: [], acknowledgedMs: expect.any(Number), atMs: Date.now() });
  });

  test('is not when inspection still finds it', async () => {
    find('az1-link', 'az3-kitchen-a');
    expect((await heal(left))?.remains).toEqual([{ name: 'az1-link', reason: 'is shut' }]);
  });

  test('is not when nobody can be asked', async () => {
    residue = () => Promise.reject(new CommandFailure('no answer', EXIT.NOT_READY));
    expect((await heal(left))?.remains).toEqual(remains);
  });

  test.each([['a member', 'az1-kitchen-a', 1], ['the link of a way', 'az1-link', 1], ['somebody else', 'az3-link', 0]])('and whose first answer was lost is asked about all that it struck: %s', async (_what, name, count) => {
    find(name);
    expect((await heal(() => Promise.reject(new CommandFailure('no answer', EXIT.NOT_READY))))?.remains).toHaveLength(count);
  });
});

describe('a renewal that is not answered', () => {
  test('loses nothing while the lease lasts', async () => {
    const held = await make();
    let asks = 0;
    renew = () => ((asks += 1) === 1 ? Promise.reject(new CommandFailure('did not answer within 2.5 s', EXIT.NOT_READY)) : Promise.resolve({} as Fault));
    await vi.advanceTimersByTimeAsync(20_000);
    expect([asks, lost]).toEqual([6, []]);
    expect(await held.heal()).toEqual(HEALED);
  });

  test('loses the fault when the lease would be over before the next, once, and it is healed all the same where it can be', async () => {
    const held = await make();
    renew = () => Promise.reject(new CommandFailure('did not answer within 2.5 s', EXIT.NOT_READY));
    await vi.advanceTimersByTimeAsync(20_000);
    expect(lost).toEqual(['did not answer within 2.5 s']);
    expect(await held.heal()).toEqual(HEALED);
  });
});
