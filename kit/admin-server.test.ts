import { expect, test } from 'vitest';
import { pino } from 'pino';
import type { StampedEvent } from '#contracts/events.ts';
import type { TargetOpinion } from '#contracts/faults.ts';
import { createAdminServer, type ObservedBalancer } from './admin-server.ts';
import { createHealth } from './health.ts';
import { createMetrics } from './metrics.ts';

const event = (seq: number, upstream: string): StampedEvent => ({ type: 'zone.shifted', zone: 'az1', untilMs: 1, reason: 'x', atMs: 1, balancer: 'b', upstream, seq });

const target = (zone: string): TargetOpinion => ({ target: `${zone}-x`, zone, state: 'up', reason: 'probe-ok', sinceMs: 0, inFlight: 0, ewmaMs: 1, weight: 1 });

function fakeBalancer(upstream: string, zones: string[], events: StampedEvent[] = [], dropped = false) {
  const calls: string[] = [];
  const balancer: ObservedBalancer = {
    opinion: () => ({ upstream, failOpen: false, spill: 0, shiftedZones: [], targets: zones.map(target) }),
    events: (after) => ({ events: events.filter(({ seq }) => seq > after), nextSeq: events.at(-1)?.seq ?? after, dropped }),
    counters: () => ({ requests: 10, failed: 0, attempts: 11, rescues: 1, retries: 0 }),
    shift: (zone, shift) => calls.push(`shift ${zone} ${shift.untilMs} ${shift.reason}`),
    cancelShift: (zone) => calls.push(`cancel ${zone}`),
    setRescue: (on) => calls.push(`rescue ${on}`),
  };
  return { balancer, calls };
}

const build = (balancers: Record<string, ObservedBalancer>, ready = true) =>
  createAdminServer({
    log: pino({ level: 'silent' }),
    metrics: createMetrics('1.2.3'),
    health: createHealth({ id: 'lb', bootId: 'b', version: '1.2.3' }),
    ready: () => ({ ready, checks: { targets: { ok: ready, detail: '1 of 1' } } }),
    balancers,
  });

test('metrics are the chosen few of the process, and not the default set', async () => {
  const { body, headers } = await build({}).inject('/metrics');
  expect(headers['content-type']).toMatch(/^text\/plain/);
  for (const name of ['azimuth_build_info{version="1.2.3"} 1', 'azimuth_event_loop_lag_seconds', 'process_resident_memory_bytes', 'process_cpu_seconds_total', 'process_start_time_seconds']) {
    expect(body).toContain(name);
  }
  expect(body).not.toContain('nodejs_');
});

test('each scrape tells what the ones before it cost', async () => {
  const app = build({});
  const costS = async (): Promise<number> => Number(/^azimuth_scrape_seconds_total (\S+)$/m.exec((await app.inject('/metrics')).body)?.[1]);
  expect(await costS()).toBe(0);
  const first = await costS();
  expect(first).toBeGreaterThan(0);
  expect(await costS()).toBeGreaterThanOrEqual(first);
});

test('readiness tells its detail, with 503 when it is not', async () => {
  expect((await build({}).inject('/readyz')).statusCode).toBe(200);
  const not = await build({}, false).inject('/readyz');
  expect(not.statusCode).toBe(503);
  expect(not.json()).toEqual({ ready: false, checks: { targets: { ok: false, detail: '1 of 1' } } });
});

test('the events of all balancers of a process come as one sequence', async () => {
  const one = fakeBalancer('storefront', ['az1'], [event(1, 'storefront'), event(4, 'storefront')]);
  const other = fakeBalancer('kitchen', ['az1'], [event(2, 'kitchen'), event(3, 'kitchen')], true);
  const app = build({ storefront: one.balancer, kitchen: other.balancer });
  const all = (await app.inject('/events')).json();
  expect(all.events.map(({ seq }: StampedEvent) => seq)).toEqual([1, 2, 3, 4]);
  expect(all).toMatchObject({ nextSeq: 4, dropped: true });
  expect((await app.inject('/events?after=3')).json().events).toHaveLength(1);
  expect((await app.inject('/events?after=4')).json()).toMatchObject({ events: [], nextSeq: 4 });
  expect((await app.inject('/events?after=new')).statusCode).toBe(400);
});

test('opinions and counters are told by upstream', async () => {
  const app = build({ kitchen: fakeBalancer('kitchen', ['az1', 'az2']).balancer });
  expect((await app.inject('/targets')).json()).toMatchObject({ upstreams: [{ upstream: 'kitchen', targets: [{ zone: 'az1' }, { zone: 'az2' }] }] });
  expect((await app.inject('/counters')).json()).toEqual({ upstreams: { kitchen: { requests: 10, failed: 0, attempts: 11, rescues: 1, retries: 0 } } });
});

test('a shift reaches the balancers that have the zone, an unknown zone is refused', async () => {
  const one = fakeBalancer('storefront', ['az1']);
  const other = fakeBalancer('kitchen', ['az1', 'az2']);
  const app = build({ storefront: one.balancer, kitchen: other.balancer });
  const payload = { untilMs: 99, reason: 'practice' };
  expect((await app.inject({ method: 'PUT', url: '/shifts/az2', payload })).statusCode).toBe(204);
  expect([one.calls, other.calls]).toEqual([[], ['shift az2 99 practice']]);
  expect((await app.inject({ method: 'PUT', url: '/shifts/az9', payload })).json()).toMatchObject({ error: { code: 'AZ_UNKNOWN_TARGET' } });
  expect((await app.inject({ method: 'PUT', url: '/shifts/az2', payload: { reason: 'no end' } })).statusCode).toBe(400);
  expect((await app.inject({ method: 'DELETE', url: '/shifts/az2' })).statusCode).toBe(204);
  expect(other.calls).toEqual(['shift az2 99 practice', 'cancel az2']);
});

test('rescue is switched in every balancer', async () => {
  const one = fakeBalancer('storefront', ['az1']);
  const app = build({ storefront: one.balancer });
  expect((await app.inject({ method: 'PUT', url: '/settings', payload: { rescue: false } })).statusCode).toBe(204);
  expect((await app.inject({ method: 'PUT', url: '/settings', payload: { rescue: 'off' } })).statusCode).toBe(400);
  expect(one.calls).toEqual(['rescue false']);
});
