import { expect, test } from 'vitest';
import type { Endpoint } from '#contracts/region.ts';
import { smallRegion } from './fake-driver.fixture.ts';
import { hostNames, placesToOpen } from './published.ts';

const [frontDoor] = smallRegion().endpoints as [Endpoint];
const at = (port: number): Endpoint['address'] => ({ host: '10.83.5.210', port });
const injector: Endpoint = { ...frontDoor, name: 'injector', role: 'injector', address: at(8090) };
const region = {
  ...smallRegion(),
  endpoints: [
    { ...frontDoor, address: at(8080) }, injector,
    { ...frontDoor, name: 'grafana', role: 'observer' as const, address: at(3000) }, { ...frontDoor, name: 'prometheus', role: 'observer' as const, address: at(9090) },
  ],
};
const PORTS: Record<string, number> = { 'front-door 8080': 18080, 'injector 8090': 18090, 'grafana 3000': 13000 };
const published = (name: string, port: number): number | null => PORTS[`${name} ${port}`] ?? null;

test('what a person may open are the ports that are published, of those who are there', () => {
  expect(placesToOpen(region, published)).toEqual({
    api: 'http://127.0.0.1:18090',
    urls: { shop: 'http://127.0.0.1:18080/menu', api: 'http://127.0.0.1:18090/v1/status', grafana: 'http://127.0.0.1:13000/' },
  });
});

test('an injector whose port is not published is found at its own address', () => {
  expect(placesToOpen(region, () => null)).toEqual({ api: 'http://10.83.5.210:8090', urls: {} });
});

test('the Host header may name the published port, the endpoint and its address, each with its port', () => {
  expect(hostNames(injector, published)).toEqual(['127.0.0.1:18090', 'localhost:18090', 'injector:8090', '10.83.5.210:8090']);
  expect(hostNames(injector, () => null)).toEqual(['injector:8090', '10.83.5.210:8090']);
});
