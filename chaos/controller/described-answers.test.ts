/** What the OpenAPI document says is what is answered: answers of a controller and an injector, each held against the document that they serve. */
import { writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { BakedAnswer, CountersAnswer, EventsAnswer, TargetsAnswer } from '#contracts/admin.ts';
import type { StampedEvent, TargetState } from '#contracts/events.ts';
import type { CustomerRecord, CustomerSummary } from '#contracts/records.ts';
import type { Run, SearchRequest } from '#contracts/runs.ts';
import { freePort } from '#kit/free-port.ts';
import { createLogger } from '#kit/log.ts';
import { without } from '#chaos/verdict/staged-run.fixture.ts';
import { capacityConditions } from '../capacity/known-capacity.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { FakeRegion } from '../experiments/region.fixture.ts';
import { createApi } from '../injector/api.ts';
import { FakeDriver, foundNowhere, smallRegion } from '../injector/fake-driver.fixture.ts';
import { Injector } from '../injector/injector.ts';
import { MemoryJournal } from '../injector/memory-journal.fixture.ts';
import { REGION, TestController } from './controller.fixture.ts';
import { DescribedAnswers, type Answer, type OpenApiDocument } from './described-answers.fixture.ts';

const target = (state: TargetState): TargetsAnswer['upstreams'][number]['targets'][number] => ({ target: 'az1-kitchen-a', zone: 'az1', state, reason: 'probe-ok', sinceMs: 1.5, inFlight: 2, ewmaMs: 80.5, weight: 1 });
const stamp = { atMs: 1.5, balancer: 'az1-load-balancer', upstream: 'kitchen', seq: 1 };
const EVENTS: StampedEvent[] = [
  { type: 'target.ejected', target: 'az1-kitchen-a', zone: 'az1', reason: 'stalled', ...stamp },
  { type: 'retry.refused', requestId: 'r', reason: 'budget', ...stamp },
  { type: 'zone.shifted', zone: 'az1', untilMs: 5, reason: 'drill', ...stamp },
  { type: 'fail-open.entered', usable: 1, total: 6, ...stamp },
  { type: 'lag.discarded', lagMs: 120.5, ...stamp },
];
const RECORD: CustomerRecord = { seq: 1, kind: 'order', arm: 'balanced', intendedMs: 1.5, sentMs: 1.6, answeredMs: 90.5, status: 201, az: 'az1', retried: null, bakeMs: 80.5, bakedIn: 'az1' };
const LOST: CustomerRecord = { ...RECORD, seq: 2, kind: 'menu', answeredMs: null, status: null, az: null, bakeMs: null, bakedIn: null };

/** What instances answer, whichever is asked. */
const INSTANCES = {
  'GET /targets': { upstreams: [{ upstream: 'kitchen', failOpen: false, spill: 0.1, shiftedZones: [{ zone: 'az2', untilMs: 5.5, reason: 'drill' }], targets: [target('up'), target('doubtful')] }] } satisfies TargetsAnswer,
  'GET /events': { events: EVENTS, nextSeq: 1, dropped: false } satisfies EventsAnswer,
  'GET /counters': { upstreams: { kitchen: { requests: 5, failed: 1, attempts: 6, rescues: 1, retries: 0 } } } satisfies CountersAnswer,
  'GET /baked': { keys: ['a-1'], nextSeq: 1, dropped: true } satisfies BakedAnswer,
  'GET /summary': {
    windowMs: 10_000, arm: 'balanced', ratePerSecond: 29.5, orders: { offered: 5, answered: 4, failed: 1, late: 0 }, menu: { offered: 4, failed: 0 },
    shareByAz: { az1: 1 }, latencyMs: { p50: 80.5, p99: 90.5, max: 91 }, generatorLagMsP99: 0.5, generatorLagMsMax: 1.5,
  } satisfies CustomerSummary,
  'PUT /traffic': { ratePerSecond: 30, arm: 'balanced' },
  'PUT /faults': { replaced: {} },
} as Record<string, object>;

const CONTENT = { 'content-type': 'application/json' };

/** Asks a controller, and holds each of its answers against the document that it serves. */
class Asker {
  readonly described: DescribedAnswers;
  readonly document: OpenApiDocument;
  readonly #api: string;

  private constructor(api: string, document: OpenApiDocument) {
    this.#api = api;
    this.document = document;
    this.described = new DescribedAnswers(document);
  }

  static async of({ running }: TestController): Promise<Asker> {
    const asker = new Asker(running.api, (await (await fetch(`${running.api}/v1/openapi.json`)).json()) as OpenApiDocument);
    await asker.ask('GET', '/v1/openapi.json');
    return asker;
  }

  async ask(method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<Answer> {
    const response = await fetch(`${this.#api}${path}`, { method, headers: { ...(body === undefined ? {} : CONTENT), ...headers }, ...(body === undefined ? {} : { body: JSON.stringify(body) }) });
    const answer = { status: response.status, headers: response.headers, text: await response.text() };
    expect(this.described.differences(method, path, answer)).toEqual([]);
    return answer;
  }

  /** Of a stream that does not end, what has come until it has all of these. */
  async hear(path: string, act: () => Promise<void>, ...types: string[]): Promise<void> {
    const leaving = new AbortController();
    const response = await fetch(`${this.#api}${path}`, { signal: leaving.signal });
    let text = '';
    const reading = (async () => {
      for await (const bytes of response.body ?? []) text += new TextDecoder().decode(bytes as Uint8Array);
    })().catch(() => undefined);
    await act();
    for (let tries = 0; tries < 200 && !types.every((type) => text.includes(`event: ${type}\n`)); tries += 1) await sleep(50);
    leaving.abort();
    await reading;
    expect([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type)).toEqual(expect.arrayContaining(types));
    expect(this.described.differences('GET', path, { status: response.status, headers: response.headers, text })).toEqual([]);
  }
}

describe('what is answered of the region', () => {
  let instances: Server;
  let injector: Injector;
  let api: FastifyInstance;
  let controller: TestController;
  let asker: Asker;

  beforeEach(async () => {
    instances = createServer((request, response) => {
      const asked = `${request.method} ${request.url?.replace(/\?.*/, '')}`;
      if (asked === 'GET /records') response.writeHead(200, { 'content-type': 'application/x-ndjson', 'x-next-seq': '2', 'x-dropped': '1' }).end([RECORD, LOST].map((record) => `${JSON.stringify(record)}\n`).join(''));
      else if (INSTANCES[asked] === undefined) response.writeHead(204).end();
      else response.writeHead(200, CONTENT).end(JSON.stringify(INSTANCES[asked]));
    });
    await new Promise<void>((resolve) => instances.listen(0, '127.0.0.1', resolve));
    const region = smallRegion();
    const { port: instancePort } = instances.address() as AddressInfo;
    for (const endpoint of region.endpoints) endpoint.admin = { host: '127.0.0.1', port: instancePort };
    injector = new Injector({ region, driver: new FakeDriver(region), journal: new MemoryJournal(), found: foundNowhere });
    const port = await freePort();
    api = createApi(injector, { port, log: createLogger('injector', 'silent') });
    await api.listen({ host: '127.0.0.1', port });
    controller = await TestController.start(`http://127.0.0.1:${port}`);
    asker = await Asker.of(controller);
  });
  afterEach(async () => {
    await controller.stop();
    injector.close();
    await api.close();
    instances.closeAllConnections();
    await new Promise((resolve) => instances.close(resolve));
  });

  it('is what the document says, for every route and status, and so is what is refused', async () => {
    const made = async (body: object): Promise<string> => {
      const { status, text } = await asker.ask('POST', '/v1/faults', body);
      expect([status, text]).toEqual([201, expect.stringMatching(/"id"/)]);
      return (JSON.parse(text) as { id: string }).id;
    };
    for (const path of ['/v1/region', '/v1/running', '/v1/serving', '/v1/status', '/v1/lever', '/v1/customers/summary', '/v1/customers/records?after=0&limit=5']) await asker.ask('GET', path);
    await asker.hear('/v1/events', async () => {
      await sleep(500);
      await asker.ask('POST', '/v1/faults?dryRun=true', { verb: 'lie', target: 'az1', health: 'ill', holder: 'suite', by: 'x' });
      await asker.ask('POST', '/v1/faults?dryRun=true', { verb: 'slow', target: 'az1', latencyMs: 400 });
      const killed = await made({ verb: 'kill', target: 'az1-kitchen-a', reason: 'drill', by: 'ann' });
      const failing = await made({ verb: 'fail', target: 'az1-kitchen-b', rate: 0.5, by: 'ann' });
      await made({ verb: 'shift', target: 'az2' });
      for (const path of ['/v1/faults', '/v1/status', '/v1/serving', '/v1/residue']) await asker.ask('GET', path);
      await asker.ask('PUT', `/v1/faults/${failing}/lease`, { leaseMs: 60_000 });
      await sleep(1200);
      await asker.ask('DELETE', `/v1/faults/${killed}`);
      await asker.ask('POST', '/v1/heal', {});
      await asker.ask('PUT', '/v1/lever', { blocked: true, reason: 'drill' });
    }, 'fault.made', 'fault.over', 'lever.set');
    expect((await asker.ask('POST', '/v1/faults', { verb: 'kill', target: 'az1' })).status).toBe(423);
    await asker.ask('PUT', '/v1/lever', { blocked: false });
    await asker.ask('PUT', '/v1/traffic', { ratePerSecond: 30 });
    await asker.ask('PUT', '/v1/settings', { rescue: false, ovens: 6 });
    await asker.ask('PUT', '/v1/verdicts', { experiment: 'az-freeze', az: 'az1', verdict: 'PASS', atMs: 1 });
    for (const what of ['targets', 'events', 'counters', 'baked']) await asker.ask('GET', `/v1/instances/az1-kitchen-a/${what}`);
    expect((await asker.ask('POST', '/v1/faults', { verb: 'smash', target: 'az1' })).status).toBe(400);
    expect((await asker.ask('DELETE', '/v1/faults/f99')).status).toBe(404);
    const { seen } = asker.described;
    expect(asker.described.all().filter((one) => !/\/v1\/(?:runs|searches)/.test(one) && !seen.has(one))).toEqual([]);
    expect([...seen].filter((one) => /^[45]/.test(one))).toEqual(expect.arrayContaining(['423 POST /v1/faults application/json', '400 POST /v1/faults application/json', '404 DELETE /v1/faults/{id} application/json']));
  });

  it.each<[what: string, change: (answer: { status: number; type: string; body: Record<string, unknown> }) => void, difference: RegExp]>([
    ['a field that is not described', ({ body }) => (body['mood'] = 'fine'), /unevaluated/],
    ['one inside of it', ({ body }) => (body['settings'] = { rescue: true, ovens: 8, mood: 'fine' }), /\/settings must not have unevaluated/],
    ['a field that is missing', ({ body }) => delete body['lever'], /required properties lever/],
    ['a number in place of a text', ({ body }) => (body['region'] = 7), /\/region must be string/],
    ['a null that may not be', ({ body }) => (body['faults'] = null), /\/faults must be array/],
    ['another status', (answer) => (answer.status = 202), /202 GET \/v1\/status is not described/],
    ['another type', (answer) => (answer.type = 'text/html'), /is text\/html/],
  ])('differs with %s', async (_what, change, difference) => {
    const { text } = await asker.ask('GET', '/v1/status');
    const answer = { status: 200, type: 'application/json', body: JSON.parse(text) as Record<string, unknown> };
    change(answer);
    const differences = asker.described.differences('GET', '/v1/status', { status: answer.status, headers: new Headers({ 'content-type': answer.type }), text: JSON.stringify(answer.body) });
    expect(differences).toEqual([expect.stringMatching(difference)]);
  });
});

describe('what is answered of runs', () => {
  let region: FakeRegion;
  let controller: TestController;
  let asker: Asker;

  beforeEach(async () => {
    region = await FakeRegion.start();
    controller = await TestController.start(region.url);
    asker = await Asker.of(controller);
  });
  afterEach(async () => {
    await controller.stop();
    await region.stop();
  });

  it('is what the document says, for every route, status and kind of file', { timeout: 60_000 }, async () => {
    const document = {
      ...without(experimentNamed('az-power-loss'), 'added_latency_ms', 'attempts_per_request', 'time_to_balanced'),
      phases: { warmMs: 100, baselineMs: 2_000, faultMs: 1_200, recoveryMs: 300 }, until: null, given: [{ verb: 'kill', target: 'az3-kitchen-a' }],
    };
    await asker.ask('POST', '/v1/runs', { document, azs: ['az1'], ratePerSecond: 60 });
    await asker.ask('GET', '/v1/runs');
    expect((await asker.ask('POST', '/v1/runs', { document })).status).toBe(409);
    const { text } = await asker.ask('GET', '/v1/runs/r1/events');
    const types = new Set([...text.matchAll(/^event: (.*)$/gm)].map(([, type]) => type));
    expect([...types].sort()).toEqual(expect.arrayContaining(['run.started', 'phase.started', 'given.made', 'fault.injected', 'figures', 'fault.healed', 'given.healed', 'verdict.found', 'run.ended']));
    await asker.ask('GET', '/v1/runs/r1/events', undefined, { 'last-event-id': /.*^id: (\S+)$/ms.exec(text)?.[1] ?? '' });
    writeFileSync(join(controller.folder, 'reports', 'r1', 'core'), 'of another kind');
    const run = JSON.parse((await asker.ask('GET', '/v1/runs/r1')).text) as Run;
    for (const { path } of run.files) await asker.ask('GET', `/v1/runs/r1/report/${path}`);
    await asker.ask('DELETE', '/v1/runs/r1');
    expect((await asker.ask('GET', '/v1/runs/r9')).status).toBe(404);
    expect(asker.described.all().filter((one) => one.includes('/v1/runs') && !asker.described.seen.has(one))).toEqual([]);
  });

  it('is what the document says of a search too, probe by probe', { timeout: 60_000 }, async () => {
    const probe = { az: 'az1' as const, orders: 20_000, missed: 3, failed: 0, latencyMsP50: 90, latencyMsP99: 300, cpuMax: 0.5, date: '2026-11-01' };
    const search: SearchRequest = {
      document: { kind: 'KneeSearch', id: 'capacity', title: 'How much an AZ can take', question: 'How much?', azs: ['az1'] },
      // One step from the knee, so that there is one probe.
      known: [{ conditions: capacityConditions(REGION, null), probes: [{ ...probe, ratePerSecond: 94, held: true }, { ...probe, ratePerSecond: 98, held: false }] }],
    };
    await asker.ask('POST', '/v1/searches', search);
    const { text } = await asker.ask('GET', '/v1/runs/r1/events');
    for (const type of ['probe.going', 'probe.done', 'run.ended']) expect(text).toContain(`event: ${type}\n`);
    await asker.ask('GET', '/v1/runs/r1/report/capacity.json');
    expect([...asker.described.seen]).toContain('202 POST /v1/searches application/json');
  });
});
