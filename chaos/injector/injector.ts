/**
 * The one thing that can break the region, kept small: verbs on named targets, each with a lease. What is
 * decided is in `targets.ts`, `fault-detail.ts` and `policy/leases.ts`, what is done in the driver,
 * `switches.ts` and `links/`; here they meet. Healing goes by inspection, so that `heal` also repairs what
 * nobody here broke (a crash, a `kill -9` by hand), and healing twice is harmless.
 */
import type { Shift } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { HAND_LEASE_MS, isLinkVerb, type Fault, type FaultRequest, type HealAnswer, type RegionStatus, type SettingsRequest, type TrafficRequest } from '#contracts/faults.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { LeasedFault } from '#policy/leases.ts';
import type { Acted, Driver } from './driver.ts';
import { detailOf } from './fault-detail.ts';
import { LeaseKeeper, wallMs } from './lease-keeper.ts';
import { beginOnLinks, concerns, requireWays, takeOffLinks } from './links/link-faults.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { linksOf } from './links/touched-ways.ts';
import { askBalancers, askCustomers, askInstance } from './observations.ts';
import { restore } from './restore.ts';
import { Switches } from './switches.ts';
import { resolveTarget, type Target } from './targets.ts';

const SUMMARY_WINDOW_MS = 10_000;
const CUSTOMERS_TIMEOUT_MS = 2000;
/** How often those are told again who could not be told about a shift or a switch. */
const DELIVERY_MS = 1000;

export interface InjectorOptions {
  region: Region;
  driver: Driver;
  urls: Record<string, string>;
  switches?: Switches;
  links?: Links;
  roundTrips?: RoundTrips;
}

/** What a heal is about: components to inspect, zones to shift back, faults on links to end. */
interface HealScope {
  names: readonly string[];
  zones: readonly string[];
  onLinks: (fault: LeasedFault) => boolean;
}

const NOTHING_ON_LINKS = (): boolean => false;

export class Injector {
  readonly region: Region;
  readonly #driver: Driver;
  readonly #urls: Record<string, string>;
  readonly #endpoints: Endpoint[];
  readonly #switches: Switches;
  readonly #links: Links;
  readonly #roundTrips: RoundTrips;
  readonly #leases = new LeaseKeeper((id) => this.healFault(id));
  /** When the driver acted on a fault, by its id. */
  readonly #acted = new Map<string, { startedMs: number; skewMs: number }>();
  /** Faults that the driver is acting on: a heal waits for them, else it would inspect too early. */
  readonly #applying = new Set<Promise<unknown>>();
  readonly #deliveries: NodeJS.Timeout;
  #faultCount = 0;

  constructor({ region, driver, urls, switches, links, roundTrips }: InjectorOptions) {
    this.region = region;
    this.#driver = driver;
    this.#urls = urls;
    const leftOut = driver.leavesOut.map(({ name }) => name);
    this.#endpoints = region.endpoints.filter((endpoint) => !leftOut.includes(endpoint.name));
    this.#switches = switches ?? new Switches(this.#endpoints);
    const own = region.links.filter(({ name }) => !leftOut.includes(name));
    this.#links = links ?? new Links(own);
    this.#roundTrips = roundTrips ?? new RoundTrips(own);
    this.#deliveries = setInterval(() => void this.#switches.deliverAll(), DELIVERY_MS);
    this.#deliveries.unref();
  }

  /** @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_CONFLICT, AZ_BAD_REQUEST, AZ_INSTANCE_SILENT */
  async break(request: FaultRequest): Promise<Fault> {
    const { verb } = request;
    const target = this.#resolve(request.target);
    const detail = detailOf(request);
    const onLinks = isLinkVerb(verb);
    if ((onLinks || verb === 'shift') && target.kind !== 'az') throw new AzimuthError('AZ_BAD_REQUEST', `${verb} takes a whole AZ, such as ${target.zone}`);
    const members = onLinks ? requireWays(this.#links, this.#driver.leavesOut, { verb, zone: target.zone, detail }) : target.members;
    if (!onLinks && verb !== 'shift') this.#requireEffect(request, target);
    this.#faultCount += 1;
    const id = `f${this.#faultCount}`;
    const zone = verb === 'shift' ? target.zone : null;
    const asked = this.#leases.ask(
      { id, verb, target: request.target, detail, zone, members, reason: request.reason ?? null },
      request.leaseMs ?? HAND_LEASE_MS,
    );
    const applying = this.#apply(asked);
    this.#applying.add(applying);
    try {
      this.#acted.set(id, await applying);
    } catch (error) {
      this.#leases.step({ type: 'fault.failed', id });
      await this.#undo(asked);
      throw error;
    } finally {
      this.#applying.delete(applying);
    }
    this.#leases.step({ type: 'fault.applied', id });
    return this.#view(asked);
  }

  /** The fault lives `leaseMs` from now. @throws AzimuthError AZ_NOT_FOUND when it is gone or healing */
  async renew(id: string, leaseMs: number): Promise<Fault> {
    const fault = this.#leases.renew(id, leaseMs);
    if (fault.zone !== null) await this.#switches.shift(fault.zone, shiftOf(fault));
    return this.#view(fault);
  }

  /** Ends one fault. @throws AzimuthError AZ_NOT_FOUND */
  healFault(id: string): Promise<HealAnswer> {
    const { verb, zone, members } = this.#leases.require(id);
    if (isLinkVerb(verb)) return this.#heal({ names: [], zones: [], onLinks: (fault) => fault.id === id });
    return this.#heal({ names: zone === null ? members : [], zones: zone === null ? [] : [zone], onLinks: NOTHING_ON_LINKS });
  }

  /** Without a target everything heals, and switches turn back. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET */
  async heal(text?: string): Promise<HealAnswer> {
    if (text !== undefined) {
      const { kind, zone, members } = this.#resolve(text);
      return this.#heal({ names: members, zones: kind === 'az' ? [zone] : [], onLinks: (fault) => kind === 'az' && concerns(fault, zone) });
    }
    const zones = [...new Set(this.#endpoints.map((endpoint) => endpoint.az).filter((az) => az !== null))];
    const names = [...this.#driver.components().map(({ name }) => name), ...this.#links.names()];
    const answer = await this.#heal({ names, zones, onLinks: () => true });
    const unreached = this.#switches.turned ? await this.#switches.set({ rescue: null, ovens: null }) : [];
    return { ...answer, remains: [...answer.remains, ...unreached], atMs: Date.now() };
  }

  /** @returns the customers' own answer */
  async traffic(request: TrafficRequest): Promise<{ status: number; text: string }> {
    return askInstance(this.customers(), { method: 'PUT', path: '/traffic', body: request, timeoutMs: CUSTOMERS_TIMEOUT_MS });
  }

  async settings(request: SettingsRequest): Promise<RegionStatus['settings'] & { unreached: { name: string; reason: string }[] }> {
    const unreached = await this.#switches.set(request);
    return { ...this.#switches.settings(), unreached };
  }

  async summary(windowMs: number): Promise<CustomerSummary> {
    const answer = await askCustomers(this.#endpoints, windowMs);
    if (answer === null) throw new AzimuthError('AZ_INSTANCE_SILENT', 'customers');
    return answer;
  }

  /** @throws AzimuthError AZ_UNKNOWN_TARGET */
  instance(name: string): Endpoint {
    const found = this.#endpoints.find((endpoint) => endpoint.name === name);
    if (found === undefined) throw new AzimuthError('AZ_UNKNOWN_TARGET', name.slice(0, 64));
    return found;
  }

  /** @throws AzimuthError AZ_UNSUPPORTED where the region has none */
  customers(): Endpoint {
    const found = this.#endpoints.find((endpoint) => endpoint.role === 'customers');
    if (found === undefined) throw new AzimuthError('AZ_UNSUPPORTED', 'this region has no customers');
    return found;
  }

  faults(): Fault[] {
    return this.#leases.all().filter(({ state }) => state !== 'asked').map((fault) => this.#view(fault));
  }

  async status(): Promise<RegionStatus> {
    const components = this.#driver.components();
    const up = new Set(components.filter(({ state }) => state === 'running').map(({ name }) => name));
    const [usage, customers, balancers] = await Promise.all([
      this.#driver.usage(),
      askCustomers(this.#endpoints, SUMMARY_WINDOW_MS),
      askBalancers(this.#endpoints, (name) => up.has(name)),
    ]);
    return {
      region: this.region.region,
      body: this.#driver.body,
      atMs: Date.now(),
      urls: this.#urls,
      faults: this.faults(),
      components: components.map(({ name, state, pid }) => {
        const { role, az, dc } = this.instance(name);
        const { memoryBytes, memoryLimitBytes, cpuShare } = usage.get(name) ?? { memoryBytes: null, memoryLimitBytes: null, cpuShare: null };
        return { name, role, az, dc, state, pid, memoryBytes, memoryLimitBytes, cpuShare };
      }),
      customers,
      balancers,
      settings: this.#switches.settings(),
      roundTrips: this.#roundTrips.medians(),
      differences: this.#driver.differences(),
      scrapeCpuShare: null,
    };
  }

  /** Ends the timers; what is broken stays broken. */
  close(): void {
    clearInterval(this.#deliveries);
    this.#leases.close();
    this.#links.close();
    this.#roundTrips.close();
  }

  async #apply({ id, verb, target, detail, zone, members, ...rest }: LeasedFault): Promise<{ startedMs: number; skewMs: number }> {
    if (isLinkVerb(verb)) return beginOnLinks(this.#links, { id, verb, zone: target, detail });
    if (zone !== null) {
      const startedMs = Date.now();
      await this.#switches.shift(zone, shiftOf({ id, ...rest }));
      return { startedMs, skewMs: 0 };
    }
    const act = (name: string): Promise<Acted> => (verb === 'kill' ? this.#driver.kill(name) : this.#driver.freeze(name));
    const times = (await Promise.all(members.map(act))).map(({ atMs }) => atMs);
    const startedMs = Math.min(...times);
    return { startedMs, skewMs: Math.max(...times) - startedMs };
  }

  async #undo(fault: LeasedFault): Promise<void> {
    if (isLinkVerb(fault.verb)) await takeOffLinks(this.#links, this.#driver, [], [fault]);
    else await this.#heal({ names: fault.members, zones: fault.zone === null ? [] : [fault.zone], onLinks: NOTHING_ON_LINKS });
  }

  async #heal({ names, zones, onLinks }: HealScope): Promise<HealAnswer> {
    await Promise.allSettled(this.#applying);
    const covered = this.#leases.all().filter((fault) => {
      if (isLinkVerb(fault.verb)) return onLinks(fault);
      return fault.zone === null ? fault.members.every((name) => names.includes(name)) : zones.includes(fault.zone);
    });
    for (const { id } of covered) this.#leases.step({ type: 'heal.begun', id });
    const ended = covered.filter(({ verb }) => isLinkVerb(verb));
    // Before anything starts, so that a link that returns is not given them anew.
    for (const { id } of ended) this.#links.end(id);
    const restored = await restore(this.#driver, this.#endpoints, names, (name) => this.#switches.restarted(name));
    const [unreached, links] = await Promise.all([
      Promise.all(zones.map((zone) => this.#switches.cancelShift(zone))),
      takeOffLinks(this.#links, this.#driver, names, ended),
    ]);
    this.#leases.step({ type: 'heal.finished', members: restored.running, zones, offLinks: links.over });
    for (const { id } of covered) this.#leases.step({ type: 'heal.failed', id });
    for (const id of this.#acted.keys()) if (!this.#leases.has(id)) this.#acted.delete(id);
    return {
      healed: [...new Set([...restored.healed, ...links.healed])],
      remains: dedupe([...restored.remains, ...unreached.flat(), ...links.remains]),
      atMs: Date.now(),
    };
  }

  #resolve(text: string): Target {
    const leftOut = this.#driver.leavesOut.find(({ name }) => name === text);
    if (leftOut !== undefined) throw new AzimuthError('AZ_UNSUPPORTED', `${leftOut.name}: ${leftOut.reason}`);
    return resolveTarget(this.#endpoints, text);
  }

  /** A fault that touches nothing would pass as survived. */
  #requireEffect({ verb, target: text }: FaultRequest, target: Target): void {
    const states = this.#driver.components().filter(({ name }) => target.members.includes(name)).map(({ state }) => state);
    const canBeHit = states.some((state) => state === 'running' || (verb === 'kill' && state !== 'dead'));
    if (!canBeHit) throw new AzimuthError('AZ_CONFLICT', `nothing of ${text} runs that could be ${verb === 'kill' ? 'killed' : 'frozen'}`);
  }

  #view(fault: LeasedFault): Fault {
    const { id, verb, target, detail, members, reason, zone } = fault;
    const pending = isLinkVerb(verb) ? this.#links.unreached(linksOf(members)) : zone === null ? [] : this.#switches.unreached(zone);
    return {
      id, verb, target, detail, members: [...members], reason,
      ...(this.#acted.get(id) ?? { startedMs: Date.now(), skewMs: 0 }),
      leaseEndsMs: wallMs(fault.leaseEndsMs),
      state: fault.state === 'healing' ? 'healing' : 'active',
      ...(pending.length === 0 ? {} : { pending }),
    };
  }
}

/** Balancers know the wall clock of this machine, not this process's monotonic one. */
function shiftOf({ id, leaseEndsMs, reason }: Pick<LeasedFault, 'id' | 'leaseEndsMs' | 'reason'>): Shift {
  return { untilMs: wallMs(leaseEndsMs), reason: reason ?? `fault ${id}` };
}

function dedupe(entries: readonly { name: string; reason: string }[]): { name: string; reason: string }[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
