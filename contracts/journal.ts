/**
 * The journal of one run: everything but the customers' records that a verdict is computed from. It is kept
 * whole in the report, so that the same verdict can be computed again. `atMs` is wall clock, milliseconds
 * since the epoch.
 */
import { Type, type Static } from 'typebox';
import type { AzCapacity } from './capacity.ts';
import type { StampedEvent } from './events.ts';
import { FaultSchema, HealAnswerSchema } from './faults.ts';
import { WallMs } from './json-types.ts';
import type { Region } from './region.ts';

const PhaseSchema = Type.Enum(['warm', 'baseline', 'fault', 'recovery']);
export type Phase = Static<typeof PhaseSchema>;

const { id, verb, target, detail, members, startedMs, skewMs } = FaultSchema.properties;
const { acknowledgedMs, atMs: ranAgainMs, healed, remains } = HealAnswerSchema.properties;
const Because = { atMs: WallMs, reason: Type.String() };

/** Events that are told as they happen to whoever follows the run (`runs.ts`). What `fault.…` says is about the fault under test alone. */
export const ToldEventSchema = Type.Union([
  Type.Object({ type: Type.Literal('phase.started'), atMs: WallMs, phase: PhaseSchema }),
  Type.Object({ type: Type.Literal('given.made'), atMs: WallMs, id, verb, target, detail, members }, { description: 'A fault that the document gives beforehand was made' }),
  Type.Object({ type: Type.Literal('given.healed'), acknowledgedMs, atMs: ranAgainMs, target, healed, remains }),
  Type.Object({ type: Type.Literal('given.lost'), target, ...Because }, { description: 'It ended before the run did' }),
  Type.Object({ type: Type.Literal('fault.injected'), atMs: WallMs, startedMs, skewMs, id, verb, target, detail, members }, { description: "The injector acknowledged the fault; startedMs is the injector's clock" }),
  Type.Object({ type: Type.Literal('fault.healed'), acknowledgedMs, atMs: ranAgainMs, healed, remains }, { description: "By the injector's clock" }),
  Type.Object({ type: Type.Literal('fault.lost'), ...Because }, { description: 'The fault ended before the experiment healed it: somebody else did, or its lease ran out' }),
  Type.Object({ type: Type.Literal('evidence.lost'), atMs: WallMs, what: Type.String() }, { description: 'Something that should be in the evidence is not' }),
  Type.Object({ type: Type.Literal('guardrail.tripped'), ...Because }, { description: 'A guardrail saw what it is there for; the run is aborted and everything healed at once' }),
  Type.Object({ type: Type.Literal('run.not-ready'), ...Because }, { description: 'The region was not fit for the experiment: nothing was broken but what is given' }),
  Type.Object({ type: Type.Literal('run.aborted'), ...Because }),
  Type.Object({ type: Type.Literal('run.failed'), ...Because }),
]);
export type ToldEvent = Static<typeof ToldEventSchema>;

export type JournalEvent =
  | ToldEvent
  | {
      type: 'run.started';
      atMs: number;
      region: string;
      /** Absent in older journals. */
      body?: Region['body'];
      /** AZ under test. */
      az: string;
      seed: number;
      ratePerSecond: number;
      /** Switches of the run, its document's or those that somebody had turned before; absent in older journals. */
      settings?: { rescue: boolean; ovens: number | null };
      capacity: AzCapacity;
      commit: string | null;
    }
  /** The machine that observed the run, and carried it: names of processor, operating system and Node, as they name themselves. */
  | { type: 'host.described'; atMs: number; processor: string; memoryBytes: number; system: string; node: string }
  /**
   * Once a second. `gapMs`: how long this process at worst did not run since the last sample (sleep, VM
   * pause, clock jump). `frontDoor`: its counters since boot; null when it did not answer.
   */
  | { type: 'host.sampled'; atMs: number; cpuShare: number; gapMs: number; frontDoor: { requests: number; attempts: number } | null }
  /** `az`: where the balancer stands; null outside every AZ. */
  | { type: 'balancer.changed'; atMs: number; az: string | null; event: StampedEvent }
  /** Orders that left the ovens of two kitchens. */
  | { type: 'kitchens.counted'; atMs: number; bakedTwice: number }
  /** Orders intended before this moment are in the records, settled. */
  | { type: 'run.ended'; atMs: number };
