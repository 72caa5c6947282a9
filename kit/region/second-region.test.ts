import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { placeForRegion } from './second-region.ts';

const ALL_OF_10 = { first: 10 * 2 ** 24, last: 11 * 2 ** 24 - 1 };

describe('placeForRegion', () => {
  it('gives one name one place, and other names other places', async () => {
    const [b, again, c] = [await placeForRegion('b', []), await placeForRegion('b', []), await placeForRegion('c', [])];
    expect(b).toEqual(again);
    expect(b?.AZIMUTH_REGION).toBe('b');
    expect(b?.AZIMUTH_SUBNET).toMatch(/^10\.(8[4-9]|9\d|1[0-7]\d|18[0-3])$/);
    expect(c?.AZIMUTH_SUBNET).not.toBe(b?.AZIMUTH_SUBNET);
    expect(c?.AZIMUTH_SHOP_PORT).not.toBe(b?.AZIMUTH_SHOP_PORT);
  });

  it('passes over a subnet that is routed somewhere', async () => {
    const free = await placeForRegion('b', []);
    const second = Number(free?.AZIMUTH_SUBNET.split('.')[1]);
    const first = ALL_OF_10.first + second * 65_536;
    const other = await placeForRegion('b', [{ first: first + 1024, last: first + 1279 }]);
    expect(other?.AZIMUTH_SUBNET).toBe(`10.${second === 183 ? 84 : second + 1}`);
  });

  it('passes over a port that somebody listens on', async () => {
    const free = await placeForRegion('b', []);
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(Number(free?.AZIMUTH_API_PORT), '127.0.0.1', resolve));
    const taken = (server.address() as AddressInfo).port;
    const other = await placeForRegion('b', []);
    await new Promise((resolve) => server.close(resolve));
    expect([other?.AZIMUTH_SHOP_PORT, other?.AZIMUTH_API_PORT]).not.toContain(String(taken));
    expect(Number(other?.AZIMUTH_API_PORT)).toBe(Number(other?.AZIMUTH_SHOP_PORT) + 10);
  });

  it('finds none where every private network is routed', async () => {
    expect(await placeForRegion('b', [ALL_OF_10])).toBe(null);
  });
});
