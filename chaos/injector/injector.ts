/**
 * The one thing that can break the region, kept small: verbs on named targets, each with a lease. What is
 * decided is in `targets.ts`, `fault-detail.ts` and `policy/leases.ts`, what is done in the driver, `strike.ts`,
 * `switches.ts` and `links/`; here they meet. Healing goes by inspection, so that `heal` also repairs what
 * nobody here broke (a crash, a `kill -9` by hand), and healing twice is harmless.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { HAND_LEASE_MS, isLinkVerb, type Fault, type FaultRequest, type HealAnswer, type RegionStatus, type SettingsRequest, type TrafficRequest } from '#contracts/faults.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { CustomersRate } from './customers-rate.ts';
import type { Driver } from './driver.ts';
import { requireEffect } from './effect.ts';
import { detailOf } from './fault-detail.ts';
import type { InstanceAnswer } from './instance-call.ts';
import { LeaseKeeper, shiftOf, wallMs } from './lease-keeper.ts';
import { beginOnLinks, concerns, requireWays, takeOffLinks } from './links/link-faults.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { linksOf } from './links/touched-ways.ts';
import { askCustomers } from './observations.ts';
import { gatherStatus } from './region-status.ts';
import { restore } from './restore.ts';
import { whatIsMissing } from './serving.ts';
import { leaveNetworks, ownLinks, requireSilence } from './silence.ts';
import { strike, type Struck } from './strike.ts';
import { Switches } from './switches.ts';
import { resolveTarget, type Target } from './targets.ts';

/** How often those are told again who could not be told about a shift or a switch. */
const DELIVERY_MS = 1000;

export interface InjectorOptions {
  region: Region;
  driver: Driver;
  /** How the region is found; asked whenever somebody wants to know. */
  found: () => Pick<RunningRegion, 'pid' | 'startedMs' | 'api' | 'urls'>;
  /** Told of every fault that was made. */
  onFault?: (fault: Fault) => void;
  rate?: CustomersRate;
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
  readonly rate: CustomersRate;
  readonly #driver: Driver;
  readonly #found: InjectorOptions['found'];
  readonly #onFault: (fault: Fault) => void;
  readonly #endpoints: Endpoint[];
  readonly #switches: Switches;
  readonly #links: Links;
  readonly #roundTrips: RoundTrips;
  readonly #leases = new LeaseKeeper((id) => this.healFault(id));
  /** When the driver acted on a fault, by its id. */
  readonly #acted = new Map<string, Struck>();
  /** Faults that the driver is acting on: a heal waits for them, else it would inspect too early. */
  readonly #applying = new Set<Promise<unknown>>();
  readonly #deliveries: NodeJS.Timeout;
  #faultCount = 0;

  constructor({ region, driver, found, onFault, rate, switches, links, roundTrips }: InjectorOptions) {
    this.region = region;
    this.#driver = driver;
    this.#found = found;
    this.#onFault = onFault ?? (() => {});
    const leftOut = driver.leavesOut.map(({ name }) => name);
    this.#endpoints = region.endpoints.filter((endpoint) => !leftOut.includes(endpoint.name));
    this.rate = rate ?? new CustomersRate(this.#endpoints.find(({ role }) => role === 'customers'));
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
    if (detail.silent === true) requireSilence(this.#driver, this.#endpoints, verb, target);
    await this.#driver.look();
    const members = onLinks ? requireWays(this.#links, this.#driver.leavesOut, { verb, zone: target.zone, detail }) : target.members;
    if (verb === 'kill' || verb === 'freeze') requireEffect(this.#driver.components(), request, target.members);
    else if (detail.silent === true) requireEffect(this.#driver.components(), request, ownLinks(this.#endpoints, target.zone));
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
    const fault = this.#view(asked);
    this.#onFault(fault);
    return fault;
  }

  /** The fault lives `leaseMs` from now. @throws AzimuthError AZ_NOT_FOUND when it is gone or healing */
  async renew(id: string, leaseMs: number): Promise<Fault> {
    const fault = this.#leases.renew(id, leaseMs);
    if (fault.zone !== null) await this.#switches.shift(fault.zone, shiftOf(fault));
    return this.#view(fault);
  }

  /** Ends one fault. @throws AzimuthError AZ_NOT_FOUND */
  healFault(id: string): Promise<HealAnswer> {
    const found = this.#leases.require(id);
    const { verb, zone, members } = found;
    if (isLinkVerb(verb)) return this.#heal({ names: this.#silenced(found), zones: [], onLinks: (fault) => fault.id === id });
    return this.#heal({ names: zone === null ? members : [], zones: zone === null ? [] : [zone], onLinks: NOTHING_ON_LINKS });
  }

  /** Without a target everything heals, and switches turn back. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET */
  async heal(text?: string): Promise<HealAnswer> {
    if (text !== undefined) {
      const { kind, zone, members } = this.#resolve(text);
      return this.#heal({ names: members, zones: kind === 'az' ? [zone] : [], onLinks: (fault) => kind === 'az' && concerns(fault, zone) });
    }
    const answer = await this.mend(this.#driver.components().map(({ name }) => name));
    const unreached = this.#switches.turned ? await this.#switches.set({ rescue: null, ovens: null }) : [];
    return { ...answer, remains: [...answer.remains, ...unreached], atMs: Date.now() };
  }

  /** As a heal of everything, but of components these alone; switches stay as they are. */
  mend(names: readonly string[]): Promise<HealAnswer> {
    const zones = [...new Set(this.#endpoints.map((endpoint) => endpoint.az).filter((az) => az !== null))];
    return this.#heal({ names: [...names, ...this.#links.names()], zones, onLinks: () => true });
  }

  /** @returns the customers' own answer */
  traffic(request: TrafficRequest): Promise<InstanceAnswer> {
    return this.rate.set(request);
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

  status(): Promise<RegionStatus> {
    return gatherStatus(this.region, this.#driver, this.#endpoints, {
      urls: this.#found().urls, faults: this.faults(), settings: this.#switches.settings(), roundTrips: this.#roundTrips.medians(),
    });
  }

  /** What is missing for the region to serve, one phrase each. */
  missing(): Promise<string[]> {
    const unreached = this.#links.unreached(this.#links.names());
    return whatIsMissing({ endpoints: this.#endpoints, components: this.#driver.components(), unreached });
  }

  running(): RunningRegion {
    return { schema: 'azimuth.running/1', region: this.region.region, body: this.#driver.body, ...this.#found() };
  }

  /** Ends the timers; what is broken stays broken. */
  close(): void {
    clearInterval(this.#deliveries);
    this.#leases.close();
    this.#links.close();
    this.#roundTrips.close();
    this.rate.close();
  }

  async #apply({ id, verb, target, detail, zone, members, ...rest }: LeasedFault): Promise<Struck> {
    if (isLinkVerb(verb)) {
      const begun = await beginOnLinks(this.#links, { id, verb, zone: target, detail });
      if (detail.silent === true) await leaveNetworks(this.#driver, ownLinks(this.#endpoints, target));
      return begun;
    }
    if (zone !== null) {
      const startedMs = Date.now();
      await this.#switches.shift(zone, shiftOf({ id, ...rest }));
      return { startedMs, skewMs: 0 };
    }
    return strike(this.#driver, this.#endpoints, { verb: verb === 'kill' ? verb : 'freeze', members, silent: detail.silent === true });
  }

  async #undo(fault: LeasedFault): Promise<void> {
    const names = isLinkVerb(fault.verb) ? this.#silenced(fault) : fault.members;
    await this.#heal({ names, zones: fault.zone === null ? [] : [fault.zone], onLinks: NOTHING_ON_LINKS }, isLinkVerb(fault.verb) ? [fault] : []);
  }

  /** @param undone faults on links that are in the book no more */
  async #heal({ names, zones, onLinks }: HealScope, undone: readonly LeasedFault[] = []): Promise<HealAnswer> {
    await Promise.allSettled(this.#applying);
    const unseen = await this.#driver.look();
    const covered = this.#leases.all().filter((fault) => {
      if (isLinkVerb(fault.verb)) return onLinks(fault);
      return fault.zone === null ? fault.members.every((name) => names.includes(name)) : zones.includes(fault.zone);
    });
    for (const { id } of covered) this.#leases.step({ type: 'heal.begun', id });
    const ended = [...undone, ...covered.filter(({ verb }) => isLinkVerb(verb))];
    // Before anything starts, so that a link that returns is not given them anew.
    for (const { id } of ended) this.#links.end(id);
    const restored = await restore(this.#driver, this.#endpoints, names, (name) => this.#returned(name));
    for (const name of restored.healed) this.#links.returned(name);
    const [unreached, links] = await Promise.all([
      Promise.all(zones.map((zone) => this.#switches.cancelShift(zone))),
      takeOffLinks(this.#links, this.#driver, names, ended),
    ]);
    this.#leases.step({ type: 'heal.finished', members: restored.running, zones, offLinks: links.over });
    for (const { id } of covered) this.#leases.step({ type: 'heal.failed', id });
    for (const id of this.#acted.keys()) if (!this.#leases.has(id)) this.#acted.delete(id);
    return {
      healed: [...new Set([...restored.healed, ...links.healed])],
      remains: dedupe([...restored.remains, ...unreached.flat(), ...links.remains, ...(unseen === null ? [] : [{ name: 'Docker', reason: unseen }])]),
      atMs: Date.now(),
    };
  }

  /** A program that started anew knows only its configuration. */
  async #returned(name: string): Promise<void> {
    await this.#switches.restarted(name);
    if (this.#endpoints.some((endpoint) => endpoint.name === name && endpoint.role === 'customers')) await this.rate.remind();
  }

  /** Links that a fault took off their networks. */
  #silenced({ detail, target }: LeasedFault): string[] {
    return detail.silent === true ? ownLinks(this.#endpoints, target) : [];
  }

  #resolve(text: string): Target {
    const leftOut = this.#driver.leavesOut.find(({ name }) => name === text);
    if (leftOut !== undefined) throw new AzimuthError('AZ_UNSUPPORTED', `${leftOut.name}: ${leftOut.reason}`);
    return resolveTarget(this.#endpoints, text);
  }

  #view(fault: LeasedFault): Fault {
    const { id, verb, target, detail, members, reason, zone } = fault;
    // That a link which left its networks does not answer is the fault itself.
    const silenced = this.#silenced(fault);
    const pending = isLinkVerb(verb) ? this.#links.unreached(linksOf(members).filter((name) => !silenced.includes(name))) : zone === null ? [] : this.#switches.unreached(zone);
    return {
      id, verb, target, detail, members: [...members], reason,
      ...(this.#acted.get(id) ?? { startedMs: Date.now(), skewMs: 0 }),
      leaseEndsMs: wallMs(fault.leaseEndsMs),
      state: fault.state === 'healing' ? 'healing' : 'active',
      ...(pending.length === 0 ? {} : { pending }),
    };
  }
}

function dedupe(entries: readonly { name: string; reason: string }[]): { name: string; reason: string }[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
