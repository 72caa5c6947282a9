/** Searches through the API, each on a region of its own: a probe takes some ten seconds of real time, so they go side by side. */
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect } from 'vitest';
import type { CapacityEvidence, CapacityProbe } from '#contracts/capacity.ts';
import type { KneeSearchDocument } from '#contracts/experiment.ts';
import type { RunEvent, SearchRequest } from '#contracts/runs.ts';
import { capacityConditions } from '../capacity/known-capacity.ts';
import { beginSearch, fetchReport, followRun, lookAtRun } from '../client/controller-run.ts';
import type { FakeRegion } from '../experiments/region.fixture.ts';
import { REGION, type TestController } from './controller.fixture.ts';
import { test } from './region-each.fixture.ts';
import { turnBack } from './turn-back.ts';

const document: KneeSearchDocument = { kind: 'KneeSearch', id: 'capacity', title: 'How much an AZ can take', question: 'How much?', azs: ['az1', 'az2', 'az3'] };
const conditions = capacityConditions(REGION, null);
const probe = (ratePerSecond: number, held: boolean): CapacityProbe => ({ az: 'az1', ratePerSecond, orders: 20_000, missed: held ? 3 : 21, failed: 0, latencyMsP50: 90, latencyMsP99: 300, cpuMax: 0.5, held, date: '2026-11-01' });
/** One step from the knee: 96/s is tried next. */
const KNOWN = { conditions, probes: [probe(94, true), probe(98, false)] };
const request = (change: Partial<SearchRequest> = {}): SearchRequest => ({ document, azs: ['az1'], known: [KNOWN], ...change });
const never = new AbortController().signal;

const shifted = ({ faults }: FakeRegion): string[] => faults.map(({ verb, target }) => `${verb} ${target}`);

async function evidenceIn(controller: TestController): Promise<CapacityEvidence> {
  const files = await fetchReport(controller.running, await lookAtRun(controller.running, 'r1'));
  expect([...files.keys()]).toEqual(['capacity.json']);
  return JSON.parse(String(files.get('capacity.json'))) as CapacityEvidence;
}

describe('a search', { timeout: 60_000 }, () => {
  test.concurrent('goes on from what is known, tells each probe, and leaves its evidence and the region as it was', async ({ region, controller }) => {
    const { id, ratePerSecond } = await beginSearch(controller.running, request());
    expect([id, ratePerSecond]).toEqual(['r1', 93.75]);
    const told: RunEvent[] = [];
    let beside: string[] = [];
    const end = await followRun(controller.running, id, never, (event) => {
      told.push(event);
      if (event.type === 'probe.going') beside = shifted(region);
    });
    expect(end).toMatchObject({ verdict: null, outcome: 'PASS', trouble: null });
    expect(beside).toEqual(['shift az2', 'shift az3']);
    expect(told.filter(({ type }) => type !== 'probe.going').map(({ type }) => type)).toEqual(['run.started', 'run.told', 'run.told', 'probe.done', 'run.ended']);
    expect(told.find(({ type }) => type === 'probe.going')).toMatchObject({ az: 'az1', ratePerSecond: 96, probe: 3 });
    const evidence = await evidenceIn(controller);
    expect(evidence).toMatchObject({ conditions, knees: { az1: 96 }, probes: [...KNOWN.probes, { az: 'az1', ratePerSecond: 96, held: true }] });
    expect(told.find(({ type }) => type === 'probe.done')).toMatchObject({ evidence: { knees: { az1: 96 } } });
    expect([region.faults, region.traffic]).toEqual([[], { ratePerSecond: 30, arm: 'balanced' }]);
  });

  test.concurrent('that is stopped keeps the probes that were over, and puts everything back', async ({ region, controller }) => {
    await beginSearch(controller.running, request({ azs: ['az1', 'az2'] }));
    const stop = new AbortController();
    const end = await followRun(controller.running, 'r1', stop.signal, ({ type }) => {
      if (type === 'probe.done') stop.abort();
    });
    expect(end).toMatchObject({ outcome: 'ABORTED', trouble: { message: expect.stringContaining('are kept') } });
    expect((await evidenceIn(controller)).knees).toEqual({ az1: 96 });
    expect([region.faults, region.traffic]).toEqual([[], { ratePerSecond: 30, arm: 'balanced' }]);
  });

  test.concurrent('begins where the model sees the knee when what is known was measured under other conditions', async ({ controller }) => {
    await beginSearch(controller.running, request({ known: [{ ...KNOWN, conditions: { ...conditions, cpuModel: 'another' } }] }));
    const stop = new AbortController();
    const rates = new Set<number>();
    await followRun(controller.running, 'r1', stop.signal, (event) => {
      if (event.type !== 'probe.going') return;
      rates.add(event.ratePerSecond);
      stop.abort();
    });
    expect([...rates]).toEqual([94]);
  });

  test.concurrent('is one of the runs, of which a region has one at a time', async ({ controller }) => {
    await beginSearch(controller.running, request());
    await expect(beginSearch(controller.running, request())).rejects.toThrow(/r1: capacity on az1/);
  });

  test.concurrent('writes down at which rates it has customers order before they do', async ({ region, controller }) => {
    await beginSearch(controller.running, request());
    while (!region.calls.some((call) => call.startsWith('PUT /v1/traffic'))) await sleep(20);
    expect(controller.journal.state.runs.get('r1')?.rates).toEqual([48, 24, 96]);
    // What the next start does for one whose controller ended meanwhile.
    await turnBack(region.api, { about: { ...(await lookAtRun(controller.running, 'r1')) }, switches: [], rates: [48, 24, 96], customers: { ratePerSecond: 30, arm: 'balanced' } }, never);
    expect(region.traffic.ratePerSecond).toBe(30);
  });
});

test.for<[what: string, change: object, where: RegExp]>([
  ['an experiment', { document: { ...document, kind: 'Experiment' } }, /document\/kind/],
  ['a probe that is none', { known: [{ conditions, probes: [{ ...probe(94, true), az: 'az9' }] }] }, /known\/0\/probes\/0\/az/],
  ['a rate, which it searches itself', { ratePerSecond: 90 }, /additional properties/],
])('%s is refused as a search', async ([, change, where], { region, controller }) => {
  const response = await fetch(`${controller.running.api}/v1/searches`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ ...request(), ...change }) });
  expect([response.status, await response.json()]).toEqual([400, { error: expect.objectContaining({ code: 'AZ_BAD_REQUEST', message: expect.stringMatching(where) }) }]);
  expect(region.calls).toEqual([]);
});
