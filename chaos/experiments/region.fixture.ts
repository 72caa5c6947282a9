/**
 * A region as far as an experiment can tell: the injector's HTTP API over customers who order on a fixed
 * schedule in real time. What is broken behaves like an AZ that fails over, so that a run on it can be judged.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { StampedEvent } from '#contracts/events.ts';
import type { Fault, FaultRequest, Lever, TrafficRequest } from '#contracts/faults.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { createRegionApi, type RegionApi } from './region-api.ts';

const AZS = ['az1', 'az2', 'az3'];
const ANSWER_MS = 20;
const ENDPOINTS = [
  { name: 'front-door', role: 'front-door', az: null, environment: { AZIMUTH_RESCUE: 'on' } },
  { name: 'az2-storefront-a', role: 'service', az: 'az2', environment: { AZIMUTH_RESCUE: 'on' } },
  ...AZS.map((az) => ({ name: `${az}-kitchen-a`, role: 'service', az, environment: { KITCHEN_OVENS: '8' } })),
];
const NO_FAULT = { status: 404, value: { error: { code: 'AZ_NOT_FOUND', message: 'no such fault' } } };

export class FakeRegion {
  readonly calls: string[] = [];
  /** Orders intended while this is true fail. */
  failing = false;
  /** Balancers that have ejected something. */
  changesOfMind: string[] = [];
  /** So many times the customers do not hear their next rate. */
  busyTraffic = 0;
  /** Target that the injector does not break. */
  refuses: string | null = null;
  faults: Fault[] = [];
  /** Per kitchen, as the switch says; they are described with 8. */
  ovens: number | null = 8;
  lever: Lever = { blocked: false, reason: null, sinceMs: null };
  /** Further looks at the status that find it busy with starting. */
  busyAnswers = 0;
  traffic: TrafficRequest = { ratePerSecond: 30, arm: 'balanced' };
  settings: Record<string, unknown> = {};
  api!: RegionApi;
  url!: string;
  #server!: Server;
  #records: CustomerRecord[] = [];
  #sinceMs = Date.now();
  #made = 0;
  #struckMs = Infinity;
  #healedMs = Infinity;
  #timer!: NodeJS.Timeout;

  static async start(): Promise<FakeRegion> {
    const region = new FakeRegion();
    region.#server = createServer((request, response) => void region.#answer(request, response));
    await new Promise<void>((resolve) => region.#server.listen(0, '127.0.0.1', resolve));
    region.#timer = setInterval(() => region.#order(), 20);
    region.url = `http://127.0.0.1:${(region.#server.address() as AddressInfo).port}`;
    region.api = createRegionApi({ region: 'fake', api: region.url });
    return region;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** What the schedule wanted until now, minus what is still under way. */
  #order(): void {
    const { ratePerSecond, arm = 'balanced' } = this.traffic;
    for (; this.#sinceMs + (this.#made * 1000) / ratePerSecond < Date.now() - ANSWER_MS * 2; this.#made += 1) {
      const intendedMs = this.#sinceMs + (this.#made * 1000) / ratePerSecond;
      for (const kind of ['menu', 'order'] as const) this.#records.push(this.#served(kind, arm, intendedMs));
    }
  }

  #served(kind: 'order' | 'menu', arm: 'balanced' | 'bare', intendedMs: number): CustomerRecord {
    const broken = intendedMs > this.#struckMs + 100 && intendedMs < this.#healedMs;
    const hit = !broken && this.#made % 3 === 0 && intendedMs > this.#struckMs - ANSWER_MS && intendedMs < this.#healedMs;
    const az = (broken || hit ? AZS[1 + (this.#made % 2)] : AZS[this.#made % 3]) as string;
    const kitchensDown = this.faults.some(({ target }) => target.startsWith('az1-kitchen'));
    const bakedIn = az === 'az1' && kitchensDown ? (AZS[1 + (Math.floor(this.#made / 3) % 2)] as string) : az;
    return {
      seq: this.#records.length + 1, kind, arm, intendedMs, sentMs: intendedMs + 0.2, answeredMs: intendedMs + ANSWER_MS,
      status: this.failing ? 503 : 200, az, retried: hit ? 'az1' : null, bakeMs: kind === 'order' ? ANSWER_MS - 4 : null,
      bakedIn: kind === 'order' ? bakedIn : null,
    };
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://fake');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body: unknown = chunks.length === 0 ? null : JSON.parse(Buffer.concat(chunks).toString());
    if (request.method !== 'GET') this.calls.push(`${request.method} ${pathname}${body === null ? '' : ` ${JSON.stringify(body)}`}`);
    if (pathname === '/v1/customers/records') {
      const after = Number(searchParams.get('after'));
      const page = this.#records.slice(after, after + Number(searchParams.get('limit')));
      response.end(page.map((record) => `${JSON.stringify(record)}\n`).join(''));
      return;
    }
    const { status, value } = this.#route(request.method ?? 'GET', pathname, body);
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(value));
  }

  #find(path: string): Fault | undefined {
    return this.faults.find(({ id }) => path.replace('/lease', '').endsWith(`/${id}`));
  }

  #events(balancer: string): StampedEvent[] {
    if (!this.changesOfMind.includes(balancer)) return [];
    return [{ type: 'target.ejected', target: 'az1-storefront-a', zone: 'az1', reason: 'probe-timeout', atMs: this.#struckMs, balancer, upstream: 'storefront', seq: 1 }];
  }

  #route(method: string, path: string, body: unknown): { status: number; value: unknown } {
    const ok = (value: unknown, status = 200) => ({ status, value });
    switch (`${method} ${path.replace(/f\d+/, ':id').replace(/instances\/[^/]+/, 'instances/:name')}`) {
      case 'GET /v1/status':
        if (this.busyAnswers-- > 0) return { status: 503, value: { error: { code: 'AZ_INTERNAL', message: 'busy with starting' } } };
        return ok({ faults: this.faults, components: [], customers: { ratePerSecond: this.traffic.ratePerSecond, arm: this.traffic.arm }, settings: { rescue: true, ovens: this.ovens }, lever: this.lever, journalTrouble: null });
      case 'GET /v1/region':
        return ok({ region: 'fake', body: 'embedded', endpoints: ENDPOINTS, links: [] });
      case 'PUT /v1/verdicts':
        return ok(null);
      case 'GET /v1/faults':
        return ok({ faults: this.faults, atMs: Date.now() });
      case 'GET /v1/residue':
        return ok({ residue: [], atMs: Date.now() });
      case 'GET /v1/lever':
        return ok(this.lever);
      case 'PUT /v1/traffic':
        if (this.busyTraffic-- > 0) return { status: 503, value: { error: { code: 'AZ_INSTANCE_SILENT', message: 'customers' } } };
        this.#order();
        this.traffic = body as TrafficRequest;
        this.#sinceMs = Date.now();
        this.#made = 0;
        return ok(this.traffic);
      case 'PUT /v1/settings':
        this.settings = { ...this.settings, ...(body as object) };
        return ok(this.settings);
      case 'POST /v1/faults':
        if ((body as FaultRequest).target === this.refuses) return { status: 409, value: { error: { code: 'AZ_CONFLICT', message: `${this.refuses} is held` } } };
        if (AZS.includes((body as FaultRequest).target)) this.#struckMs = Date.now();
        this.faults.push(faultOf(body as FaultRequest, `f${this.calls.length}`, Date.now()));
        return ok(this.faults.at(-1), 201);
      case 'PUT /v1/faults/:id/lease':
        return this.#find(path) === undefined ? NO_FAULT : ok(this.#find(path));
      case 'DELETE /v1/faults/:id':
        if (this.#find(path) === undefined) return NO_FAULT;
        if (AZS.includes(this.#find(path)?.target ?? '')) this.#healedMs = Date.now();
        this.faults = this.faults.filter(({ id }) => !path.endsWith(`/${id}`));
        return ok({ healed: ['az1-kitchen-a'], remains: [], acknowledgedMs: Date.now(), atMs: Date.now() });
      case 'GET /v1/instances/:name/counters':
        return ok({ upstreams: { 'load-balancer': { requests: this.#records.length, failed: 0, attempts: this.#records.length, rescues: 0, retries: 0 } } });
      case 'GET /v1/instances/:name/events':
        return ok({ events: this.#events(path.split('/')[3] ?? ''), nextSeq: 0, dropped: false });
      case 'GET /v1/instances/:name/baked':
        return ok({ keys: [], nextSeq: 0, dropped: false });
      default:
        return ok({ error: { code: 'AZ_NOT_FOUND', message: `no ${method} ${path}` } }, 404);
    }
  }
}

function faultOf({ verb, target, leaseMs, reason, holder, by, ...detail }: FaultRequest, id: string, startedMs: number): Fault {
  const lease = { startedMs, skewMs: 0, leaseEndsMs: startedMs + (leaseMs ?? 0) };
  return { id, verb, target, detail, members: ['az1-kitchen-a'], reason: reason ?? null, holder: holder ?? 'operator', by: by ?? null, ...lease, state: 'active' };
}
