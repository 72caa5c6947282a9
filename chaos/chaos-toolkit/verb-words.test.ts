import type { Command } from 'commander';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { AnsweringRegion } from '#chaos/commands/answering-region.fixture.ts';
import { cutCommand } from '#chaos/commands/cut.ts';
import { failCommand } from '#chaos/commands/fail.ts';
import { flakyCommand } from '#chaos/commands/flaky.ts';
import { freezeCommand } from '#chaos/commands/freeze.ts';
import { isolateCommand } from '#chaos/commands/isolate.ts';
import { killCommand } from '#chaos/commands/kill.ts';
import { lagCommand } from '#chaos/commands/lag.ts';
import { lieCommand } from '#chaos/commands/lie.ts';
import { shiftCommand } from '#chaos/commands/shift.ts';
import { slowCommand } from '#chaos/commands/slow.ts';
import type { StatedFault } from '#chaos/verdict/stated-fault.ts';
import { verbWords } from './verb-words.ts';

const FAULT = { id: 'f1', verb: 'kill', target: 'az1', detail: {}, members: [], reason: null, holder: 'operator', by: null, startedMs: 0, skewMs: 0, leaseEndsMs: 0, state: 'active' };
let region: AnsweringRegion;

beforeEach(async () => {
  region = await AnsweringRegion.start();
  region.answer.value = FAULT;
});
afterEach(() => region.stop());

test.each<[StatedFault, () => Command]>([
  [{ verb: 'kill', target: 'az1', silent: true }, killCommand],
  [{ verb: 'freeze', target: 'az1-kitchen-a' }, freezeCommand],
  [{ verb: 'shift', target: 'az2' }, shiftCommand],
  [{ verb: 'slow', target: 'az1', latencyMs: 400, jitterMs: 50 }, slowCommand],
  [{ verb: 'isolate', target: 'az3' }, isolateCommand],
  [{ verb: 'cut', target: 'az1', peer: 'az2', oneWay: true, refuse: true }, cutCommand],
  [{ verb: 'flaky', target: 'az1', share: 0.25 }, flakyCommand],
  [{ verb: 'fail', target: 'az1', rate: 0.5, status: 500, afterWork: true, service: 'kitchen' }, failCommand],
  [{ verb: 'lag', target: 'az1', latencyMs: 200, service: 'storefront' }, lagCommand],
  [{ verb: 'lie', target: 'az1', health: 'well' }, lieCommand],
])('what is typed asks for the same fault: %j', async (fault, command) => {
  const [verb, ...words] = verbWords(fault, 75_400);
  expect(verb).toBe(fault.verb);
  await region.run(command(), ...words);
  expect(region.asked.map((line) => JSON.parse(line.replace('POST /v1/faults ', '')) as unknown)).toEqual([{ ...fault, leaseMs: 76_000 }]);
});
