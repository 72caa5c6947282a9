import { describe, expect, test as base } from 'vitest';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { TrafficRequest } from '#contracts/faults.ts';
import { judge } from '#chaos/verdict/judge.ts';
import { without } from '#chaos/verdict/staged-run.fixture.ts';
import { experimentNamed } from './documents.ts';
import { FakeRegion } from './region.fixture.ts';
import { runExperiment } from './run.ts';
import type { ExperimentRequest, RunView } from './run-request.ts';

const PHASES = { warmMs: 200, baselineMs: 3_500, faultMs: 1_500, recoveryMs: 1_000 } as const;
/** Runs of seconds have too few orders for a p99.9, too few samples of the front door, and no time to wait for balance. */
const shortened = (id: string): ExperimentDocument => ({
  ...without(experimentNamed(id), 'added_latency_ms', 'attempts_per_request', 'time_to_balanced'), phases: PHASES, until: null,
});
const document = shortened('az-power-loss');
const request = (change: Partial<ExperimentDocument> = {}): ExperimentRequest => ({
  document: { ...document, ...change }, az: 'az1', seed: 3, ratePerSecond: 600, capacity: { ratedPerAz: 300, source: 'model' }, commit: null,
});
const never = new AbortController().signal;
const watched = (api: FakeRegion['api'], asked: ExperimentRequest, signal: AbortSignal, onView: (view: RunView) => void) => runExperiment(api, asked, signal, { onView });

/** A cut of az1, whose kitchens are down. */
const cut = shortened('az-cut');
const faultCalls = ({ calls }: FakeRegion): string[] => calls.filter((call) => call.startsWith('POST /v1/faults'));

/** Runs take seconds of real time, so they run side by side, each on a region of its own. */
const test = base.extend<{ region: FakeRegion }>({
  region: async ({ task: _task }, use) => {
    const region = await FakeRegion.start();
    await use(region);
    await region.stop();
  },
});

describe('an experiment', { timeout: 30_000 }, () => {
  test.concurrent('breaks the AZ on a lease, heals it, loses no record and can be judged', async ({ region }) => {
    const { records, journal } = await runExperiment(region.api, request(), never);
    expect(region.calls.map((call) => call.replace(/\/f\d+/, '/:id'))).toEqual([
      'PUT /v1/traffic {"ratePerSecond":150,"arm":"balanced"}',
      'PUT /v1/traffic {"ratePerSecond":300,"arm":"balanced"}',
      'PUT /v1/traffic {"ratePerSecond":450,"arm":"balanced"}',
      'PUT /v1/traffic {"ratePerSecond":600,"arm":"balanced","seed":3}',
      'POST /v1/faults {"verb":"kill","target":"az1","leaseMs":10000,"reason":"experiment az-power-loss","holder":"suite","by":"az-power-loss az1"}',
      'DELETE /v1/faults/:id',
      'PUT /v1/traffic {"ratePerSecond":30,"arm":"balanced"}',
    ]);
    const run = judge(records, journal, document);
    expect(run.reasons.filter((reason) => !reason.includes('busy'))).toEqual([]);
    expect(run.requests.failed).toBe(0);
    expect(run.touched).toBeGreaterThan(0);
    expect(run.timelineMs.moved).toBeLessThan(200);
  });

  test.concurrent('makes what is given before anything else, keeps it through the recovery and gives it back', async ({ region }) => {
    const broken: Record<string, string[]> = {};
    const { records, journal } = await watched(region.api, request(cut), never, ({ phase }) => (broken[phase] = region.faults.map(({ target }) => target)));
    const kitchens = ['az1-kitchen-a', 'az1-kitchen-b'];
    expect(broken).toEqual({ warm: kitchens, baseline: kitchens, fault: kitchens, recovery: [...kitchens, 'az1'], settling: kitchens });
    expect(faultCalls(region)).toEqual([
      'POST /v1/faults {"verb":"kill","target":"az1-kitchen-a","leaseMs":10000,"reason":"given by experiment az-cut","holder":"suite","by":"az-cut az1"}',
      'POST /v1/faults {"verb":"kill","target":"az1-kitchen-b","leaseMs":10000,"reason":"given by experiment az-cut","holder":"suite","by":"az-cut az1"}',
      'POST /v1/faults {"verb":"cut","target":"az1","peer":"az2","leaseMs":10000,"reason":"experiment az-cut","holder":"suite","by":"az-cut az1"}',
    ]);
    expect(region.faults).toEqual([]);
    const run = judge(records, journal, { ...document, ...cut });
    expect(run.reasons.filter((reason) => !reason.includes('busy'))).toEqual([]);
    expect(run.fault).toBe('cut az1 az2');
    expect(run.crossingOrdersPerSecond).toBeGreaterThan(20);
  });

  test.concurrent('that waits for balance waits until the kitchens that it gave back are in use', async ({ region }) => {
    const { records } = await runExperiment(region.api, request({ ...cut, until: 'balanced', phases: { ...document.phases, recoveryMs: 20_000 } }), never);
    const own = records.filter(({ kind, az }) => kind === 'order' && az === 'az1').slice(-50);
    expect(own.every(({ bakedIn }) => bakedIn === 'az1')).toBe(true);
  });

  test.concurrent.each(['warm', 'fault'] as const)('stopped in phase %s gives back what was given', async (when) => {
    const region = await FakeRegion.start();
    const stop = new AbortController();
    const { records, journal } = await watched(region.api, request(cut), stop.signal, ({ phase }) => {
      if (phase === when) setTimeout(() => stop.abort(), 300);
    });
    await region.stop();
    expect(region.faults).toEqual([]);
    expect(judge(records, journal, { ...document, ...cut }).verdict).toBe('ABORTED');
  });

  test.concurrent('stopped when only its kitchens are waited for, it is over and no less a verdict', async ({ region }) => {
    const stop = new AbortController();
    const { journal } = await runExperiment(region.api, request({ ...cut, until: 'balanced' }), stop.signal, { onNoted: ({ type }) => type === 'given.healed' && stop.abort() });
    expect([stop.signal.aborted, journal.some(({ type }) => type === 'run.aborted')]).toEqual([true, false]);
    expect(region.traffic.ratePerSecond).toBe(30);
  });

  test.concurrent('tells what it cannot turn back, after some tries', async ({ region }) => {
    const told: string[] = [];
    const api = { ...region.api, traffic: (asked: TrafficRequest) => (asked.ratePerSecond === 30 ? Promise.reject(new Error('customers are busy')) : region.api.traffic(asked)) };
    await runExperiment(api, request(), never, { onTold: (text) => told.push(text) });
    expect(told).toEqual(['the customers (30 orders/s) could not be turned back to what they were: customers are busy']);
  });

  test.concurrent('what is given and refused leaves nothing broken', async ({ region }) => {
    region.refuses = 'az1-kitchen-b';
    const { records, journal } = await runExperiment(region.api, request(cut), never);
    expect(region.faults).toEqual([]);
    expect(judge(records, journal, { ...document, ...cut })).toMatchObject({ verdict: 'ERROR', reasons: [expect.stringMatching(/az1-kitchen-b is held/)] });
  });

  test.concurrent('what is given and ends early makes it INCONCLUSIVE', async ({ region }) => {
    const long = request({ ...cut, phases: { ...document.phases, faultMs: 3_500 } });
    const { records, journal } = await watched(region.api, long, never, ({ phase }) => {
      if (phase === 'fault') setTimeout(() => (region.faults = region.faults.filter(({ target }) => target !== 'az1-kitchen-a')), 300);
    });
    const run = judge(records, journal, { ...document, ...cut });
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join('\n')).toMatch(/done to az1-kitchen-a beforehand ended before the run/);
  });

  test.concurrent('takes no baseline while orders still fail', async ({ region }) => {
    region.failing = true;
    setTimeout(() => (region.failing = false), 3_000);
    const { records, journal } = await runExperiment(region.api, request(), never);
    expect(judge(records, journal, document).requests.failed).toBe(0);
  });

  test.concurrent('writes down who changed their mind, and where they stand', async ({ region }) => {
    const { journal } = await watched(region.api, request(), never, ({ phase }) => {
      if (phase === 'fault') region.changesOfMind = ['front-door', 'az2-storefront-a'];
    });
    const told = journal.flatMap((event) => (event.type === 'balancer.changed' ? [[event.event.balancer, event.az]] : []));
    expect(told.sort()).toEqual([['az2-storefront-a', 'az2'], ['front-door', null]]);
  });

  test.concurrent('tells of each phase as it begins', async ({ region }) => {
    const phases: string[] = [];
    await watched(region.api, request(), never, ({ phase }) => phases.push(phase));
    expect(phases).toEqual(['warm', 'baseline', 'fault', 'recovery', 'settling']);
  });

  test.concurrent('stopped in the middle of the fault heals it, puts traffic and switches back and ends ABORTED', async ({ region }) => {
    const stop = new AbortController();
    const { records, journal } = await watched(region.api, request({ settings: { rescue: false } }), stop.signal, ({ phase }) => {
      if (phase === 'fault') setTimeout(() => stop.abort(), 300);
    });
    expect(region.faults).toEqual([]);
    expect(region.traffic.ratePerSecond).toBe(30);
    expect(region.settings).toEqual({ rescue: null });
    expect(judge(records, journal, document)).toMatchObject({ verdict: 'ABORTED' });
  });

  test.concurrent('stopped while the last orders settle is ABORTED, not a PASS without them', async ({ region }) => {
    const stop = new AbortController();
    const { records, journal } = await watched(region.api, request(), stop.signal, ({ phase }) => {
      if (phase === 'settling') stop.abort();
    });
    expect(judge(records, journal, document).verdict).toBe('ABORTED');
  });

  test.concurrent('a fault that somebody else heals ends it INCONCLUSIVE', async ({ region }) => {
    const long = request({ phases: { ...document.phases, faultMs: 3_500 } });
    const { records, journal } = await watched(region.api, long, never, ({ phase }) => {
      if (phase === 'fault') setTimeout(() => (region.faults = []), 500);
    });
    const run = judge(records, journal, document);
    expect(run.verdict).toBe('INCONCLUSIVE');
    expect(run.reasons.join('\n')).toMatch(/ended before it was healed/);
  });

  test.concurrent('orders that fail during the fault end it FAIL', async ({ region }) => {
    const { records, journal } = await watched(region.api, request(), never, ({ phase }) => {
      region.failing = phase === 'fault';
    });
    const run = judge(records, journal, document);
    expect(run.requests.failed).toBeGreaterThan(500);
    expect(run.reasons.join('\n')).toMatch(/orders failed; at most 0 may/);
  });

  test.concurrent('does not begin on a region that is broken already, and touches nothing', async ({ region }) => {
    await region.api.break({ verb: 'freeze', target: 'az2' });
    region.calls.length = 0;
    await expect(runExperiment(region.api, request(), never)).rejects.toMatchObject({ exitCode: 5, message: expect.stringMatching(/az2 is already under a fault/) });
    expect(region.calls).toEqual([]);
  });

  test.concurrent('a guardrail that trips heals everything at once, given or not, and says what it saw', async ({ region }) => {
    const guarded: ExperimentDocument = { ...cut, guardrails: [{ sli: 'success', below: 0.5, forMs: 1_000 }], phases: { ...PHASES, faultMs: 20_000 } };
    const { records, journal } = await watched(region.api, request(guarded), never, ({ phase }) => {
      region.failing = phase === 'fault';
    });
    expect(region.faults).toEqual([]);
    expect(region.traffic.ratePerSecond).toBe(30);
    const atMsOf = (type: string): number[] => journal.filter((event) => event.type === type).map(({ atMs }) => atMs);
    const [trippedMs = Infinity] = atMsOf('guardrail.tripped');
    expect([...atMsOf('fault.healed'), ...atMsOf('given.healed')].map((atMs) => atMs - trippedMs < 2_000)).toEqual([true, true, true]);
    expect(judge(records, journal, { ...document, ...guarded, expect: 'ABORTED' })).toMatchObject({
      verdict: 'ABORTED', asExpected: true, reasons: [expect.stringMatching(/^Guardrail: fewer than 50 % of the orders were answered in each of the last 1 s/)],
    });
  });

  test.concurrent('that its guardrail does not stop goes to its end', async ({ region }) => {
    const guarded: Partial<ExperimentDocument> = { guardrails: [{ sli: 'success', below: 0.5, forMs: 1_000 }], maxDurationMs: 60_000 };
    const { journal } = await runExperiment(region.api, request(guarded), never);
    expect(journal.map(({ type }) => type)).not.toContain('guardrail.tripped');
    expect(journal.map(({ type }) => type)).toContain('fault.healed');
  });

  test.concurrent('breaks nothing where the baseline is not steady, and is NOT_READY with the figure', async ({ region }) => {
    const { records, journal } = await watched(region.api, request(), never, ({ phase }) => {
      region.failing = phase === 'baseline';
    });
    expect(faultCalls(region)).toEqual([]);
    expect(region.traffic.ratePerSecond).toBe(30);
    expect(judge(records, journal, document)).toMatchObject({ verdict: 'NOT_READY', reasons: [expect.stringMatching(/^0 of \d+ orders of the last 5 s of the baseline were answered/), expect.stringMatching(/^No order of the last 5 s of the baseline was answered/)] });
  });

  test.concurrent('does nothing at all where the region cannot lose an AZ, and runs where that is waived', async ({ region }) => {
    const small = { ...request(), capacity: { ratedPerAz: 225, source: 'model' } } as const;
    const { records, journal } = await runExperiment(region.api, small, never);
    expect(region.calls.filter((call) => !call.startsWith('PUT /v1/traffic {"ratePerSecond":30'))).toEqual([]);
    expect(judge(records, journal, document)).toMatchObject({ verdict: 'NOT_READY', reasons: [expect.stringMatching(/^Headroom: with an AZ gone, 600 orders\/s are 133 %/)] });
    const waived = await runExperiment(region.api, { ...small, document: { ...document, headroom: 'waived' } }, never);
    expect(faultCalls(region)).toHaveLength(1);
    expect(waived.journal.map(({ type }) => type)).toContain('fault.healed');
  });

  test.concurrent('whose time is up is ABORTED, and says so', async ({ region }) => {
    const { records, journal } = await runExperiment(region.api, request(), AbortSignal.timeout(1_000));
    expect(judge(records, journal, document)).toMatchObject({ verdict: 'ABORTED', reasons: [expect.stringMatching(/stopped when its time was up/)] });
  });

  test.concurrent('a region that disappears ends it ERROR', async ({ region }) => {
    const { records, journal } = await watched(region.api, request(), never, ({ phase }) => {
      if (phase === 'fault') void region.stop();
    });
    expect(judge(records, journal, document).verdict).toBe('ERROR');
  });
});
