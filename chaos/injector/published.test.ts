import { expect, test } from 'vitest';
import type { Endpoint } from '#contracts/region.ts';
import { smallRegion } from './fake-driver.fixture.ts';
import { placesToOpen } from './published.ts';

const [frontDoor] = smallRegion().endpoints as [Endpoint];
const at = (port: number): Endpoint['address'] => ({ host: '10.83.5.213', port });
const controller: Endpoint = { ...frontDoor, name: 'controller', role: 'controller', address: at(8090) };
const region = {
  ...smallRegion(),
  endpoints: [
    { ...frontDoor, address: at(8080) }, { ...frontDoor, name: 'injector', role: 'injector' as const, address: at(8090) }, controller,
    { ...frontDoor, name: 'grafana', role: 'observer' as const, address: at(3000) }, { ...frontDoor, name: 'prometheus', role: 'observer' as const, address: at(9090) },
  ],
};
const PORTS: Record<string, number> = { 'front-door 8080': 18080, 'controller 8090': 18090, 'grafana 3000': 13000 };
const published = (name: string, port: number): number | null => PORTS[`${name} ${port}`] ?? null;

test('what a person may open are the ports that are published, of those who are there', () => {
  expect(placesToOpen(region, published)).toEqual({
    api: 'http://127.0.0.1:18090',
    urls: { shop: 'http://127.0.0.1:18080/menu', api: 'http://127.0.0.1:18090/v1/status', grafana: 'http://127.0.0.1:13000/' },
  });
});

test('a controller whose port is not published is found at its own address', () => {
  expect(placesToOpen(region, () => null)).toEqual({ api: 'http://10.83.5.213:8090', urls: {} });
});
