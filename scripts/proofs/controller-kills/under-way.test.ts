import { expect, test } from 'vitest';
import type { RunEvent } from '#contracts/runs.ts';
import { NOTHING_YET, heard, type UnderWay } from './under-way.ts';

const phase = (name: string, atMs: number): RunEvent => ({ run: 'r1', az: 'az1', type: 'phase.started', atMs, phase: name }) as RunEvent;
const INJECTED = { run: 'r1', az: 'az1', type: 'fault.injected', atMs: 31 } as RunEvent;
const HEALED: RunEvent = { run: 'r1', az: 'az1', type: 'fault.healed', atMs: 45, healed: ['az1-link'], remains: [] };
const HEALED_IN_PART: RunEvent = { ...HEALED, remains: [{ name: 'az1-link', reason: 'is dead' }] };
const after = (...events: RunEvent[]): UnderWay => events.reduce(heard, NOTHING_YET);

test.each([
  ['nothing yet', [], { phase: null, sinceMs: null, fault: 'none' }],
  ['before the fault', [phase('warm', 1), phase('baseline', 10)], { phase: 'baseline', sinceMs: 10, fault: 'none' }],
  ['while it is made', [phase('baseline', 10), phase('fault', 30)], { phase: 'fault', sinceMs: 30, fault: 'being made' }],
  ['once it is', [phase('fault', 30), INJECTED], { phase: 'fault', sinceMs: 30, fault: 'held' }],
  ['while it is healed', [phase('fault', 30), INJECTED, phase('recovery', 44)], { phase: 'recovery', sinceMs: 44, fault: 'being healed' }],
  ['once it is healed', [phase('fault', 30), INJECTED, phase('recovery', 44), HEALED], { phase: 'recovery', sinceMs: 44, fault: 'healed' }],
  ['when its heal left something', [phase('fault', 30), INJECTED, phase('recovery', 44), HEALED_IN_PART], { phase: 'recovery', sinceMs: 44, fault: 'held' }],
  ['healed before its time, by a guardrail', [phase('fault', 30), INJECTED, HEALED], { phase: 'fault', sinceMs: 30, fault: 'healed' }],
  ['after what says nothing of it', [phase('fault', 30), INJECTED, { run: 'r1', type: 'run.told', atMs: 40, text: 'x' }], { phase: 'fault', sinceMs: 30, fault: 'held' }],
] as [string, RunEvent[], UnderWay][])('%s', (_what, events, expected) => {
  expect(after(...events)).toEqual(expected);
});
