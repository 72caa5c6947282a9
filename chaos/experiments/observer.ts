/**
 * Watches a run from outside once a second and writes what it saw into the journal: the host, the front
 * door's counters, every balancer's change of mind, and what left the ovens twice. Who does not answer is
 * asked again a second later; a run is never held up by a dead instance.
 */
import { release, totalmem, type } from 'node:os';
import type { StampedEvent } from '#contracts/events.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import { cpuModel, cpuTimes } from '../capacity/host.ts';
import type { RegionApi } from './region-api.ts';

const SAMPLE_MS = 1000;
/** How often the process proves that it runs at all. */
const PULSE_MS = 100;

type Asked = Pick<RegionApi, 'counters' | 'events' | 'baked'>;

export class Observer {
  readonly #api: Asked;
  readonly #journal: JournalEvent[];
  readonly #frontDoor: string | undefined;
  /** The AZ of each balancer by its name. */
  readonly #balancers: ReadonlyMap<string, string | null>;
  readonly #kitchens: string[];
  readonly #eventCursors = new Map<string, number>();
  readonly #seenEvents = new Set<string>();
  readonly #bakedCursors = new Map<string, number>();
  readonly #bakedBy = new Map<string, string>();
  readonly #bakedTwice = new Set<string>();
  #timers: NodeJS.Timeout[] = [];
  #pulse = { wallMs: 0, monotonicMs: 0 };
  #gapMs = 0;
  #cpu = cpuTimes();
  readonly #looking = new Map<string, Promise<void>>();

  constructor(api: Asked, region: Region, journal: JournalEvent[]) {
    this.#api = api;
    this.#journal = journal;
    const named = (wanted: (endpoint: Endpoint) => boolean): string[] => region.endpoints.filter(wanted).map(({ name }) => name);
    const balancers = region.endpoints.filter(({ environment }) => environment['AZIMUTH_RESCUE'] !== undefined);
    this.#frontDoor = named(({ role }) => role === 'front-door')[0];
    this.#balancers = new Map(balancers.map(({ name, az }) => [name, az]));
    this.#kitchens = named(({ environment }) => environment['KITCHEN_OVENS'] !== undefined);
  }

  /** Passes over what happened before now, then samples until {@link stop}. */
  async start(): Promise<void> {
    await Promise.all([
      ...[...this.#balancers.keys()].map(async (name) => {
        for (const event of await this.#newEvents(name)) this.#seenEvents.add(identity(event));
      }),
      ...this.#kitchens.map((name) => this.#readBaked(name, () => undefined)),
    ]);
    this.#pulse = { wallMs: Date.now(), monotonicMs: performance.now() };
    this.#journal.push({ type: 'host.described', atMs: this.#pulse.wallMs, processor: cpuModel(), memoryBytes: totalmem(), system: `${type()} ${release()}`, node: process.version });
    this.#cpu = cpuTimes();
    this.#timers = [setInterval(() => this.#beat(), PULSE_MS), setInterval(() => this.#look(), SAMPLE_MS)];
  }

  /** Looks once more and writes down what the ovens gave twice. */
  async stop(): Promise<void> {
    for (const timer of this.#timers) clearInterval(timer);
    await Promise.all(this.#looking.values());
    this.#look();
    await Promise.all(this.#looking.values());
    this.#journal.push({ type: 'kitchens.counted', atMs: Date.now(), bakedTwice: this.#bakedTwice.size });
  }

  /** The monotonic clock stands still while the host sleeps, the wall clock jumps: either is a gap. */
  #beat(): void {
    const now = { wallMs: Date.now(), monotonicMs: performance.now() };
    const passed = now.monotonicMs - this.#pulse.monotonicMs;
    const jumped = Math.abs(now.wallMs - this.#pulse.wallMs - passed);
    this.#gapMs = Math.max(this.#gapMs, passed - PULSE_MS, jumped);
    this.#pulse = now;
  }

  /** Each instance is looked at by itself: a frozen one that takes its time must not delay the figures of the others. */
  #look(): void {
    this.#beat();
    this.#once('host', () => this.#sampleHost());
    for (const name of this.#balancers.keys()) this.#once(`events ${name}`, () => this.#recordEvents(name));
    for (const name of this.#kitchens) this.#once(`baked ${name}`, () => this.#readBaked(name, (key) => this.#baked(key, name)));
  }

  #once(what: string, task: () => Promise<void>): void {
    if (this.#looking.has(what)) return;
    this.#looking.set(what, task().finally(() => this.#looking.delete(what)));
  }

  async #sampleHost(): Promise<void> {
    const before = this.#cpu;
    this.#cpu = cpuTimes();
    const passed = this.#cpu.total - before.total;
    const cpuShare = passed > 0 ? (this.#cpu.busy - before.busy) / passed : 0;
    const gapMs = this.#gapMs;
    this.#gapMs = 0;
    const frontDoor = await this.#frontDoorCounters();
    this.#journal.push({ type: 'host.sampled', atMs: Date.now(), cpuShare, gapMs, frontDoor });
  }

  async #frontDoorCounters(): Promise<{ requests: number; attempts: number } | null> {
    try {
      if (this.#frontDoor === undefined) return null;
      const all = Object.values((await this.#api.counters(this.#frontDoor)).upstreams);
      const sum = (of: 'requests' | 'attempts'): number => all.reduce((total, upstream) => total + upstream[of], 0);
      return { requests: sum('requests'), attempts: sum('attempts') };
    } catch {
      return null;
    }
  }

  async #recordEvents(name: string): Promise<void> {
    for (const event of await this.#newEvents(name)) {
      const id = identity(event);
      if (this.#seenEvents.has(id)) continue;
      this.#seenEvents.add(id);
      this.#journal.push({ type: 'balancer.changed', atMs: Date.now(), az: this.#balancers.get(name) ?? null, event });
    }
  }

  async #newEvents(name: string): Promise<StampedEvent[]> {
    try {
      const { events, nextSeq } = await this.#api.events(name, this.#eventCursors.get(name) ?? 0);
      this.#eventCursors.set(name, nextSeq);
      return events;
    } catch {
      // Dead or frozen. A new process numbers its events from the start again.
      this.#eventCursors.set(name, 0);
      return [];
    }
  }

  async #readBaked(name: string, each: (key: string) => void): Promise<void> {
    try {
      for (;;) {
        const after = this.#bakedCursors.get(name) ?? 0;
        const { keys, nextSeq } = await this.#api.baked(name, after);
        this.#bakedCursors.set(name, nextSeq);
        for (const key of keys) each(key);
        if (keys.length === 0) return;
      }
    } catch {
      // Dead or frozen: what its ovens gave since the last look is not known, so the count is a lower bound.
    }
  }

  #baked(key: string, kitchen: string): void {
    const other = this.#bakedBy.get(key);
    if (other === undefined) this.#bakedBy.set(key, kitchen);
    else if (other !== kitchen) this.#bakedTwice.add(key);
  }
}

function identity(event: StampedEvent): string {
  return `${event.balancer} ${event.upstream} ${event.seq} ${event.atMs}`;
}
