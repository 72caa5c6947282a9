import { expect, test } from 'vitest';
import type { UpstreamOpinion } from '#contracts/faults.ts';
import type { Endpoint } from '#contracts/region.ts';
import { FakeDriver, linkedRegion } from './fake-driver.fixture.ts';
import { whatIsMissing, type ServingView } from './serving.ts';

const region = linkedRegion();
const frontDoor: Endpoint = { ...(region.endpoints[1] as Endpoint), name: 'front-door', role: 'front-door', az: null };
const grafana: Endpoint = { ...frontDoor, name: 'grafana', role: 'observer' };
const endpoints = [frontDoor, ...region.endpoints];

const target = (zone: string, state: 'up' | 'down'): UpstreamOpinion['targets'][number] => ({ target: `${zone}-x`, zone, state, reason: 'probe-ok', sinceMs: 0, inFlight: 0, ewmaMs: 1, weight: 1 });
const opinion = (upstream: string, up: readonly string[]): UpstreamOpinion => ({
  upstream, failOpen: false, spill: 0, shiftedZones: [], targets: ['az1', 'az2', 'az3'].map((zone) => target(zone, up.includes(zone) ? 'up' : 'down')),
});
const ALL = ['az1', 'az2', 'az3'];

function view(some: readonly Endpoint[] = endpoints): ServingView {
  return { endpoints: some, components: new FakeDriver({ ...region, endpoints: [...some] }).components(), unreached: [] };
}

const asked = (answer: (name: string) => UpstreamOpinion[] | null) => async ({ name }: Endpoint): Promise<UpstreamOpinion[] | null> => answer(name);
const sees = (up: readonly string[]) => asked((name) => [opinion(name === 'front-door' ? 'load-balancer' : 'kitchen', up)]);

test('a region serves when all runs and every balancer in front sees somebody behind it', async () => {
  expect(await whatIsMissing(view(), sees(ALL))).toEqual([]);
});

test('a watcher that is missing or dead is not missed', async () => {
  expect(await whatIsMissing({ ...view(), endpoints: [...endpoints, grafana] }, sees(ALL))).toEqual([]);
});

test('what is down is named, and nobody is asked', async () => {
  const components = view().components.map((one) => (one.name === 'az1-kitchen-a' ? { ...one, state: 'frozen' as const } : one)).filter(({ name }) => name !== 'az2-link');
  const nobody = asked(() => { throw new Error('asked'); });
  expect(await whatIsMissing({ ...view(), components }, nobody)).toEqual(['az1-kitchen-a is frozen', 'az2-link is not there']);
});

test('the front door needs a load balancer in every AZ, a load balancer one replica of each service', async () => {
  expect(await whatIsMissing(view(), sees(['az1', 'az3']))).toEqual(['front-door sees no load-balancer in az2']);
  const blind = asked((name) => [opinion('x', name === 'az2-load-balancer' ? [] : ALL)]);
  expect(await whatIsMissing(view(), blind)).toEqual(['az2-load-balancer sees no x']);
});

test('a balancer that is silent and a link without its ways are named', async () => {
  const silent = asked((name) => (name === 'front-door' ? null : [opinion('kitchen', ALL)]));
  const unreached = [{ name: 'az1-link', reason: 'did not answer' }];
  expect(await whatIsMissing({ ...view(), unreached }, silent)).toEqual(['az1-link has not all its ways: did not answer', 'front-door does not answer']);
});
