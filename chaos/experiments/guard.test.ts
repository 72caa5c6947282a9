import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { Fault, FaultRequest } from '#contracts/faults.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { experimentNamed } from './documents.ts';
import type { RegionApi } from './region-api.ts';
import { runExperiment } from './run.ts';

const RATE = 100;

/** Customers of a region in virtual time, who lose every third order while a whole AZ is under a fault; heals are told when they are asked for. */
class VirtualRegion {
  readonly healedMs: number[] = [];
  readonly #faults: Fault[] = [];
  readonly #records: CustomerRecord[] = [];
  #untilMs = Date.now();

  readonly api = {
    status: async () => ({ faults: [], components: [], customers: { ratePerSecond: RATE, arm: 'bare' }, settings: { rescue: true, ovens: null }, lever: { blocked: false }, journalTrouble: null }),
    region: async () => ({ region: 'virtual', endpoints: [], links: [] }),
    break: async ({ verb, target }: FaultRequest) => {
      const fault = { id: `f${this.#faults.length}`, verb, target, detail: {}, members: [target], startedMs: Date.now(), skewMs: 0 } as unknown as Fault;
      this.#faults.push(fault);
      return fault;
    },
    renew: async () => this.#faults[0],
    healFault: async () => {
      this.healedMs.push(Date.now());
      return { healed: [], remains: [], atMs: Date.now() };
    },
    traffic: async () => undefined,
    settings: async () => undefined,
    records: async (after: number) => ({ records: this.#settled().slice(after), dropped: false }),
  } as unknown as RegionApi;

  /** What was intended a second ago is settled now. */
  #settled(): CustomerRecord[] {
    for (; this.#untilMs < Date.now() - 1000; this.#untilMs += 1000 / RATE) {
      const seq = this.#records.length + 1;
      const isLost = seq % 3 === 0 && this.#faults.some(({ target }) => target === 'az1');
      this.#records.push({
        seq, kind: 'order', arm: 'bare', intendedMs: this.#untilMs, sentMs: this.#untilMs, answeredMs: isLost ? null : this.#untilMs + 50, status: isLost ? null : 201,
        az: 'az2', retried: null, bakeMs: isLost ? null : 40, bakedIn: isLost ? null : 'az2',
      });
    }
    return this.#records;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000_000, toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance', 'Date'] });
});
afterEach(() => {
  vi.useRealTimers();
});

const rehearse = async (change: Partial<ExperimentDocument> = {}) => {
  const region = new VirtualRegion();
  const document = { ...experimentNamed('abort-rehearsal'), ...change };
  const request = { document, az: 'az1', seed: 1, ratePerSecond: RATE, capacity: { ratedPerAz: RATE, source: 'model' }, commit: null } as const;
  const running = runExperiment(region.api, request, new AbortController().signal);
  await vi.advanceTimersByTimeAsync(120_000);
  const { journal } = await running;
  const atMsOf = (type: string): number | undefined => journal.find((event) => event.type === type)?.atMs;
  return { region, struckMs: atMsOf('fault.injected') ?? Number.NaN, trippedMs: atMsOf('guardrail.tripped'), types: journal.map(({ type }) => type) };
};

test('from the trip of a guardrail to the call that heals it takes no longer than two seconds, with what is given too', async () => {
  const { region, struckMs, trippedMs = Number.NaN } = await rehearse({ given: [{ verb: 'kill', target: 'az2-kitchen-a' }, { verb: 'kill', target: 'az3-kitchen-a' }] });
  expect(region.healedMs).toHaveLength(3);
  for (const healedMs of region.healedMs) expect(healedMs - trippedMs).toBeLessThanOrEqual(2_000);
  // Three bad seconds, which begin with orders that were under way; then the time in which the last settle, and the look.
  expect(trippedMs - struckMs).toBeGreaterThanOrEqual(3_000);
  expect(trippedMs - struckMs).toBeLessThanOrEqual(3_000 + 1_700 + 2_000);
});

test('the rehearsal is stopped by its guardrail and nothing else, long before its fault would have ended', async () => {
  const { types } = await rehearse();
  expect(types).toEqual(expect.arrayContaining(['guardrail.tripped', 'run.aborted', 'fault.healed', 'run.ended']));
});

test('a run that takes longer than it may is stopped, whatever its customers get', async () => {
  const { trippedMs, region } = await rehearse({ guardrails: [], maxDurationMs: 20_000 });
  expect(trippedMs).toBeGreaterThan(1_020_000);
  expect(region.healedMs).toHaveLength(1);
});

test('without guardrails the same run goes to its end', async () => {
  const { trippedMs } = await rehearse({ guardrails: [], maxDurationMs: null });
  expect(trippedMs).toBeUndefined();
});
