/** A body of the region without processes, and a region small enough to see through: for tests of what stands above the driver. */
import type { ComponentStatus } from '#contracts/region-status.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import { threeLinks } from './links/fake-link.fixture.ts';
import { ServiceFaults } from './service-faults/service-faults.ts';
import { StartFailure, type Acted, type ComponentState, type Driver, type StartOptions, type Usage } from './driver.ts';

export function smallRegion(): Region {
  const endpoints = [
    endpoint('front-door', 'front-door', null, 1),
    endpoint('az1-link', 'link', 'az1', 2),
    endpoint('az1-load-balancer', 'load-balancer', 'az1', 3),
    endpoint('az1-storefront-a', 'service', 'az1', 4, { AZIMUTH_RESCUE: 'on' }),
    endpoint('az1-kitchen-a', 'service', 'az1', 5, { KITCHEN_OVENS: '8', KITCHEN_BAKE_MEAN_MS: '80' }),
    endpoint('az1-kitchen-b', 'service', 'az1', 6, { KITCHEN_OVENS: '8', KITCHEN_BAKE_MEAN_MS: '80' }),
    endpoint('az2-kitchen-a', 'service', 'az2', 7, { KITCHEN_OVENS: '8', KITCHEN_BAKE_MEAN_MS: '80' }),
    endpoint('customers', 'customers', null, 8),
  ];
  return { schema: 'azimuth.region/1', region: 'small', body: 'embedded', endpoints, links: [] };
}

/** Three AZs with a link, a balancer and a kitchen each. */
export function linkedRegion(): Region {
  const endpoints = (['az1', 'az2', 'az3'] as const).flatMap((az, index) => [
    { ...endpoint(`${az}-link`, 'link', az, 20 + index), program: 'a.ts', admin: null },
    endpoint(`${az}-load-balancer`, 'load-balancer', az, 30 + index),
    endpoint(`${az}-kitchen-a`, 'service', az, 40 + index),
  ]);
  return { schema: 'azimuth.region/1', region: 'linked', body: 'embedded', endpoints, links: threeLinks() };
}

/** Ports that nobody listens on: nothing above the driver may need a process. */
function endpoint(name: string, role: Endpoint['role'], az: Endpoint['az'], number: number, environment: Record<string, string> = {}): Endpoint {
  const [, service, replica] = /^az\d-(\w+)-([ab])$/.exec(name) ?? [];
  return {
    name, role, az, dc: replica === undefined ? null : `${az}-dc${replica === 'a' ? 1 : 2}`, service: role === 'service' ? (service ?? null) : null,
    scope: az === null ? 'regional' : 'zonal', address: null, admin: { host: '127.0.0.1', port: number }, program: role === 'link' ? null : 'a.ts', networks: [], environment,
  };
}

/** Services of a test that do as they are told, and never did anything else. */
export function obedientServices({ endpoints }: Region): ServiceFaults {
  return new ServiceFaults(endpoints, async () => ({ status: 200, text: '{"replaced":{}}' }));
}

/** Where an injector of a test is found. */
export const foundNowhere = (): { pid: null; startedMs: number; api: string; urls: Record<string, string> } => ({ pid: null, startedMs: 0, api: 'http://127.0.0.1:8090', urls: {} });

export class FakeDriver implements Driver {
  readonly body = 'embedded' as const;
  readonly leavesOut: { name: string; reason: string }[];
  readonly restartsAtOnce = 2;
  detachRefusal: string | null = null;
  /** Why it cannot be seen. */
  unseen: string | null = null;
  /** What was done, in order: `kill az1-link`. */
  readonly acts: string[] = [];
  /** Names that start, with ` gently`. */
  readonly started: string[] = [];
  startingAtOnceMax = 0;
  refuseKill: string | null = null;
  refuseStart: string | null = null;
  readonly #states = new Map<string, ComponentStatus['state']>();
  #starting = 0;

  constructor(region: Region) {
    this.leavesOut = region.endpoints.filter(({ program }) => program === null).map(({ name }) => ({ name, reason: 'it is a container image' }));
    for (const { name, program } of region.endpoints) if (program !== null) this.#states.set(name, 'running');
  }

  async look(): Promise<string | null> {
    return this.unseen;
  }

  components(): ComponentState[] {
    return [...this.#states].map(([name, state]) => ({ name, state, pid: state === 'dead' ? null : 1, death: null }));
  }

  async start(name: string, options: StartOptions = {}): Promise<void> {
    this.started.push(options.gently === true ? `${name} gently` : name);
    this.#starting += 1;
    this.startingAtOnceMax = Math.max(this.startingAtOnceMax, this.#starting);
    // Long enough for others to start beside it, with no clock that a test would have to turn.
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
    this.#starting -= 1;
    if (this.refuseStart === name) throw new StartFailure(name, 'is out of gas', []);
    this.#states.set(name, 'running');
  }

  async kill(name: string): Promise<Acted> {
    if (this.refuseKill === name) throw new Error('not permitted');
    return this.#act('kill', name, 'dead');
  }

  async freeze(name: string): Promise<Acted> {
    return this.#act('freeze', name, 'frozen');
  }

  async thaw(name: string): Promise<Acted> {
    return this.#act('thaw', name, this.#states.get(name) === 'dead' ? 'dead' : 'running');
  }

  async detach(name: string): Promise<Acted> {
    return this.#act('detach', name, 'detached');
  }

  differences(): string[] {
    return [];
  }

  async usage(): Promise<Map<string, Usage>> {
    return new Map();
  }

  async close(): Promise<void> {}

  /** A millisecond after the one before. */
  #act(act: string, name: string, state: ComponentStatus['state']): Acted {
    this.#states.set(name, state);
    this.acts.push(`${act} ${name}`);
    return { atMs: 1_000_000 + this.acts.length - 1 };
  }
}
