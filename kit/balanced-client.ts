/**
 * The balanced client: `policy/balanced-client.ts` with sockets, a timer and the clock. The policy decides,
 * this shell only carries out: events in, actions out, in order, never one inside another. Services call
 * {@link BalancedClient.request}; the load balancer hands in its own streaming exchange.
 */
import type { CountersAnswer, EventsAnswer, Shift } from '#contracts/admin.ts';
import type { BalancerEvent, StampedEvent } from '#contracts/events.ts';
import type { UpstreamOpinion } from '#contracts/faults.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { step } from '#policy/balanced-client.ts';
import { counters, createClient, firstAttempts, firstRoundDone, opinion, wakeAtMs } from '#policy/client-state.ts';
import type { ClientAction, ClientEvent } from '#policy/messages.ts';
import type { ClientParameters } from '#policy/parameters.ts';
import { createRandom } from '#policy/random.ts';
import { Attempt, type AttemptOwner } from './balanced-client/attempt.ts';
import { BufferedExchange, type BufferedAnswer, type BufferedCall } from './balanced-client/buffered-exchange.ts';
import { EventRing, type EventTally } from './balanced-client/event-ring.ts';
import type { Exchange } from './balanced-client/exchange.ts';
import { InFlight } from './balanced-client/in-flight.ts';
import { Probe } from './balanced-client/probe.ts';
import { TargetSet, type TargetAddress } from './balanced-client/target-set.ts';
import { WakeTimer } from './balanced-client/wake-timer.ts';

const READY_MS_MAX = 1000;

export interface BalancedClientOptions {
  /** Name in events: `load-balancer`, `storefront`, `kitchen`. */
  upstream: string;
  ownZone: string | null;
  targets: TargetAddress[];
  /** `GET` of this path is the active check. */
  healthPath: string;
  /** False for foreign targets, whose health answers say nothing about themselves. */
  checkInstance: boolean;
  parameters?: Partial<ClientParameters>;
  /** Stall rescue; can be switched later. */
  rescue: boolean;
  onEvent?: (event: StampedEvent) => void;
  /** Own instance name, for events. */
  balancer: string;
  /** Seeds the choices; default differs per process. */
  seed?: number;
}

export interface BalancedClient {
  /** Resolves after the first round of checks or 1 s. */
  ready(): Promise<void>;
  /**
   * Buffered call for services. The client sets `x-request-id`, `x-attempt`, `x-avoid-az` and `x-deadline-ms`.
   * @throws AzimuthError when no response comes
   */
  request(call: BufferedCall): Promise<BufferedAnswer>;
  /** Streaming form. @returns gives the exchange up, after which it hears nothing more */
  submit(exchange: Exchange): () => void;
  opinion(): UpstreamOpinion;
  events(afterSeq: number): EventsAnswer;
  counters(): CountersAnswer['upstreams'][string];
  firstAttempts(): Record<string, { sent: number; failed: number }>;
  /** Ejections and refused retries since the start. */
  tally(): EventTally;
  shift(zone: string, shift: Shift): void;
  cancelShift(zone: string): void;
  setRescue(on: boolean): void;
  setTargets(targets: BalancedClientOptions['targets']): void;
  /** Gives up what is in flight and closes every connection. */
  close(): Promise<void>;
}

/** Starts checking at once. */
export function createBalancedClient(options: BalancedClientOptions): BalancedClient {
  return new SocketClient(options);
}

class SocketClient implements BalancedClient, AttemptOwner {
  readonly #options: BalancedClientOptions;
  readonly #state: ReturnType<typeof createClient>;
  readonly #random: () => number;
  readonly #ring: EventRing;
  readonly #targets: TargetSet;
  readonly #inFlight = new Map<string, InFlight>();
  readonly #probes = new Set<Probe>();
  readonly #queue: ClientEvent[] = [];
  readonly #timer = new WakeTimer((lagMs) => this.#wake(lagMs));
  #draining = false;
  #closed = false;
  #lastId = 0;
  #onReady: (() => void)[] = [];

  constructor(options: BalancedClientOptions) {
    this.#options = options;
    this.#random = createRandom(options.seed ?? process.pid * 7919 + Math.floor(performance.timeOrigin));
    this.#ring = new EventRing(options.balancer, options.upstream);
    this.#targets = new TargetSet(options.targets, options.checkInstance);
    const { ownZone, parameters, rescue } = options;
    this.#state = createClient({ ownZone, targets: this.#targets.specs(), rescue, ...(parameters && { parameters }) }, performance.now());
    this.apply({ type: 'tick', lagMs: 0 });
  }

  ready(): Promise<void> {
    if (firstRoundDone(this.#state)) return Promise.resolve();
    return new Promise((resolve) => {
      const timeout = setTimeout(resolve, READY_MS_MAX);
      this.#onReady.push(() => {
        clearTimeout(timeout);
        resolve();
      });
    });
  }

  request(call: BufferedCall): Promise<BufferedAnswer> {
    return new Promise((resolve, reject) => {
      if (call.signal?.aborted === true) return reject(call.signal.reason as Error);
      const { signal } = call;
      const onAbort = (): void => {
        exchange.cancel();
        reject(signal?.reason as Error);
      };
      const exchange = new BufferedExchange(call, (outcome) => {
        signal?.removeEventListener('abort', onAbort);
        if (outcome instanceof AzimuthError) reject(outcome);
        else resolve(outcome);
      });
      signal?.addEventListener('abort', onAbort, { once: true });
      exchange.cancel = this.submit(exchange);
    });
  }

  submit(exchange: Exchange): () => void {
    this.#lastId += 1;
    const wanted = exchange.requestId;
    const id = this.#inFlight.has(wanted) ? `${wanted}#${this.#lastId}` : wanted;
    const inFlight = new InFlight(id, exchange);
    this.#inFlight.set(id, inFlight);
    this.apply({ type: 'request.arrived', requestId: id, replayable: exchange.replayable, budgetMs: exchange.budgetMs, avoidZone: exchange.avoidZone });
    return () => this.#cancel(inFlight);
  }

  opinion(): UpstreamOpinion {
    const { targets, shiftedZones, ...rest } = opinion(this.#state, performance.now());
    return {
      upstream: this.#options.upstream,
      ...rest,
      shiftedZones: shiftedZones.map((shifted) => ({ ...shifted, untilMs: wallClockMs(shifted.untilMs) })),
      targets: targets.map((target) => ({ ...target, sinceMs: wallClockMs(target.sinceMs) })),
    };
  }

  events(afterSeq: number): EventsAnswer {
    return this.#ring.after(afterSeq);
  }

  counters(): CountersAnswer['upstreams'][string] {
    return counters(this.#state);
  }

  firstAttempts(): Record<string, { sent: number; failed: number }> {
    return firstAttempts(this.#state);
  }

  tally(): EventTally {
    return this.#ring.tally;
  }

  /** `shift.untilMs` is wall clock; the policy counts on the monotonic one. */
  shift(zone: string, shift: Shift): void {
    const untilMs = performance.now() + (shift.untilMs - Date.now());
    this.apply({ type: 'zone.shifted', zone, untilMs, reason: shift.reason });
  }

  cancelShift(zone: string): void {
    this.apply({ type: 'zone.shift-cancelled', zone });
  }

  setRescue(on: boolean): void {
    this.apply({ type: 'rescue.switched', on });
  }

  setTargets(targets: BalancedClientOptions['targets']): void {
    const gone = this.#targets.change(targets);
    this.apply({ type: 'targets.changed', targets: this.#targets.specs() });
    for (const connections of gone) connections.destroyAll();
  }

  close(): Promise<void> {
    this.#closed = true;
    this.#timer.stop();
    for (const probe of this.#probes) probe.cancel();
    for (const inFlight of [...this.#inFlight.values()]) {
      for (const attempt of inFlight.attempts) attempt.abort();
      inFlight.exchange.onFailure('AZ_ATTEMPT_FAILED', inFlight.responding, null);
    }
    this.#inFlight.clear();
    this.#targets.destroyAll();
    for (const resolve of this.#onReady.splice(0)) resolve();
    return Promise.resolve();
  }

  /** Takes an event to the policy and does what it says. Events that arise meanwhile wait their turn. */
  apply(event: ClientEvent): void {
    if (this.#closed) return;
    this.#queue.push(event);
    if (this.#draining) return;
    this.#draining = true;
    try {
      for (let next = this.#queue.shift(); next !== undefined; next = this.#queue.shift()) {
        for (const action of step(this.#state, next, performance.now(), this.#random)) this.#perform(action);
      }
    } finally {
      this.#draining = false;
    }
    if (this.#onReady.length > 0 && firstRoundDone(this.#state)) for (const resolve of this.#onReady.splice(0)) resolve();
    this.#timer.wakeBy(wakeAtMs(this.#state));
  }

  finish(inFlight: InFlight, attemptId: number): void {
    this.#inFlight.delete(inFlight.id);
    this.apply({ type: 'attempt.finished', attemptId });
  }

  #cancel(inFlight: InFlight): void {
    if (!this.#inFlight.delete(inFlight.id)) return;
    for (const attempt of inFlight.attempts) attempt.abort();
    this.apply({ type: 'request.cancelled', requestId: inFlight.id });
  }

  #perform(action: ClientAction): void {
    switch (action.type) {
      case 'send':
        return this.#send(action);
      case 'commit': {
        const inFlight = this.#inFlight.get(action.requestId);
        if (inFlight === undefined) return;
        inFlight.responding = true;
        return inFlight.attempt(action.attemptId)?.commit(action.retriedFrom);
      }
      case 'abort':
        return this.#inFlight.get(action.requestId)?.attempt(action.attemptId)?.abort();
      case 'fail': {
        const inFlight = this.#inFlight.get(action.requestId);
        this.#inFlight.delete(action.requestId);
        return inFlight?.exchange.onFailure(action.code, action.committed, action.retriedFrom);
      }
      case 'probe':
        return this.#probe(action);
      case 'destroy':
        return this.#targets.get(action.targetId)?.connections.destroyAll();
      case 'event':
        return this.#publish(action.event);
    }
  }

  #send(action: Extract<ClientAction, { type: 'send' }>): void {
    const inFlight = this.#inFlight.get(action.requestId);
    const target = this.#targets.get(action.targetId);
    if (inFlight === undefined || target === undefined) return;
    const { attempt, budgetMs, targetId, avoidZone } = action;
    const sent = { attempt, budgetMs, targetId, zone: target.zone, avoidZone };
    const next = new Attempt(this, inFlight, action.attemptId, sent, target.connections);
    inFlight.attempts.push(next);
    next.send();
  }

  #probe(action: Extract<ClientAction, { type: 'probe' }>): void {
    const connections = this.#targets.get(action.targetId)?.connections;
    if (connections === undefined) return;
    const probe = new Probe(connections, this.#options.healthPath, action.timeoutMs, action.freshConnection, (result, lateMs) => {
      this.#probes.delete(probe);
      // Nothing else may have been due, so that nobody else notices.
      if (lateMs > 0) this.apply({ type: 'tick', lagMs: lateMs });
      this.apply({ type: 'probe.finished', probeId: action.probeId, result });
    });
    this.#probes.add(probe);
    probe.start();
  }

  #publish(event: BalancerEvent): void {
    const onWallClock = event.type === 'zone.shifted' ? { ...event, untilMs: wallClockMs(event.untilMs) } : event;
    const stamped = this.#ring.add(onWallClock, wallClockMs(performance.now()));
    this.#options.onEvent?.(stamped);
  }

  #wake(lagMs: number): void {
    const wakeMs = wakeAtMs(this.#state);
    // Nothing is due yet when the reason for this wake-up went away.
    if (wakeMs <= performance.now()) this.apply({ type: 'tick', lagMs });
    else this.#timer.wakeBy(wakeMs);
  }
}

/** Monotonic milliseconds of this process as milliseconds since the epoch. */
function wallClockMs(monotonicMs: number): number {
  return performance.timeOrigin + monotonicMs;
}
