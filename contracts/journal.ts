/**
 * The journal of one run: everything but the customers' records that a verdict is computed from. It is kept
 * whole in the report, so that the same verdict can be computed again. `atMs` is wall clock, milliseconds
 * since the epoch.
 */
import type { AzCapacity } from './capacity.ts';
import type { StampedEvent } from './events.ts';
import type { Region } from './region.ts';
import type { FaultDetail, FaultVerb } from './faults.ts';

export type Phase = 'warm' | 'baseline' | 'fault' | 'recovery';

export type JournalEvent =
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
      capacity: AzCapacity;
      commit: string | null;
    }
  /** The machine that observed the run, and carried it: names of processor, operating system and Node, as they name themselves. */
  | { type: 'host.described'; atMs: number; processor: string; memoryBytes: number; system: string; node: string }
  | { type: 'phase.started'; atMs: number; phase: Phase }
  /** A fault that the document gives beforehand was made. What `fault.…` says is about the fault under test alone. */
  | { type: 'given.made'; atMs: number; id: string; verb: FaultVerb; target: string; detail: FaultDetail; members: string[] }
  | { type: 'given.healed'; acknowledgedMs: number; atMs: number; target: string; healed: string[]; remains: { name: string; reason: string }[] }
  /** It ended before the run did. */
  | { type: 'given.lost'; atMs: number; target: string; reason: string }
  /** The injector acknowledged the fault. `startedMs` is its own clock when the first member was acted on. */
  | {
      type: 'fault.injected';
      atMs: number;
      startedMs: number;
      skewMs: number;
      id: string;
      verb: FaultVerb;
      target: string;
      detail: FaultDetail;
      members: string[];
    }
  /** The injector's clock: `acknowledgedMs` when every inverse was acknowledged, `atMs` when everything that was healed ran again. */
  | { type: 'fault.healed'; acknowledgedMs: number; atMs: number; healed: string[]; remains: { name: string; reason: string }[] }
  /** The fault ended before the experiment healed it: somebody else did, or its lease ran out. */
  | { type: 'fault.lost'; atMs: number; reason: string }
  /**
   * Once a second. `gapMs`: how long this process at worst did not run since the last sample (sleep, VM
   * pause, clock jump). `frontDoor`: its counters since boot; null when it did not answer.
   */
  | { type: 'host.sampled'; atMs: number; cpuShare: number; gapMs: number; frontDoor: { requests: number; attempts: number } | null }
  /** `az`: where the balancer stands; null outside every AZ. */
  | { type: 'balancer.changed'; atMs: number; az: string | null; event: StampedEvent }
  /** Something that should be in the evidence is not. */
  | { type: 'evidence.lost'; atMs: number; what: string }
  /** Orders that left the ovens of two kitchens. */
  | { type: 'kitchens.counted'; atMs: number; bakedTwice: number }
  /** A guardrail saw what it is there for; the run is aborted and everything healed at once. */
  | { type: 'guardrail.tripped'; atMs: number; reason: string }
  /** The region was not fit for the experiment: nothing was broken but what is given. */
  | { type: 'run.not-ready'; atMs: number; reason: string }
  | { type: 'run.aborted'; atMs: number; reason: string }
  | { type: 'run.failed'; atMs: number; reason: string }
  /** Orders intended before this moment are in the records, settled. */
  | { type: 'run.ended'; atMs: number };
