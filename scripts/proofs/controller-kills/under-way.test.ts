import { expect, test } from 'vitest';
import type { RunEvent } from '#contracts/runs.ts';
import { NOTHING_YET, heard, type UnderWay } from './under-way.ts';

const phase = (name: string, atMs: number): RunEvent => ({ run: 'r1', az: 'az1', type: 'phase.started', atMs, phase: name }) as RunEvent;
const INJECTED = { run: 'r1', az: 'az1', type: 'fault.injected', atMs: 31 } as RunEvent;
const HEALED: RunEvent & { type: 'fault.healed' } = { run: 'r1', az: 'az1', type: 'fault.healed', acknowledgedMs: 41, atMs: 45, healed: ['az1-link'], remains: [] };
const HEALED_IN_PART = { ...HEALED, remains: [{ name: 'az1-link', reason: 'is dead' }] };
const GIVEN = { run: 'r1', az: 'az1', type: 'given.made', atMs: 1 } as RunEvent;
const GIVEN_HEALED = { run: 'r1', az: 'az1', type: 'given.healed', remains: [] as object[] } as RunEvent & { type: 'given.healed' };
const after = (...events: RunEvent[]): UnderWay => events.reduce(heard, NOTHING_YET);

test.each([
  ['nothing yet', [], { phase: null, sinceMs: null, fault: 'none', given: 0 }],
  ['before the fault', [phase('warm', 1), phase('baseline', 10)], { phase: 'baseline', sinceMs: 10, fault: 'none', given: 0 }],
  ['while it is made', [phase('baseline', 10), phase('fault', 30)], { phase: 'fault', sinceMs: 30, fault: 'being made', given: 0 }],
  ['once it is', [phase('fault', 30), INJECTED], { phase: 'fault', sinceMs: 30, fault: 'held', given: 0 }],
  ['while it is healed', [phase('fault', 30), INJECTED, phase('recovery', 44)], { phase: 'recovery', sinceMs: 44, fault: 'being healed', given: 0 }],
  ['once it is healed', [phase('fault', 30), INJECTED, phase('recovery', 44), HEALED], { phase: 'recovery', sinceMs: 44, fault: 'healed', given: 0 }],
  ['when its heal left something', [phase('fault', 30), INJECTED, phase('recovery', 44), HEALED_IN_PART], { phase: 'recovery', sinceMs: 44, fault: 'held', given: 0 }],
  ['healed before its time, by a guardrail', [phase('fault', 30), INJECTED, HEALED], { phase: 'fault', sinceMs: 30, fault: 'healed', given: 0 }],
  ['with what is given, of which one is healed', [GIVEN, GIVEN, GIVEN, phase('warm', 1), { ...GIVEN_HEALED, remains: HEALED_IN_PART.remains }, GIVEN_HEALED], { phase: 'warm', sinceMs: 1, fault: 'none', given: 2 }],
  ['after what says nothing of it', [phase('fault', 30), INJECTED, { run: 'r1', type: 'run.told', atMs: 40, text: 'x' }], { phase: 'fault', sinceMs: 30, fault: 'held', given: 0 }],
] as [string, RunEvent[], UnderWay][])('%s', (_what, events, expected) => {
  expect(after(...events)).toEqual(expected);
});
