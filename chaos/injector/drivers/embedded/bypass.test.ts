import { expect, it } from 'vitest';
import type { AvailabilityZone, Role } from '#contracts/labels.ts';
import type { Endpoint, NetworkAddress, Region } from '#contracts/region.ts';
import { judgeConnections } from './bypass.ts';

const at = (port: number): NetworkAddress => ({ host: '127.0.0.1', port });

function endpoint(name: string, role: Role, az: AvailabilityZone | null, port: number | null): Endpoint {
  return {
    name, role, az, dc: null, service: null, scope: 'zonal', networks: [], environment: {}, program: 'a.ts',
    address: port === null ? null : at(port), admin: port === null ? null : at(port + 1),
  };
}

/** az1 has a storefront at 10, az2 a kitchen at 20; links at 100 and 200, proxies from 101 and 201 on. */
const region: Region = {
  schema: 'azimuth.region/1', region: 'r', body: 'embedded',
  endpoints: [
    endpoint('front-door', 'front-door', null, 1),
    endpoint('customers', 'customers', null, 3),
    endpoint('az1-link', 'link', 'az1', null),
    endpoint('az1-storefront-a', 'service', 'az1', 10),
    endpoint('az2-link', 'link', 'az2', null),
    endpoint('az2-kitchen-a', 'service', 'az2', 20),
  ],
  links: [
    {
      name: 'az1-link', az: 'az1', api: at(100),
      proxies: [
        { name: 'az2-kitchen-a', from: 'az1', to: 'az2', listen: at(101), upstream: at(20), baseLatencyMs: 1 },
        { name: 'az1-storefront-a', from: null, to: 'az1', listen: at(102), upstream: at(10), baseLatencyMs: 0 },
      ],
    },
    { name: 'az2-link', az: 'az2', api: at(200), proxies: [{ name: 'az1-storefront-a', from: 'az2', to: 'az1', listen: at(201), upstream: at(10), baseLatencyMs: 1 }] },
  ],
};

const judged = (caller: string, port: number) => judgeConnections(region, [{ caller, to: at(port) }]);

it.each([
  ['a member of its own AZ', 'az1-storefront-a', 10],
  ['the admin address of its own AZ', 'az2-kitchen-a', 21],
  ['outside, from outside', 'customers', 1],
  ['what its link leads to, for a link', 'az1-link', 20],
  ['a foreign service', 'az1-storefront-a', 5432],
])('nothing is crossed and nothing passed by on the way to %s', (_title, caller, port) => {
  expect(judged(caller, port)).toEqual({ bypasses: [], crossings: [] });
});

it.each([
  ['out of the AZ by its own link', 'az1-storefront-a', 101, 'az1-link/az2-kitchen-a'],
  ['into an AZ from outside', 'customers', 102, 'az1-link/az1-storefront-a'],
])('a way %s crosses a link', (_title, caller, port, reached) => {
  expect(judged(caller, port)).toEqual({ bypasses: [], crossings: [{ caller, reached }] });
});

it.each([
  ['another AZ directly', 'az1-storefront-a', 20, 'az2-kitchen-a'],
  ['the admin address of another AZ', 'az1-storefront-a', 21, 'az2-kitchen-a'],
  ['an AZ directly from outside', 'customers', 10, 'az1-storefront-a'],
  ['the way out of another AZ', 'az1-storefront-a', 201, 'az2-link/az1-storefront-a'],
  ['the way out of an AZ, from outside', 'front-door', 101, 'az1-link/az2-kitchen-a'],
  ['the way in, from within an AZ', 'az2-kitchen-a', 102, 'az1-link/az1-storefront-a'],
  ['the front door, from within an AZ', 'az1-storefront-a', 1, 'front-door'],
  ['the API of its own link', 'az1-storefront-a', 100, 'az1-link/'],
  ['for a link, what is not behind its proxies', 'az2-link', 20, 'az2-kitchen-a'],
  ['for a link, the way over another', 'az2-link', 101, 'az1-link/az2-kitchen-a'],
])('a bypass is: %s', (_title, caller, port, reached) => {
  expect(judged(caller, port)).toEqual({ bypasses: [{ caller, reached }], crossings: [] });
});

it('whoever is not of the region does not count', () => {
  expect(judged('curl', 20)).toEqual({ bypasses: [], crossings: [] });
});
