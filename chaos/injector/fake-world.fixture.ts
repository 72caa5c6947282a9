/**
 * A whole region without a process: components, links and instances with a memory of their own, which a restart clears and
 * which the dead and the frozen keep to themselves. Whatever is broken in it can be broken by the injector or behind its back.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import type { ComponentStatus, RegionStatus } from '#contracts/region-status.ts';
import type { NetworkAddress, Region } from '#contracts/region.ts';
import { lastingParts } from '#policy/service-fault.ts';
import { deadOf, type Acted, type StartOptions } from './driver.ts';
import { FakeDriver, foundNowhere, linkedRegion } from './fake-driver.fixture.ts';
import { Injector } from './injector.ts';
import type { InstanceAnswer, InstanceCall } from './instance-call.ts';
import type { Journal } from './journal.ts';
import { FakeLink } from './links/fake-link.fixture.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { ServiceFaults } from './service-faults/service-faults.ts';
import { Switches } from './switches.ts';

/** Links that answer nobody while they are off their networks, dead or frozen, and that begin anew when they start. */
export class NetworkedDriver extends FakeDriver {
  readonly #links: ReadonlyMap<string, FakeLink>;
  readonly #onStart: (name: string) => void;

  constructor(region: Region, links: ReadonlyMap<string, FakeLink>, onStart: (name: string) => void = () => undefined) {
    super(region);
    this.#links = links;
    this.#onStart = onStart;
  }

  override detach(name: string): Promise<Acted> {
    this.#answers(name, false);
    return super.detach(name);
  }

  override freeze(name: string): Promise<Acted> {
    this.#answers(name, false);
    return super.freeze(name);
  }

  override kill(name: string): Promise<Acted> {
    this.#answers(name, false);
    this.#links.get(name)?.restart();
    return super.kill(name);
  }

  override async thaw(name: string): Promise<Acted> {
    const acted = await super.thaw(name);
    this.#answers(name, this.stateOf(name) === 'running');
    return acted;
  }

  override async start(name: string, options: StartOptions = {}): Promise<void> {
    await super.start(name, options);
    this.#answers(name, true);
    this.#onStart(name);
  }

  stateOf(name: string): ComponentStatus['state'] | undefined {
    return this.components().find((one) => one.name === name)?.state;
  }

  #answers(name: string, answers: boolean): void {
    const link = this.#links.get(name);
    if (link !== undefined) link.silent = !answers;
  }
}

/** What an instance was told since it started. */
interface Memory {
  shifts: Map<string, string>;
  rescue: boolean;
  ovens: number;
  wrong: ServiceFaultPlan;
}

const FRESH = (): Memory => ({ shifts: new Map(), rescue: true, ovens: 8, wrong: {} });

export class FakeWorld {
  readonly region: Region = switchableRegion();
  readonly links: Map<string, FakeLink>;
  readonly driver: NetworkedDriver;
  readonly #memories: Map<string, Memory>;

  constructor() {
    this.links = new Map(this.region.links.map((one) => [one.name, new FakeLink(one)]));
    this.#memories = new Map(this.region.endpoints.map(({ name }) => [name, FRESH()]));
    this.driver = new NetworkedDriver(this.region, this.links, (name) => this.#memories.set(name, FRESH()));
  }

  /** A new injector over the same region. */
  injector(journal: Journal): Injector {
    const { region, driver } = this;
    return new Injector({
      region, driver, journal, found: foundNowhere,
      switches: new Switches(region.endpoints, (at, call) => this.#answer(at, call)),
      services: new ServiceFaults(region.endpoints, (at, call) => this.#answer(at, call)),
      links: new Links(region.links, () => deadOf(driver), ({ name }) => this.link(name)),
      roundTrips: new RoundTrips(region.links, { probe: () => Promise.reject(new Error('nobody')), close: () => undefined }),
      askBalancers: async (isUp) => this.#opinions(isUp),
    });
  }

  link(name: string): FakeLink {
    const link = this.links.get(name);
    if (link === undefined) throw new Error(`no link ${name}`);
    return link;
  }

  memory(name: string): Memory {
    const memory = this.#memories.get(name);
    if (memory === undefined) throw new Error(`no instance ${name}`);
    return memory;
  }

  /** Everything that is not as it was in the beginning, told from the region itself. */
  wounds(): string[] {
    return [
      ...this.driver.components().filter(({ state }) => state !== 'running').map(({ name, state }) => `${name} is ${state}`),
      ...[...this.links].flatMap(([name, { ways }]) =>
        [...ways].flatMap(([proxy, { toxics, enabled }]) => [
          ...toxics.filter((toxic) => toxic.name !== 'base-latency').map((toxic) => `${name}/${proxy} has ${toxic.name}`),
          ...(enabled ? [] : [`${name}/${proxy} is shut`]),
        ]),
      ),
      ...[...this.#memories].flatMap(([name, { shifts, rescue, ovens, wrong }]) => [
        ...[...shifts.keys()].map((zone) => `${name} leaves ${zone} out`),
        ...(rescue ? [] : [`${name} rescues nobody`]),
        ...(ovens === 8 ? [] : [`${name} has ${ovens} ovens`]),
        ...Object.keys(lastingParts(wrong, Date.now())).map((part) => `${name} is to ${part}`),
      ]),
    ];
  }

  async #answer(at: NetworkAddress, { method, path, body }: InstanceCall): Promise<InstanceAnswer> {
    const name = this.region.endpoints.find(({ admin }) => admin?.port === at.port)?.name ?? '';
    if (this.driver.stateOf(name) !== 'running') throw new Error(`${name} does not answer`);
    const memory = this.memory(name);
    const zone = /^\/shifts\/(.+)$/.exec(path)?.[1];
    if (zone !== undefined && method === 'PUT') memory.shifts.set(zone, (body as { reason: string }).reason);
    if (zone !== undefined && method === 'DELETE') memory.shifts.delete(zone);
    if (path === '/settings') memory.rescue = (body as { rescue: boolean }).rescue;
    if (path === '/ovens') memory.ovens = (body as { ovens: number }).ovens;
    if (path !== '/faults') return { status: 204, text: '' };
    const wrong = lastingParts(memory.wrong, Date.now());
    if (method === 'PUT') memory.wrong = body as ServiceFaultPlan;
    return { status: 200, text: JSON.stringify(method === 'PUT' ? { replaced: wrong } : wrong) };
  }

  #opinions(isUp: (name: string) => boolean): RegionStatus['balancers'] {
    return this.region.endpoints.filter(({ role }) => role === 'load-balancer').map(({ name, az }) => {
      const shiftedZones = [...this.memory(name).shifts].map(([zone, reason]) => ({ zone, untilMs: 0, reason }));
      return { balancer: name, az, upstreams: isUp(name) ? [{ upstream: 'kitchen', failOpen: false, spill: 0, shiftedZones, targets: [] }] : null };
    });
  }
}

function switchableRegion(): Region {
  const region = linkedRegion();
  for (const { role, environment } of region.endpoints) Object.assign(environment, role === 'service' ? { KITCHEN_OVENS: '8' } : role === 'load-balancer' ? { AZIMUTH_RESCUE: 'on' } : {});
  return region;
}
