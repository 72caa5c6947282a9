/**
 * The one thing that can break the region, kept small: verbs on named targets, each with a lease. What is decided is in
 * `fault-plan.ts`, `inverse.ts` and `policy/leases.ts`, what is done in `apply.ts` and `healer.ts`; here they meet.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { HAND_LEASE_MS, isLinkVerb, type Fault, type FaultRequest, type HealAnswer, type RegionStatus, type SettingsRequest, type TrafficRequest } from '#contracts/faults.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { applyFault } from './apply.ts';
import { CustomersRate } from './customers-rate.ts';
import type { Driver } from './driver.ts';
import { planFault, requireHit, targetOf } from './fault-plan.ts';
import { Healer, NOTHING, type HealScope } from './healer.ts';
import type { InstanceAnswer } from './instance-call.ts';
import { inverseOf, silencedLinks } from './inverse.ts';
import { LeaseKeeper, shiftOf, wallMs } from './lease-keeper.ts';
import { concerns } from './links/link-faults.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { linksOf } from './links/touched-ways.ts';
import { askCustomers } from './observations.ts';
import type { Parts } from './parts.ts';
import { gatherStatus } from './region-status.ts';
import { whatIsMissing } from './serving.ts';
import type { Struck } from './strike.ts';
import { Switches } from './switches.ts';

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

export class Injector {
  readonly region: Region;
  readonly rate: CustomersRate;
  readonly #parts: Parts;
  readonly #found: InjectorOptions['found'];
  readonly #onFault: (fault: Fault) => void;
  readonly #roundTrips: RoundTrips;
  readonly #leases = new LeaseKeeper((id) => this.healFault(id));
  readonly #healer: Healer;
  /** When the driver acted on a fault, by its id. */
  readonly #acted = new Map<string, Struck>();
  /** Faults that are being made: a heal waits for them, else it would inspect too early. */
  readonly #applying = new Set<Promise<unknown>>();
  readonly #deliveries: NodeJS.Timeout;
  #faultCount = 0;

  constructor({ region, driver, found, onFault, rate, switches, links, roundTrips }: InjectorOptions) {
    this.region = region;
    this.#found = found;
    this.#onFault = onFault ?? (() => {});
    const leftOut = driver.leavesOut.map(({ name }) => name);
    const endpoints = region.endpoints.filter((endpoint) => !leftOut.includes(endpoint.name));
    const own = region.links.filter(({ name }) => !leftOut.includes(name));
    this.rate = rate ?? new CustomersRate(endpoints.find(({ role }) => role === 'customers'));
    this.#parts = { driver, endpoints, links: links ?? new Links(own), switches: switches ?? new Switches(endpoints), rate: this.rate };
    this.#roundTrips = roundTrips ?? new RoundTrips(own);
    this.#healer = new Healer(this.#parts, this.#leases, () => Promise.allSettled(this.#applying));
    this.#deliveries = setInterval(() => void this.#parts.switches.deliverAll(), DELIVERY_MS);
    this.#deliveries.unref();
  }

  /**
   * What a lower holder broke in the same AZ is healed first.
   * @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_CONFLICT, AZ_BAD_REQUEST, AZ_INSTANCE_SILENT
   */
  async break(request: FaultRequest): Promise<Fault> {
    const planned = await planFault(this.#parts, request);
    const id = `f${this.#faultCount + 1}`;
    const takesOver = this.#leases.wouldTakeOver({ id, ...planned });
    if (takesOver.length === 0) requireHit(this.#parts, planned);
    const asked = this.#leases.ask({ id, ...planned }, request.leaseMs ?? HAND_LEASE_MS);
    this.#faultCount += 1;
    if (takesOver.length > 0) await this.#takeOver(asked, takesOver);
    this.#acted.set(id, await this.#make(asked));
    this.#leases.step({ type: 'fault.applied', id });
    const fault = this.#view(asked);
    this.#onFault(fault);
    return fault;
  }

  /** The fault lives `leaseMs` from now. @throws AzimuthError AZ_NOT_FOUND when it is gone or healing */
  async renew(id: string, leaseMs: number): Promise<Fault> {
    const fault = this.#leases.renew(id, leaseMs);
    if (fault.zone !== null) await this.#parts.switches.shift(fault.zone, shiftOf(fault));
    return this.#view(fault);
  }

  /** Ends one fault. @throws AzimuthError AZ_NOT_FOUND */
  healFault(id: string): Promise<HealAnswer> {
    return this.#heal(this.#scopeOf(this.#leases.require(id)));
  }

  /** Without a target everything heals, and switches turn back. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET */
  async heal(text?: string): Promise<HealAnswer> {
    const { driver, endpoints, switches } = this.#parts;
    if (text === undefined) return this.#heal(this.#everything(driver.components().map(({ name }) => name), switches.turned));
    const { kind, zone, members } = targetOf(driver, endpoints, text);
    return this.#heal({ ...NOTHING, names: members, ...(kind === 'az' ? { zones: [zone], onLinks: (fault) => concerns(fault, zone) } : {}) });
  }

  /** As a heal of everything, but of components these alone; switches turn back, whether they were turned here or by one who is gone. */
  mend(names: readonly string[]): Promise<HealAnswer> {
    return this.#heal(this.#everything(names, true));
  }

  /** @returns the customers' own answer */
  traffic(request: TrafficRequest): Promise<InstanceAnswer> {
    return this.rate.set(request);
  }

  async settings(request: SettingsRequest): Promise<RegionStatus['settings'] & { unreached: { name: string; reason: string }[] }> {
    const { switches } = this.#parts;
    const unreached = await switches.set(request);
    return { ...switches.settings(), unreached };
  }

  async summary(windowMs: number): Promise<CustomerSummary> {
    const answer = await askCustomers(this.#parts.endpoints, windowMs);
    if (answer === null) throw new AzimuthError('AZ_INSTANCE_SILENT', 'customers');
    return answer;
  }

  /** @throws AzimuthError AZ_UNKNOWN_TARGET */
  instance(name: string): Endpoint {
    const found = this.#parts.endpoints.find((endpoint) => endpoint.name === name);
    if (found === undefined) throw new AzimuthError('AZ_UNKNOWN_TARGET', name.slice(0, 64));
    return found;
  }

  /** @throws AzimuthError AZ_UNSUPPORTED where the region has none */
  customers(): Endpoint {
    const found = this.#parts.endpoints.find((endpoint) => endpoint.role === 'customers');
    if (found === undefined) throw new AzimuthError('AZ_UNSUPPORTED', 'this region has no customers');
    return found;
  }

  faults(): Fault[] {
    return this.#leases.all().filter(({ state }) => state !== 'asked').map((fault) => this.#view(fault));
  }

  status(): Promise<RegionStatus> {
    const { driver, endpoints, switches } = this.#parts;
    return gatherStatus(this.region, driver, endpoints, {
      urls: this.#found().urls, faults: this.faults(), settings: switches.settings(), roundTrips: this.#roundTrips.medians(),
    });
  }

  /** What is missing for the region to serve, one phrase each. */
  missing(): Promise<string[]> {
    const { driver, endpoints, links } = this.#parts;
    return whatIsMissing({ endpoints, components: driver.components(), unreached: links.unreached(links.names()) });
  }

  running(): RunningRegion {
    return { schema: 'azimuth.running/1', region: this.region.region, body: this.#parts.driver.body, ...this.#found() };
  }

  /** Ends the timers; what is broken stays broken. */
  close(): void {
    clearInterval(this.#deliveries);
    this.#leases.close();
    this.#parts.links.close();
    this.#roundTrips.close();
    this.rate.close();
  }

  async #heal(scope: HealScope, undone: readonly LeasedFault[] = []): Promise<HealAnswer> {
    const answer = await this.#healer.heal(scope, undone);
    for (const id of this.#acted.keys()) if (!this.#leases.has(id)) this.#acted.delete(id);
    return answer;
  }

  /** @throws AzimuthError AZ_CONFLICT when something of the lost remains, or nothing is there to be hit */
  async #takeOver(fault: LeasedFault, lost: readonly LeasedFault[]): Promise<void> {
    try {
      const answers = await Promise.all(lost.map((one) => this.#heal(this.#scopeOf(one))));
      const remains = answers.flatMap((answer) => answer.remains).map(({ name, reason }) => `${name}: ${reason}`);
      if (lost.some(({ id }) => this.#leases.has(id))) throw new AzimuthError('AZ_CONFLICT', `what is to be taken over could not be healed: ${remains.join('; ')}`);
      requireHit(this.#parts, fault);
    } catch (error) {
      this.#leases.step({ type: 'fault.failed', id: fault.id });
      throw error;
    }
  }

  /** Undoes what it did when it fails. */
  async #make(fault: LeasedFault): Promise<Struck> {
    const applying = applyFault(this.#parts, fault);
    this.#applying.add(applying);
    try {
      return await applying;
    } catch (error) {
      this.#leases.step({ type: 'fault.failed', id: fault.id });
      await this.#heal(this.#scopeOf(fault), isLinkVerb(fault.verb) ? [fault] : []);
      throw error;
    } finally {
      this.#applying.delete(applying);
    }
  }

  #scopeOf(fault: LeasedFault): HealScope {
    const { restore, unshift } = inverseOf(this.#parts.endpoints, fault);
    return { ...NOTHING, names: restore, zones: unshift, onLinks: ({ id }) => id === fault.id };
  }

  #everything(names: readonly string[], switches: boolean): HealScope {
    const zones = [...new Set(this.#parts.endpoints.map((endpoint) => endpoint.az).filter((az) => az !== null))];
    return { names: [...names, ...this.#parts.links.names()], zones, onLinks: () => true, switches };
  }

  #view(fault: LeasedFault): Fault {
    const { id, verb, target, detail, members, reason, zone, holder, by } = fault;
    const { endpoints, links, switches } = this.#parts;
    // That a link which left its networks does not answer is the fault itself.
    const silenced = silencedLinks(endpoints, fault);
    const pending = isLinkVerb(verb) ? links.unreached(linksOf(members).filter((name) => !silenced.includes(name))) : zone === null ? [] : switches.unreached(zone);
    return {
      id, verb, target, detail, members: [...members], reason, holder, by,
      ...(this.#acted.get(id) ?? { startedMs: Date.now(), skewMs: 0 }),
      leaseEndsMs: wallMs(fault.leaseEndsMs),
      state: fault.state === 'healing' ? 'healing' : 'active',
      ...(pending.length === 0 ? {} : { pending }),
    };
  }
}
