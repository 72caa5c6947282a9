import { expect, test } from 'vitest';
import { apiForPeople } from './api-for-people.ts';

const INSIDE = { AZIMUTH_IN_CONTAINER: '1' };
const running = { api: 'http://controller:8090', urls: { api: 'http://127.0.0.1:18090/v1/status' } };

test('in a container it is the port that the host publishes', () => {
  expect(apiForPeople(running, INSIDE)).toBe('http://127.0.0.1:18090');
});

test('on the host it is the address at which the region was found, which may be that of a tunnel', () => {
  expect(apiForPeople({ ...running, api: 'http://127.0.0.1:9000' }, {})).toBe('http://127.0.0.1:9000');
});

test('where none is published, or what is said of it is no address, it is the one that was asked', () => {
  expect(apiForPeople({ ...running, urls: {} }, INSIDE)).toBe('http://controller:8090');
  expect(apiForPeople({ ...running, urls: { api: 'soon' } }, INSIDE)).toBe('http://controller:8090');
});
