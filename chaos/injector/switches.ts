/**
 * What running instances are told beside their configuration: zonal shifts, the rescue switch, the number of
 * ovens. A restart forgets all of it, and a frozen or dead instance hears nothing, so the wish is kept here
 * and delivered when the instance is back. Otherwise a balancer that returns in the middle of a shift would
 * send customers into the AZ that was taken out.
 */
import type { SettingsRequest } from '#contracts/faults.ts';
import type { Shift } from '#contracts/admin.ts';
import type { Endpoint } from '#contracts/region.ts';
import { callInstance, type InstanceCall } from './instance-call.ts';

const CALL_TIMEOUT_MS = 1000;
/** The description gives these variables to those who have the switch. */
const RESCUE_VARIABLE = 'AZIMUTH_RESCUE';
const OVENS_VARIABLE = 'KITCHEN_OVENS';

export interface Unreached {
  name: string;
  reason: string;
}

interface Wish {
  call: Omit<InstanceCall, 'timeoutMs'>;
  /** Not worth delivering after this wall-clock time; null for no end. */
  untilMs: number | null;
}

type Send = typeof callInstance;

export class Switches {
  readonly #endpoints: readonly Endpoint[];
  readonly #send: Send;
  readonly #shifts = new Map<string, Shift>();
  /** By instance, then by what it is about: the newest wish replaces an older one that was not delivered. */
  readonly #undelivered = new Map<string, Map<string, Wish>>();
  readonly #reasons = new Map<string, string>();
  /** By instance: the last one, and the one that has not begun, which takes along whatever is wished until it does. */
  readonly #deliveries = new Map<string, { last: Promise<void>; waiting: Promise<void> | null }>();
  #rescue: boolean | null = null;
  #ovens: number | null = null;

  constructor(endpoints: readonly Endpoint[], send: Send = callInstance) {
    this.#endpoints = endpoints.filter((endpoint) => endpoint.admin !== null);
    this.#send = send;
  }

  /** What holds now: the description's value where nobody turned the switch. */
  settings(): { rescue: boolean; ovens: number | null } {
    const described = this.#endpoints.find(hasOvens)?.environment[OVENS_VARIABLE];
    return {
      rescue: this.#rescue ?? this.#endpoints.every((endpoint) => endpoint.environment[RESCUE_VARIABLE] !== 'off'),
      ovens: this.#ovens ?? (described === undefined ? null : Number(described)),
    };
  }

  /** @returns who could not be told now; told later, while the shift lasts */
  shift(zone: string, shift: Shift): Promise<Unreached[]> {
    this.#shifts.set(zone, shift);
    return this.#tell(this.#endpoints.filter(isBalancer), `shift ${zone}`, () => shiftWish(zone, shift));
  }

  cancelShift(zone: string): Promise<Unreached[]> {
    this.#shifts.delete(zone);
    const call: Wish = { call: { method: 'DELETE', path: `/shifts/${zone}` }, untilMs: null };
    return this.#tell(this.#endpoints.filter(isBalancer), `shift ${zone}`, () => call);
  }

  /** `null` turns a switch back to the description's value; what is absent stays. */
  async set(request: SettingsRequest): Promise<Unreached[]> {
    if (request.rescue !== undefined) this.#rescue = request.rescue;
    if (request.ovens !== undefined) this.#ovens = request.ovens;
    const rescue = request.rescue === undefined ? [] : this.#tell(this.#endpoints.filter(isBalancer), 'rescue', (one) => this.#rescueWish(one));
    const ovens = request.ovens === undefined ? [] : this.#tell(this.#endpoints.filter(hasOvens), 'ovens', (one) => this.#ovensWish(one));
    return [...(await rescue), ...(await ovens)];
  }

  /** Whether a switch is turned. */
  get turned(): boolean {
    return this.#rescue !== null || this.#ovens !== null;
  }

  /** To be called when an instance started anew: it knows only its configuration. */
  async restarted(name: string): Promise<void> {
    const endpoint = this.#endpoints.find((one) => one.name === name);
    if (endpoint === undefined) return;
    const wishes = new Map<string, Wish>();
    if (isBalancer(endpoint)) {
      for (const [zone, shift] of this.#shifts) wishes.set(`shift ${zone}`, shiftWish(zone, shift));
      if (this.#rescue !== null) wishes.set('rescue', this.#rescueWish(endpoint));
    }
    if (hasOvens(endpoint) && this.#ovens !== null) wishes.set('ovens', this.#ovensWish(endpoint));
    this.#undelivered.set(name, wishes);
    await this.#deliver(endpoint);
  }

  /** Who has not been told everything yet, optionally about one shifted zone. */
  unreached(zone?: string): Unreached[] {
    const concerned = [...this.#undelivered].filter(([, wishes]) => (zone === undefined ? wishes.size > 0 : wishes.has(`shift ${zone}`)));
    return concerned.map(([name]) => ({ name, reason: this.#reasons.get(name) ?? 'not told yet' }));
  }

  /** Tries again to tell those who could not be told. */
  async deliverAll(): Promise<void> {
    await Promise.all(this.#endpoints.filter(({ name }) => (this.#undelivered.get(name)?.size ?? 0) > 0).map((one) => this.#deliver(one)));
  }

  async #tell(endpoints: readonly Endpoint[], about: string, wish: (endpoint: Endpoint) => Wish): Promise<Unreached[]> {
    for (const endpoint of endpoints) {
      const wishes = this.#undelivered.get(endpoint.name) ?? new Map<string, Wish>();
      wishes.set(about, wish(endpoint));
      this.#undelivered.set(endpoint.name, wishes);
    }
    await Promise.all(endpoints.map((endpoint) => this.#deliver(endpoint)));
    const left = endpoints.filter(({ name }) => this.#undelivered.get(name)?.has(about) === true);
    return left.map(({ name }) => ({ name, reason: this.#reasons.get(name) ?? 'not told yet' }));
  }

  /** One delivery per instance at a time, so that an older wish cannot arrive after a newer one; and one that waits for it, so that nobody stands in line behind a silent one. */
  #deliver(endpoint: Endpoint): Promise<void> {
    const { last, waiting } = this.#deliveries.get(endpoint.name) ?? { last: Promise.resolve(), waiting: null };
    if (waiting !== null) return waiting;
    const delivery = last.then(() => {
      this.#deliveries.set(endpoint.name, { last: delivery, waiting: null });
      return this.#deliverWishes(endpoint);
    });
    this.#deliveries.set(endpoint.name, { last: delivery, waiting: delivery });
    return delivery;
  }

  async #deliverWishes(endpoint: Endpoint): Promise<void> {
    const wishes = this.#undelivered.get(endpoint.name);
    if (wishes === undefined || endpoint.admin === null) return;
    for (const [about, wish] of wishes) {
      const isPast = wish.untilMs !== null && wish.untilMs <= Date.now();
      const failure = isPast ? null : await this.#call(endpoint.admin, wish);
      if (failure !== null) {
        this.#reasons.set(endpoint.name, failure);
        return;
      }
      if (wishes.get(about) === wish) wishes.delete(about);
    }
    this.#reasons.delete(endpoint.name);
  }

  /** Null when it was told, or has nothing that the wish is about. */
  async #call(admin: NonNullable<Endpoint['admin']>, wish: Wish): Promise<string | null> {
    try {
      const { status, text } = await this.#send(admin, { ...wish.call, timeoutMs: CALL_TIMEOUT_MS });
      return status < 300 || status === 404 ? null : `answered ${status}: ${text.slice(0, 200)}`;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  }

  #rescueWish(endpoint: Endpoint): Wish {
    const rescue = this.#rescue ?? endpoint.environment[RESCUE_VARIABLE] !== 'off';
    return { call: { method: 'PUT', path: '/settings', body: { rescue } }, untilMs: null };
  }

  #ovensWish(endpoint: Endpoint): Wish {
    const ovens = this.#ovens ?? Number(endpoint.environment[OVENS_VARIABLE]);
    return { call: { method: 'PUT', path: '/ovens', body: { ovens } }, untilMs: null };
  }
}

/** Who chooses among targets, and so can be told to leave an AZ out. */
export function isBalancer(endpoint: Endpoint): boolean {
  return endpoint.role === 'front-door' || endpoint.role === 'load-balancer' || endpoint.environment[RESCUE_VARIABLE] !== undefined;
}

function hasOvens(endpoint: Endpoint): boolean {
  return endpoint.environment[OVENS_VARIABLE] !== undefined;
}

function shiftWish(zone: string, shift: Shift): Wish {
  return { call: { method: 'PUT', path: `/shifts/${zone}`, body: shift }, untilMs: shift.untilMs };
}
