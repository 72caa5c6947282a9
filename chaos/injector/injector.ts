/**
 * The one thing that can break the region, kept small: verbs on named targets, each with a lease. Faults are made by
 * `fault-maker.ts` and ended by `healer.ts`; who holds them until when is `policy/leases.ts`, and `journal.ts` remembers
 * them beyond this process. Here they meet, and here is what can be asked of the region.
 */
import { AzimuthError } from '#contracts/errors.ts';
import { isLinkVerb, isServiceVerb, type Fault, type FaultPlan, type FaultRequest, type HealAnswer, type Lever, type LeverRequest, type Residue, type SettingsRequest, type TrafficRequest } from '#contracts/faults.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { RunningRegion } from '#contracts/running.ts';
import type { LeasedFault } from '#policy/leases.ts';
import { CustomersRate } from './customers-rate.ts';
import { deadOf, type Driver } from './driver.ts';
import { FaultMaker } from './fault-maker.ts';
import { targetOf } from './fault-plan.ts';
import { Healer } from './healer.ts';
import type { InstanceAnswer } from './instance-call.ts';
import { silencedLinks } from './inverse.ts';
import type { Journal } from './journal.ts';
import type { Intent } from './journal-lines.ts';
import { LeaseKeeper, shiftOf, wallMs } from './lease-keeper.ts';
import { SafetyLever } from './lever.ts';
import { Links } from './links/links.ts';
import { RoundTrips } from './links/round-trip.ts';
import { linksOf } from './links/touched-ways.ts';
import { askBalancers as askAll, askCustomers } from './observations.ts';
import type { Parts } from './parts.ts';
import { gatherStatus } from './region-status.ts';
import { ServiceFaults } from './service-faults/service-faults.ts';
import { whatIsMissing } from './serving.ts';
import { Switches } from './switches.ts';

/** How often those are told again who could not be told about a shift or a switch. */
const DELIVERY_MS = 1000;

export interface InjectorOptions {
  region: Region;
  driver: Driver;
  journal: Journal;
  /** How the region is found; asked whenever somebody wants to know. */
  found: () => Pick<RunningRegion, 'pid' | 'startedMs' | 'api' | 'urls'>;
  /** Told of every fault that was made. */
  onFault?: (fault: Fault) => void;
  rate?: CustomersRate;
  switches?: Switches;
  links?: Links;
  services?: ServiceFaults;
  roundTrips?: RoundTrips;
  askBalancers?: Parts['askBalancers'];
}

export class Injector {
  readonly region: Region;
  readonly rate: CustomersRate;
  readonly #parts: Parts;
  readonly #found: InjectorOptions['found'];
  readonly #onFault: (fault: Fault) => void;
  readonly #roundTrips: RoundTrips;
  readonly #leases = new LeaseKeeper((id) => this.healFault(id));
  readonly #journal: Journal;
  readonly #lever: SafetyLever;
  readonly #healer: Healer;
  readonly #maker: FaultMaker;
  readonly #deliveries: NodeJS.Timeout;

  constructor({ region, driver, journal, found, onFault, rate, switches, links, services, roundTrips, askBalancers }: InjectorOptions) {
    this.region = region;
    this.#found = found;
    this.#onFault = onFault ?? (() => {});
    const leftOut = driver.leavesOut.map(({ name }) => name);
    const endpoints = region.endpoints.filter((endpoint) => !leftOut.includes(endpoint.name));
    const own = region.links.filter(({ name }) => !leftOut.includes(name));
    this.rate = rate ?? new CustomersRate(endpoints.find(({ role }) => role === 'customers'));
    this.#parts = {
      driver, endpoints, rate: this.rate,
      links: links ?? new Links(own, () => deadOf(driver)),
      services: services ?? new ServiceFaults(endpoints),
      switches: switches ?? new Switches(endpoints),
      askBalancers: askBalancers ?? ((isUp) => askAll(endpoints, isUp)),
    };
    this.#roundTrips = roundTrips ?? new RoundTrips(own);
    this.#journal = journal;
    this.#lever = new SafetyLever(journal, this.#leases);
    this.#healer = new Healer(this.#parts, this.#leases, journal);
    this.#maker = new FaultMaker({ parts: this.#parts, leases: this.#leases, journal, lever: this.#lever, healer: this.#healer });
    this.#deliveries = setInterval(() => void this.#parts.switches.deliverAll(), DELIVERY_MS);
    this.#deliveries.unref();
  }

  /** As {@link FaultMaker.make}. */
  async break(request: FaultRequest): Promise<Fault> {
    const fault = this.#view(await this.#maker.make(request));
    this.#onFault(fault);
    return fault;
  }

  /** As {@link FaultMaker.plan}. */
  plan(request: FaultRequest): Promise<FaultPlan> {
    return this.#maker.plan(request);
  }

  /** The fault lives `leaseMs` from now. @throws AzimuthError AZ_NOT_FOUND when it is gone or healing; AZ_CONFLICT or AZ_BLOCKED when somebody else ended it */
  async renew(id: string, leaseMs: number): Promise<Fault> {
    const fault = this.#leases.renew(id, leaseMs);
    if (fault.zone !== null) await this.#parts.switches.shift(fault.zone, shiftOf(fault));
    if (isServiceVerb(fault.verb)) await this.#parts.services.renew(id, wallMs(fault.leaseEndsMs));
    return this.#view(fault);
  }

  /** Ends one fault. @throws AzimuthError as `renew` does */
  healFault(id: string): Promise<HealAnswer> {
    return this.#healer.fault(this.#leases.require(id));
  }

  /** Without a target everything heals, and switches turn back. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET */
  async heal(text?: string): Promise<HealAnswer> {
    const { driver, endpoints } = this.#parts;
    if (text !== undefined) return this.#healer.target(targetOf(driver, endpoints, text));
    return this.#healer.everything(driver.components().map(({ name }) => name));
  }

  /** As a heal of everything, but of components these alone. */
  mend(names: readonly string[]): Promise<HealAnswer> {
    return this.#healer.everything(names);
  }

  /** What is not as the description has it, by inspection, whoever holds it. */
  residue(): Promise<Residue[]> {
    return this.#healer.residue();
  }

  /** Faults that an earlier start left open, by its journal. */
  left(): Intent[] {
    return this.#healer.left();
  }

  lever(): Lever {
    return this.#lever.get();
  }

  /** As {@link SafetyLever.set}. */
  setLever(request: LeverRequest): Promise<Lever> {
    return this.#lever.set(request);
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
      lever: this.lever(), journalTrouble: this.#journal.trouble,
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
    this.#parts.services.close();
    this.#roundTrips.close();
    this.rate.close();
  }

  #view(fault: LeasedFault): Fault {
    const { id, verb, target, detail, members, reason, holder, by } = fault;
    const pending = this.#pending(fault);
    return {
      id, verb, target, detail, members: [...members], reason, holder, by,
      ...(this.#maker.struckOf(id) ?? { startedMs: Date.now(), skewMs: 0 }),
      leaseEndsMs: wallMs(fault.leaseEndsMs),
      state: fault.state === 'healing' ? 'healing' : 'active',
      ...(pending.length === 0 ? {} : { pending }),
    };
  }
  /** Whom it has not reached. */
  #pending(fault: LeasedFault): { name: string; reason: string }[] {
    const { verb, members, zone } = fault;
    const { endpoints, links, services, switches } = this.#parts;
    if (isServiceVerb(verb)) return services.untold(members);
    if (zone !== null) return switches.unreached(zone);
    // That a link which left its networks does not answer is the fault itself.
    const silenced = silencedLinks(endpoints, fault);
    return isLinkVerb(verb) ? links.unreached(linksOf(members).filter((name) => !silenced.includes(name))) : [];
  }
}
