// What a page in a real browser can do with the API. Of another origin it must change and read nothing, whatever it tries;
// that the same attempts succeed from the API's own origin shows that they were attempts.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { experimentNamed } from '../experiments/documents.ts';
import { findBrowser, openPage } from '#chaos/report/html/browser.fixture.ts';
import { TestController } from './controller.fixture.ts';
import { FakeInjector } from './fake-injector.fixture.ts';
import { TryingPage, type Finding, type Task } from './trying-page.fixture.ts';

const browser = findBrowser();
if (browser === null) process.stderr.write('Pages of other origins were NOT tried: there is no Chromium on the PATH ("apt-get install chromium").\n');

/** Of a region in which a run ends as soon as it began. */
const STATUS = JSON.stringify({ faults: [], components: [], customers: null, settings: { rescue: true, ovens: null }, lever: { blocked: true, reason: 'drill', sinceMs: 1 }, journalTrouble: null });

const CHANGES: Task['changes'] = [
  { method: 'POST', path: '/v1/runs', body: { document: experimentNamed('az-power-loss') } },
  { method: 'POST', path: '/v1/faults', body: { verb: 'kill', target: 'az1' } },
  { method: 'POST', path: '/v1/heal', body: {} },
  { method: 'PUT', path: '/v1/lever', body: { blocked: true, reason: 'by a page' } },
  { method: 'PUT', path: '/v1/traffic', body: { ratePerSecond: 0 } },
  { method: 'PUT', path: '/v1/settings', body: { ovens: 1 } },
  { method: 'PUT', path: '/v1/faults/f1/lease', body: { leaseMs: 1000 } },
  { method: 'DELETE', path: '/v1/faults/f1', body: null },
  { method: 'DELETE', path: '/v1/runs/r1', body: null },
];
const READS = ['/v1/status', '/v1/faults', '/v1/residue', '/v1/running', '/v1/runs', '/v1/openapi.json'];

/** What goes to another origin unasked: a form may send it. */
const FORM_TYPES = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data'];
const FORMS = CHANGES.filter(({ method }) => method === 'POST').flatMap(({ path }) => FORM_TYPES.map((type) => `POST ${path} ${type}`));
const LOOKS = [...READS, '/v1/events'].map((path) => `GET ${path}`);
const JSON_CALLS = CHANGES.map(({ method, path, body }) => `${method} ${path}${body === null ? '' : ' application/json'}`);
const PREFLIGHTS = [...CHANGES.map(({ path }) => path), ...READS].map((path) => `OPTIONS ${path}`);

const OPENINGS_MAX = 4;
const TOLD_MS_MAX = 40_000;
const BEACON_MS_MAX = 3000;

let injector: FakeInjector;
let controller: TestController;
let apiPort: number;
/** What has come to the API, refused or not: `POST /v1/heal text/plain`. */
let came: Set<string>;
beforeEach(async () => {
  injector = await FakeInjector.start();
  injector.answer = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end(STATUS);
  controller = await TestController.start(injector.url);
  apiPort = Number(new URL(controller.running.api).port);
  came = new Set();
  controller.app.server.on('request', ({ method, url, headers }) => came.add(`${method} ${url} ${headers['content-type']?.split(';')[0] ?? ''}`.trim()));
});
afterEach(async () => {
  await controller.stop();
  await injector.stop();
});

/** Once. @param origin of the page; null for a port of its own on this machine. @param api as the page calls it */
async function open(origin: string | null, api: string, hasAllCome: () => boolean): Promise<Finding[]> {
  const page = await TryingPage.serve({ api, changes: CHANGES, reads: READS }, apiPort);
  const own = `127.0.0.1:${page.port}`;
  const told = Promise.race([page.findings, sleep(TOLD_MS_MAX, [], { ref: false })]);
  // A beacon is on its way when the page has told everything.
  const done = told.then(() => vi.waitUntil(hasAllCome, BEACON_MS_MAX)).catch(() => undefined);
  try {
    await openPage(browser as string, `${origin ?? `http://${own}`}${page.path}`, origin === null ? {} : { [new URL(origin).host]: own }, done);
    return await told;
  } finally {
    await page.stop();
  }
}

/**
 * Opens the page again where not everything was tried: a browser gives up all that is under way when the networks of the
 * machine change, as they do with every container that comes or goes.
 * @param coming what must have come to the API by the end: without it nothing was shown
 * @param isEnough whether what was found is all that was to be
 * @returns what was found each time
 */
async function tryAll(origin: string | null, api: string, coming: readonly string[], isEnough: (findings: readonly Finding[]) => boolean = () => true): Promise<Finding[]> {
  const findings: Finding[] = [];
  const hasAllCome = (): boolean => coming.every((call) => came.has(call));
  let openings = 0;
  do {
    findings.push(...(await open(origin, api, hasAllCome)));
    openings += 1;
  } while (openings < OPENINGS_MAX && !(hasAllCome() && isEnough(findings)));
  expect([...came]).toEqual(expect.arrayContaining([...coming]));
  return findings;
}

const isRefusal = (text: string): boolean => text.startsWith('{"error":');
/** Attempts after which the page knew something of the region. */
const learnt = (findings: readonly Finding[]): string[] => findings.filter(({ read }) => read !== null && !isRefusal(read)).map(({ name }) => name);
const changed = (): string[] => injector.asked.filter((call) => !call.startsWith('GET '));
const runs = (): number => controller.journal.state.lastRun;

describe.skipIf(browser === null)('a page in a browser', { timeout: 240_000 }, () => {
  it('of another port of this machine changes nothing and reads nothing, by what needs a preflight and by what does not', async () => {
    const findings = await tryAll(null, controller.running.api, [...FORMS, ...LOOKS, ...PREFLIGHTS]);
    expect([findings.filter(({ read }) => read !== null), changed(), runs()]).toEqual([[], [], 0]);
  });

  it('whose name was bound anew to this machine changes nothing, and reads nothing but that it is refused', async () => {
    const api = `http://evil.example:${apiPort}`;
    const findings = await tryAll(api, api, [...FORMS, ...LOOKS, ...JSON_CALLS]);
    expect([learnt(findings), injector.asked, runs()]).toEqual([[], [], 0]);
    expect(findings.filter(({ read }) => read?.includes('AZ_FORBIDDEN_ORIGIN')).length).toBeGreaterThan(CHANGES.length + READS.length);
  });

  it('of the API itself changes and reads by the same attempts', async () => {
    const { api } = controller.running;
    const byFetch = CHANGES.map(({ method, path }) => `fetch, JSON: ${method} ${path}`);
    const byLooking = READS.flatMap((path) => ['fetch', 'XMLHttpRequest', 'frame'].map((how) => `${how}: GET ${path}`));
    const wanted = [...byFetch, ...byLooking, 'EventSource: GET /v1/events'];
    const findings = await tryAll(api, api, [...FORMS, ...LOOKS, ...JSON_CALLS], (found) => wanted.every((name) => learnt(found).includes(name)));
    expect(learnt(findings)).toEqual(expect.arrayContaining(wanted));
    expect(runs()).toBeGreaterThan(0);
    const told = CHANGES.filter(({ path }) => !path.startsWith('/v1/runs')).map(({ method, path, body }) => `${method} ${path}${body === null ? '' : ` ${JSON.stringify(body)}`}`);
    expect(changed()).toEqual(expect.arrayContaining(told));
    expect(findings).toContainEqual({ name: 'fetch: GET /v1/status', read: STATUS });
  });
});
