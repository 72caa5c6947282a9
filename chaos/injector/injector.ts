/**
 * The one thing that can break the region, kept small: verbs on named targets, each with a lease. What is
 * decided is in `targets.ts` and `policy/leases.ts`, what is done in the driver and `switches.ts`; here they
 * meet. Healing goes by inspection, so that `heal` also repairs what nobody here broke (a crash, a `kill -9`
 * by hand), and healing twice is harmless.
 */
import type { Shift } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { HAND_LEASE_MS, type Fault, type FaultRequest, type HealAnswer, type RegionStatus, type SettingsRequest, type TrafficRequest } from '#contracts/faults.ts';
import type { CustomerSummary } from '#contracts/records.ts';
import type { Endpoint, Region } from '#contracts/region.ts';
import { createLeaseBook, leasesWakeAtMs, stepLeases, type LeaseAction, type LeasedFault, type LeaseEvent } from '#policy/leases.ts';
import { restore } from './restore.ts';
import type { Acted, Driver } from './driver.ts';
import { askBalancers, askCustomers, askInstance } from './observations.ts';
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
}

export class Injector {
  readonly region: Region;
  readonly #driver: Driver;
  readonly #urls: Record<string, string>;
  readonly #endpoints: Endpoint[];
  readonly #switches: Switches;
  readonly #book = createLeaseBook();
  /** When the driver acted on a fault, by its id. */
  readonly #acted = new Map<string, { startedMs: number; skewMs: number }>();
  /** Faults that the driver is acting on: a heal waits for them, else it would inspect too early. */
  readonly #applying = new Set<Promise<unknown>>();
  readonly #deliveries: NodeJS.Timeout;
  #wake: NodeJS.Timeout | null = null;
  #faultCount = 0;

  constructor({ region, driver, urls, switches }: InjectorOptions) {
    this.region = region;
    this.#driver = driver;
    this.#urls = urls;
    const leftOut = driver.leavesOut.map(({ name }) => name);
    this.#endpoints = region.endpoints.filter((endpoint) => !leftOut.includes(endpoint.name));
    this.#switches = switches ?? new Switches(this.#endpoints);
    this.#deliveries = setInterval(() => void this.#switches.deliverAll(), DELIVERY_MS);
    this.#deliveries.unref();
  }

  /** @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET, AZ_UNSUPPORTED, AZ_CONFLICT, AZ_BAD_REQUEST */
  async break(request: FaultRequest): Promise<Fault> {
    const target = this.#resolve(request.target);
    if (request.verb === 'shift' && target.kind !== 'az') throw new AzimuthError('AZ_BAD_REQUEST', `shift takes a whole AZ, such as ${target.zone}`);
    if (request.verb !== 'shift') this.#requireEffect(request, target);
    this.#faultCount += 1;
    const id = `f${this.#faultCount}`;
    const zone = request.verb === 'shift' ? target.zone : null;
    const fault = { id, verb: request.verb, target: request.target, zone, members: target.members, reason: request.reason ?? null };
    const leaseMs = request.leaseMs ?? HAND_LEASE_MS;
    const [answer] = this.#step({ type: 'fault.asked', fault, leaseMs });
    if (answer?.type === 'refuse') throw this.#conflict(answer);
    const asked = this.#require(id);
    const applying = this.#apply(asked, target);
    this.#applying.add(applying);
    try {
      this.#acted.set(id, await applying);
    } catch (error) {
      this.#step({ type: 'fault.failed', id });
      await this.#heal(target.members, zone === null ? [] : [zone]);
      throw error;
    } finally {
      this.#applying.delete(applying);
    }
    this.#step({ type: 'fault.applied', id });
    return this.#view(asked);
  }

  /** The fault lives `leaseMs` from now. @throws AzimuthError AZ_NOT_FOUND when it is gone or healing */
  async renew(id: string, leaseMs: number): Promise<Fault> {
    const [answer] = this.#step({ type: 'lease.renewed', id, leaseMs });
    if (answer?.type === 'refuse-renewal') throw noFault(id);
    const fault = this.#require(id);
    if (fault.zone !== null) await this.#switches.shift(fault.zone, shiftOf(fault));
    return this.#view(fault);
  }

  /** Ends one fault. @throws AzimuthError AZ_NOT_FOUND */
  healFault(id: string): Promise<HealAnswer> {
    const fault = this.#require(id);
    return fault.zone === null ? this.#heal(fault.members, []) : this.#heal([], [fault.zone]);
  }

  /** Without a target everything heals, and switches turn back. @throws AzimuthError AZ_UNKNOWN_TARGET, AZ_REFUSED_TARGET */
  async heal(text?: string): Promise<HealAnswer> {
    if (text !== undefined) {
      const target = this.#resolve(text);
      return this.#heal(target.members, target.kind === 'az' ? [target.zone] : []);
    }
    const zones = [...new Set(this.#endpoints.map((endpoint) => endpoint.az).filter((az) => az !== null))];
    const answer = await this.#heal(this.#driver.components().map(({ name }) => name), zones);
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
    return [...this.#book.faults.values()].filter(({ state }) => state !== 'asked').map((fault) => this.#view(fault));
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
        const { pssBytes, cpuShare } = usage.get(name) ?? { pssBytes: null, cpuShare: null };
        return { name, role, az, dc, state, pid, pssBytes, cpuShare };
      }),
      customers,
      balancers,
      settings: this.#switches.settings(),
    };
  }

  /** Ends the timers; what is broken stays broken. */
  close(): void {
    clearInterval(this.#deliveries);
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
  }

  async #apply(fault: LeasedFault, target: Target): Promise<{ startedMs: number; skewMs: number }> {
    if (fault.zone !== null) {
      const startedMs = Date.now();
      await this.#switches.shift(fault.zone, shiftOf(fault));
      return { startedMs, skewMs: 0 };
    }
    const act = (name: string): Promise<Acted> => (fault.verb === 'kill' ? this.#driver.kill(name) : this.#driver.freeze(name));
    const times = (await Promise.all(target.members.map(act))).map(({ atMs }) => atMs);
    const startedMs = Math.min(...times);
    return { startedMs, skewMs: Math.max(...times) - startedMs };
  }

  async #heal(names: readonly string[], zones: readonly string[]): Promise<HealAnswer> {
    await Promise.allSettled(this.#applying);
    const covered = [...this.#book.faults.values()].filter((fault) =>
      fault.zone === null ? fault.members.every((name) => names.includes(name)) : zones.includes(fault.zone),
    );
    for (const { id } of covered) this.#step({ type: 'heal.begun', id });
    const { healed, running, remains } = await restore(this.#driver, this.#endpoints, names, (name) => this.#switches.restarted(name));
    const unreached = (await Promise.all(zones.map((zone) => this.#switches.cancelShift(zone)))).flat();
    this.#step({ type: 'heal.finished', members: running, zones });
    for (const { id } of covered) this.#step({ type: 'heal.failed', id });
    for (const id of this.#acted.keys()) if (!this.#book.faults.has(id)) this.#acted.delete(id);
    return { healed, remains: dedupe([...remains, ...unreached]), atMs: Date.now() };
  }

  #step(event: LeaseEvent): LeaseAction[] {
    const actions = stepLeases(this.#book, event, performance.now());
    for (const action of actions) {
      if (action.type === 'heal') this.healFault(action.id).catch(() => this.#step({ type: 'heal.failed', id: action.id }));
    }
    this.#arm();
    return actions;
  }

  #arm(): void {
    if (this.#wake !== null) clearTimeout(this.#wake);
    this.#wake = null;
    const wakeAtMs = leasesWakeAtMs(this.#book);
    if (wakeAtMs === Infinity) return;
    this.#wake = setTimeout(() => this.#step({ type: 'tick' }), Math.max(1, wakeAtMs - performance.now()));
    this.#wake.unref();
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

  #conflict({ by, names }: Extract<LeaseAction, { type: 'refuse' }>): AzimuthError {
    const other = this.#book.faults.get(by);
    const what = other === undefined ? by : `${other.verb} ${other.target}`;
    return new AzimuthError('AZ_CONFLICT', `"${what}" holds ${names.join(', ')}`);
  }

  #require(id: string): LeasedFault {
    const fault = this.#book.faults.get(id);
    if (fault === undefined) throw noFault(id);
    return fault;
  }

  #view(fault: LeasedFault): Fault {
    const { id, verb, target, members, reason, zone } = fault;
    const pending = zone === null ? [] : this.#switches.unreached(zone);
    return {
      id, verb, target, members: [...members], reason,
      ...(this.#acted.get(id) ?? { startedMs: Date.now(), skewMs: 0 }),
      leaseEndsMs: wallMs(fault.leaseEndsMs),
      state: fault.state === 'healing' ? 'healing' : 'active',
      ...(pending.length === 0 ? {} : { pending }),
    };
  }
}

function noFault(id: string): AzimuthError {
  return new AzimuthError('AZ_NOT_FOUND', `no fault ${id.slice(0, 64)} that could be renewed or healed; it may have ended`);
}

/** Balancers know the wall clock of this machine, not this process's monotonic one. */
function shiftOf(fault: LeasedFault): Shift {
  return { untilMs: wallMs(fault.leaseEndsMs), reason: fault.reason ?? `fault ${fault.id}` };
}

function wallMs(monotonicMs: number): number {
  return Math.round(Date.now() + monotonicMs - performance.now());
}

function dedupe(entries: readonly { name: string; reason: string }[]): { name: string; reason: string }[] {
  return [...new Map(entries.map((entry) => [entry.name, entry])).values()];
}
