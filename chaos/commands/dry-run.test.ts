import type { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EXIT } from '#contracts/exit-codes.ts';
import type { FaultPlan, FaultVerb } from '#contracts/faults.ts';
import { AnsweringRegion } from './answering-region.fixture.ts';
import { cutCommand } from './cut.ts';
import { failCommand } from './fail.ts';
import { flakyCommand } from './flaky.ts';
import { freezeCommand } from './freeze.ts';
import { isolateCommand } from './isolate.ts';
import { killCommand } from './kill.ts';
import { lagCommand } from './lag.ts';
import { lieCommand } from './lie.ts';
import { shiftCommand } from './shift.ts';
import { slowCommand } from './slow.ts';

const PLAN: FaultPlan = {
  verb: 'kill', target: 'az1', detail: {}, members: ['az1-link', 'az1-kitchen-a'], reason: null, holder: 'operator', by: null, leaseMs: 90_000,
  inverse: { restore: ['az1-link', 'az1-kitchen-a'], clear: [], unshift: [], amend: [] }, takesOver: [], refusal: null,
};
let region: AnsweringRegion;

beforeEach(async () => {
  region = await AnsweringRegion.start();
  region.answer.value = PLAN;
});

afterEach(() => region.stop());

describe('--dry-run', () => {
  it.each<[words: string, command: () => Command, verb: FaultVerb]>([
    ['az1', killCommand, 'kill'],
    ['az1', freezeCommand, 'freeze'],
    ['az1', shiftCommand, 'shift'],
    ['az1 --latency 400', slowCommand, 'slow'],
    ['az1', isolateCommand, 'isolate'],
    ['az1 az2', cutCommand, 'cut'],
    ['az1', flakyCommand, 'flaky'],
    ['az1 --rate 0.5', failCommand, 'fail'],
    ['az1 --latency 200', lagCommand, 'lag'],
    ['az1 --health ill', lieCommand, 'lie'],
  ])('asks once, for a plan: %s', async (words, command, verb) => {
    await region.run(command(), ...words.split(' '), '--for', '90s', '--dry-run');
    expect(region.asked).toHaveLength(1);
    expect(region.asked[0]).toMatch(new RegExp(`^POST /v1/faults\\?dryRun=true \\{"verb":"${verb}","target":"az1",.*"leaseMs":90000\\}$`));
  });

  it('prints who would be hit, what ends it, how long it would live and whose it would be', async () => {
    await region.run(killCommand(), 'az1', '--dry-run');
    expect(region.printed).toBe(
      [
        'kill az1: a dry run, nothing was done',
        '  2 members    az1-link, az1-kitchen-a',
        '  ends with    az1-link, az1-kitchen-a running again',
        '  heals after  1m 30s',
        '  held by      the operator',
        '',
      ].join('\n'),
    );
  });

  it('prints ways, and whom the AZ would be taken from', async () => {
    region.answer.value = {
      ...PLAN, verb: 'isolate', detail: { silent: true }, members: ['az1-link/az1-load-balancer', 'az2-link/az1-kitchen-a'],
      inverse: { restore: ['az1-link'], clear: ['az1-link/az1-load-balancer', 'az2-link/az1-kitchen-a'], unshift: [], amend: [] },
      takesOver: [{ id: 'f3', verb: 'shift', target: 'az1', detail: {}, holder: 'suite', by: 'az-freeze az1' }],
    } satisfies FaultPlan;
    await region.run(isolateCommand(), 'az1', '--dry-run');
    expect(region.printed).toContain('isolate az1 silent: a dry run');
    expect(region.printed).toContain('  2 ways       az1-link/az1-load-balancer, az2-link/az1-kitchen-a\n');
    expect(region.printed).toContain('  ends with    az1-link running again; 2 ways as before\n');
    expect(region.printed).toContain('  heals first  f3 shift az1, of suite "az-freeze az1"\n');
  });

  it('prints which services would do right again', async () => {
    region.answer.value = {
      ...PLAN, verb: 'fail', detail: { rate: 0.5, status: 503 }, members: ['az1-storefront-a'], inverse: { restore: [], clear: [], unshift: [], amend: ['az1-storefront-a'] },
    } satisfies FaultPlan;
    await region.run(failCommand(), 'az1', '--rate', '0.5', '--dry-run');
    expect(region.printed).toContain('fail az1 50 % 503: a dry run');
    expect(region.printed).toContain('  ends with    az1-storefront-a doing right again\n');
  });

  it('prints the plan with --json', async () => {
    await region.run(killCommand(), 'az1', '--dry-run', '--json');
    expect(JSON.parse(region.printed)).toEqual({ plan: PLAN });
  });

  it('of what would be refused prints it all the same, and fails with the reason', async () => {
    region.answer.value = { ...PLAN, refusal: { code: 'AZ_BLOCKED', message: 'New faults are blocked. (incident)' } };
    await expect(region.run(killCommand(), 'az1', '--dry-run')).rejects.toMatchObject({ exitCode: EXIT.USAGE, message: 'It would be refused: New faults are blocked. (incident)' });
    expect(region.printed).toContain('2 members');
  });
});
