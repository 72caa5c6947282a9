import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import { AnsweringRegion } from './answering-region.fixture.ts';
import { lockCommand } from './lock.ts';
import { unlockCommand } from './unlock.ts';

const BLOCKED = { blocked: true, reason: 'incident 42', sinceMs: 5 };
const FREE = { blocked: false, reason: null, sinceMs: null };
let region: AnsweringRegion;

beforeEach(async () => {
  region = await AnsweringRegion.start();
});

afterEach(() => region.stop());

describe('lock', () => {
  it('asks with the reason, and says how it ends', async () => {
    region.answer.value = BLOCKED;
    await region.run(lockCommand(), ' incident 42 ');
    expect(region.asked).toEqual(['PUT /v1/lever {"blocked":true,"reason":"incident 42"}']);
    expect(region.printed).toBe('New faults are blocked: incident 42. Until: ./azimuth unlock\n');
  });

  it('prints the lever with --json', async () => {
    region.answer.value = BLOCKED;
    await region.run(lockCommand(), 'incident 42', '--json');
    expect(JSON.parse(region.printed)).toEqual(BLOCKED);
  });

  it.each([[[]], [['  ']], [['x'.repeat(201)]]])('without a reason that can be shown is refused before anything is asked: %j', async (words) => {
    await expect(region.run(lockCommand(), ...words)).rejects.toMatchObject({ code: expect.stringMatching(/^commander\./) as string });
    expect(region.asked).toEqual([]);
  });

  it('that holds and could not be written down fails with the reason', async () => {
    region.answer = { status: 507, value: { error: { code: 'AZ_NOT_RECORDED', message: 'this holds until the injector is started again' } } };
    await expect(region.run(lockCommand(), 'incident 42')).rejects.toMatchObject({ exitCode: EXIT.ERROR, message: 'this holds until the injector is started again' });
    expect(region.printed).toBe('');
  });
});

describe('unlock', () => {
  it('asks, and says so', async () => {
    region.answer.value = FREE;
    await region.run(unlockCommand());
    expect(region.asked).toEqual(['PUT /v1/lever {"blocked":false}']);
    expect(region.printed).toBe('Faults may be made again.\n');
  });

  it('prints the lever with --json', async () => {
    region.answer.value = FREE;
    await region.run(unlockCommand(), '--json');
    expect(JSON.parse(region.printed)).toEqual(FREE);
  });
});
