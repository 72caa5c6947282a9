/**
 * Sends customers to the shop: every arrival is one order and one menu read, each with a second of patience
 * from the time that was meant. One timer wakes it for the next arrival or the next end of patience; a late
 * wake-up sends everything that is due and the lag is in the records.
 */
import type { Dispatcher } from 'undici';
import { HEADER } from '#contracts/headers.ts';
import { PIZZAS } from '#contracts/orders.ts';
import { PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import type { Clock } from '#kit/clock.ts';
import { changeRate, createArrivals, rateAt, takeDue, type Arrivals, type Ramp } from '#policy/arrivals.ts';
import { Visit } from './visit.ts';

type Arm = CustomerRecord['arm'];

/** Where requests of an arm go. */
export interface Shops {
  /** The next shop of that arm; null while the region has none. */
  next(arm: Arm): Pick<Dispatcher, 'dispatch'> | null;
}

export interface GeneratorOptions {
  clock: Clock;
  shops: Shops;
  seed: number;
  /** Starts every key and request id; new at every start, so that no key ever comes twice. */
  keyPrefix: string;
  onSettled: (visit: Visit) => void;
}

/** How often the rate follows a ramp. */
const RAMP_STEP_MS = 100;

const BODIES = PIZZAS.map((pizza) => Buffer.from(JSON.stringify({ pizza })));

export class Generator {
  readonly #options: GeneratorOptions;
  readonly #nowMs: () => number;
  readonly #onSettled: (visit: Visit) => void;
  #arrivals: Arrivals;
  #arm: Arm = 'balanced';
  #ramp: Ramp | null = null;
  #customers = 0;
  /** By intended time; the patience is the same for all, so the first is the first to leave. */
  #visits: Visit[] = [];
  #first = 0;
  #cancelWake: () => void = () => {};

  constructor(options: GeneratorOptions) {
    this.#options = options;
    this.#nowMs = () => options.clock.nowMs();
    this.#onSettled = options.onSettled;
    this.#arrivals = createArrivals(options.seed, 0, options.clock.nowMs());
  }

  /** What was asked for; a ramp may still be on the way there. */
  get traffic(): { ratePerSecond: number; arm: Arm } {
    return { ratePerSecond: this.#ramp?.toPerSecond ?? this.#arrivals.ratePerSecond, arm: this.#arm };
  }

  /** Requests that are under way. */
  get unsettled(): number {
    let count = 0;
    for (let i = this.#first; i < this.#visits.length; i += 1) if (this.#visits[i]?.settled === false) count += 1;
    return count;
  }

  /** From now on. A seed starts a new sequence of arrivals, at the full rate; without one the current goes on. */
  setTraffic({ ratePerSecond, overMs = 0, arm, seed }: { ratePerSecond: number; overMs?: number; arm?: Arm; seed?: number }): void {
    this.#sendDue();
    const nowMs = this.#nowMs();
    if (arm !== undefined) this.#arm = arm;
    const isRamp = overMs > 0 && seed === undefined && ratePerSecond > this.#arrivals.ratePerSecond;
    this.#ramp = isRamp ? { fromPerSecond: this.#arrivals.ratePerSecond, toPerSecond: ratePerSecond, fromMs: nowMs, toMs: nowMs + overMs } : null;
    if (seed !== undefined) this.#arrivals = createArrivals(seed, ratePerSecond, nowMs);
    else if (!isRamp) changeRate(this.#arrivals, ratePerSecond, nowMs);
    this.#wakeLater();
  }

  #wakeLater(): void {
    this.#cancelWake();
    const oldest = this.#visits[this.#first];
    const patienceEndsMs = oldest === undefined ? Infinity : oldest.intendedMs + PATIENCE_MS;
    const rampMs = this.#ramp === null ? Infinity : this.#nowMs() + RAMP_STEP_MS;
    const atMs = Math.min(this.#arrivals.nextAtMs, patienceEndsMs, rampMs);
    if (atMs === Infinity) return;
    this.#cancelWake = this.#options.clock.after(atMs - this.#nowMs(), () => {
      this.#sendDue();
      this.#followRamp();
      this.#giveUpDue();
      this.#wakeLater();
    });
  }

  /** Due arrivals were sent before. */
  #followRamp(): void {
    if (this.#ramp === null) return;
    const nowMs = this.#nowMs();
    changeRate(this.#arrivals, rateAt(this.#ramp, nowMs), nowMs);
    if (nowMs >= this.#ramp.toMs) this.#ramp = null;
  }

  #sendDue(): void {
    for (const intendedMs of takeDue(this.#arrivals, this.#nowMs())) {
      const key = `${this.#options.keyPrefix}-${(this.#customers += 1)}`;
      this.#send(new Visit('order', this.#arm, intendedMs, this.#nowMs, this.#onSettled), key);
      this.#send(new Visit('menu', this.#arm, intendedMs, this.#nowMs, this.#onSettled), key);
    }
  }

  #send(visit: Visit, key: string): void {
    visit.sentMs = this.#nowMs();
    const leftMs = visit.intendedMs + PATIENCE_MS - visit.sentMs;
    const shop = leftMs < 1 ? null : this.#options.shops.next(visit.arm);
    if (shop === null) {
      visit.giveUp();
      return;
    }
    this.#visits.push(visit);
    const deadline = String(Math.floor(leftMs));
    if (visit.kind === 'menu') {
      const headers = [HEADER.requestId, `${key}-menu`, HEADER.deadlineMs, deadline];
      shop.dispatch({ method: 'GET', path: '/menu', headers }, visit);
      return;
    }
    const headers = ['content-type', 'application/json', HEADER.idempotencyKey, key, HEADER.requestId, key, HEADER.deadlineMs, deadline];
    shop.dispatch({ method: 'POST', path: '/orders', headers, body: BODIES[this.#customers % BODIES.length] ?? null }, visit);
  }

  #giveUpDue(): void {
    const nowMs = this.#nowMs();
    for (let visit = this.#visits[this.#first]; visit !== undefined; visit = this.#visits[this.#first]) {
      if (!visit.settled && visit.intendedMs + PATIENCE_MS > nowMs) break;
      visit.giveUp();
      this.#first += 1;
    }
    if (this.#first > 1024 && this.#first * 2 > this.#visits.length) {
      this.#visits = this.#visits.slice(this.#first);
      this.#first = 0;
    }
  }
}
