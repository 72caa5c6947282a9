/**
 * A region of four containers in an engine that has none, and the driver that is tested on it: a link on three networks, a
 * kitchen and an injector whose health checks a real server answers, and one who watches.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, vi } from 'vitest';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { ComponentState } from '../../driver.ts';
import { DockerDriver } from './driver.ts';
import { Engine } from './engine.ts';
import { FakeEngine } from './fake-engine.fixture.ts';

class SmallDockerRegion {
  /** Answers every health check. */
  readonly health: Server;
  readonly region: Region;
  readonly engine: FakeEngine;
  /** Not opened yet. */
  readonly driver: DockerDriver;

  private constructor(health: Server, region: Region, engine: FakeEngine) {
    this.health = health;
    this.region = region;
    this.engine = engine;
    this.driver = new DockerDriver(region, new Engine({ socketPath: engine.socketPath }));
  }

  static async open(): Promise<SmallDockerRegion> {
    const health = createServer((_request, response) => response.end('{}'));
    await new Promise<void>((resolve) => health.listen(0, '127.0.0.1', resolve));
    const region = describedRegion({ host: '127.0.0.1', port: (health.address() as AddressInfo).port });
    return new SmallDockerRegion(health, region, await FakeEngine.open(region));
  }

  async close(): Promise<void> {
    await this.driver.close();
    await this.engine.close();
    this.health.closeAllConnections();
    this.health.close();
  }

  states(): Record<string, string> {
    return Object.fromEntries(this.driver.components().map(({ name, state }) => [name, state]));
  }

  seen(name: string): ComponentState | undefined {
    return this.driver.components().find((one) => one.name === name);
  }
}

interface Parts {
  small: SmallDockerRegion;
  driver: DockerDriver;
  engine: FakeEngine;
}

/** A test with a region of its own, which is closed after it. */
export const it = test.extend<Parts>({
  small: async ({ task: _task }, use) => {
    const small = await SmallDockerRegion.open();
    await use(small);
    await small.close();
  },
  driver: ({ small }, use) => use(small.driver),
  engine: ({ small }, use) => use(small.engine),
});

/** Waits until nothing is thrown any more. */
export function until(check: () => void): Promise<void> {
  return vi.waitFor(check, { timeout: 8000, interval: 10 });
}

function describedRegion(admin: { host: string; port: number }): Region {
  const endpoint = (name: string, role: Endpoint['role'], az: Endpoint['az'], networks: Endpoint['networks'], more: Partial<Endpoint> = {}): Endpoint => ({
    name, role, az, dc: null, service: null, scope: az === null ? 'regional' : 'zonal', address: null, admin: null, program: null, networks, environment: {}, ...more,
  });
  return {
    schema: 'azimuth.region/1', region: 'small', body: 'compose',
    endpoints: [
      endpoint('az1-link', 'link', 'az1', [
        { name: 'az2', address: '10.1.2.101', aliases: [] }, { name: 'front', address: '10.1.0.101', aliases: [] }, { name: 'az1', address: '10.1.1.101', aliases: [] },
      ]),
      endpoint('az1-kitchen-a', 'service', 'az1', [{ name: 'az1', address: '10.1.1.31', aliases: ['kitchen'] }], { service: 'kitchen', admin, program: 'a.ts' }),
      endpoint('injector', 'injector', null, [], { admin, program: 'a.ts' }),
      endpoint('grafana', 'observer', null, []),
    ],
    links: [{
      name: 'az1-link', az: 'az1', api: admin,
      proxies: [
        { name: 'az1-load-balancer', from: null, to: 'az1', listen: { host: '10.1.0.101', port: 1 }, upstream: { host: '10.1.1.10', port: 80 }, baseLatencyMs: 0 },
        { name: 'az2-kitchen-a', from: 'az1', to: 'az2', listen: { host: '10.1.1.101', port: 2 }, upstream: { host: '10.1.2.31', port: 80 }, baseLatencyMs: 1 },
      ],
    }],
  };
}
