/**
 * What this process was told to do wrong, with its clock and its dice: `policy/service-fault.ts` decides. Without a
 * plan, and from the end of one on, it costs a comparison per request.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import type { HealthAnswer } from '#contracts/health.ts';
import { lastingParts, planEndsMs, strike, toldStatus, type Strike } from '#policy/service-fault.ts';
import { systemClock, type Clock } from './clock.ts';

export class ServiceFaults {
  readonly #clock: Clock;
  readonly #random: () => number;
  /** Its times are monotonic. Null while nothing was ordered, and after the end of what was. */
  #plan: ServiceFaultPlan | null = null;

  /** @param random draws from 0..1; the default is another sequence in every process */
  constructor(clock: Clock = systemClock, random: () => number = Math.random) {
    this.#clock = clock;
    this.#random = random;
  }

  /** What it does wrong now, with times of the wall clock. */
  current(): ServiceFaultPlan {
    return moved(lastingParts(this.#plan ?? {}, this.#clock.nowMs()), this.#wallAheadMs());
  }

  /** Takes a plan, with times of the wall clock, in place of the one before. @returns what of that still held */
  replace(plan: ServiceFaultPlan): ServiceFaultPlan {
    const replaced = this.current();
    const next = lastingParts(moved(plan, -this.#wallAheadMs()), this.#clock.nowMs());
    this.#plan = Object.keys(next).length === 0 ? null : next;
    return replaced;
  }

  /** What befalls a request or a health check that arrived now; null for nothing. */
  strike(what: 'request' | 'check'): Strike | null {
    const plan = this.#lasting();
    return plan === null ? null : strike(plan, what, this.#clock.nowMs(), this.#random);
  }

  /** The health answer that callers get for the true one. */
  told(answer: HealthAnswer): HealthAnswer {
    const plan = this.#lasting();
    return plan === null ? answer : { ...answer, status: toldStatus(plan, answer.status, this.#clock.nowMs()) };
  }

  /** Calls `callback` once, `waitMs` from now. */
  wait(waitMs: number, callback: () => void): void {
    this.#clock.after(waitMs, callback);
  }

  #wallAheadMs(): number {
    return this.#clock.wallMs() - this.#clock.nowMs();
  }

  #lasting(): ServiceFaultPlan | null {
    if (this.#plan !== null && planEndsMs(this.#plan) <= this.#clock.nowMs()) this.#plan = null;
    return this.#plan;
  }
}

/** The plan on another clock, which is `byMs` ahead. */
function moved(plan: ServiceFaultPlan, byMs: number): ServiceFaultPlan {
  const parts = Object.entries(plan).filter(([, part]) => part !== null);
  return Object.fromEntries(parts.map(([name, part]) => [name, { ...part, untilMs: (part?.untilMs ?? 0) + byMs }]));
}
