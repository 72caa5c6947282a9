import { expect, test } from 'vitest';
import type { Endpoint } from '#contracts/region.ts';
import { hostNames } from './host-names.ts';

const controller: Endpoint = {
  name: 'controller', role: 'controller', az: null, dc: null, service: null, scope: 'regional', address: { host: '10.83.5.213', port: 8090 }, admin: null, program: null,
  networks: [{ name: 'observers', address: '10.83.5.213', aliases: ['chaos-api'] }], environment: {},
};

test('the published port, the endpoint, its address and its aliases, each with its port', () => {
  expect(hostNames(controller, 18_090)).toEqual(['127.0.0.1:18090', 'localhost:18090', 'controller:8090', '10.83.5.213:8090', 'chaos-api:8090']);
  expect(hostNames(controller, null)).toEqual(['controller:8090', '10.83.5.213:8090', 'chaos-api:8090']);
});

test('who listens nowhere has none', () => {
  expect(hostNames({ ...controller, address: null }, 18_090)).toEqual([]);
});
