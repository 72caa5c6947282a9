/**
 * Calls between processes in virtual time: latency per message, connections that are kept and reused, and
 * what a kernel does for a process that no longer can. A frozen process accepts connections and keeps
 * silent; a dead one refuses new connections and resets the open ones.
 *
 * Messages of one call never overtake each other, as on one TCP connection. Latency between zones stands
 * on requests only (1 ms), like the base toxic of the real links, so that a round trip costs about 1 ms more.
 */
import type { HealthAnswer } from '#contracts/health.ts';
import type { ErrorCode } from '#contracts/errors.ts';
import type { TransportFailure } from '#policy/messages.ts';
import { exponential } from '#policy/random.ts';
import type { Node } from './node.ts';
import type { VirtualTime } from './virtual-time.ts';

export interface Request {
  kind: 'order' | 'menu' | 'health';
  /** Idempotency key of an order, request id otherwise. */
  key: string;
  /** `x-deadline-ms`: what was left of the caller's patience when it was sent. */
  budgetMs: number | null;
  /** Idempotent, or with an `idempotency-key`. */
  replayable: boolean;
  /** `x-avoid-az`. */
  avoidZone: string | null;
}

export interface Reply {
  status: number;
  /** `x-az`. */
  az: string | null;
  /** `x-retried`. */
  retried: string | null;
  /** `Server-Timing` of the oven. */
  bakeMs: number | null;
  /** `x-azimuth-error`. */
  error: ErrorCode | null;
  /** Body of a health answer. */
  health: HealthAnswer | null;
}

/** What the caller learns; exactly one of `replied` and `failed`, unless it aborts before. */
export interface CallObserver {
  /** The first byte went out on a connected socket. */
  written(): void;
  replied(reply: Reply): void;
  failed(failure: TransportFailure): void;
}

export interface NetworkShape {
  /** One-way latency inside a zone: fixed part and mean of the exponential part, milliseconds. */
  hopMs: number;
  hopJitterMs: number;
  /** Added to requests that cross zones, milliseconds. */
  betweenZonesMs: number;
}

export const DEFAULT_NETWORK: NetworkShape = { hopMs: 0.2, hopJitterMs: 0.1, betweenZonesMs: 1 };

/** Something in the way of single requests, for tests: `lose` swallows it, `break` resets its connection, a number delays it (milliseconds). */
export type Interference = (from: Node, to: Node, request: Request) => 'lose' | 'break' | number;

export class Network {
  readonly time: VirtualTime;
  /** Null: nothing is in the way. */
  interference: Interference | null = null;
  private readonly shape: NetworkShape;
  private readonly random: () => number;

  constructor(time: VirtualTime, random: () => number, shape: NetworkShape) {
    this.time = time;
    this.random = random;
    this.shape = shape;
  }

  /** Sends `request` from one process to another; `fresh` forbids a kept connection. */
  call(from: Node, to: Node, request: Request, observer: CallObserver, fresh = false): Call {
    const call = new Call(this, from, to, request, observer);
    from.outbound.add(call);
    const kept = from.idle.get(to);
    if (!fresh && kept !== undefined && kept.life === to.life && kept.count > 0) {
      kept.count -= 1;
      call.transmit();
    } else {
      call.connect();
    }
    return call;
  }

  /** Closes every idle connection between the two. Open calls are their owner's to abort. */
  closeIdle(from: Node, to: Node): void {
    from.idle.delete(to);
  }

  /** One-way latency of a message. */
  latencyMs(from: Node, to: Node, isRequest: boolean): number {
    const crosses = isRequest && from.az !== null && to.az !== null && from.az !== to.az;
    return this.shape.hopMs + exponential(this.random, this.shape.hopJitterMs) + (crosses ? this.shape.betweenZonesMs : 0);
  }
}

/** One request on one connection. */
export class Call {
  readonly request: Request;
  /** Set by the callee: the caller closed the connection before the reply. */
  onAborted: (() => void) | null = null;
  private readonly network: Network;
  private readonly from: Node;
  private readonly to: Node;
  private readonly fromLife: number;
  private toLife = -1;
  private readonly observer: CallObserver;
  /** The caller waits for nothing any more. */
  private closed = false;
  private replied = false;
  private abortKnown = false;
  private spoiledBy: Reply | null = null;
  private lastArrivalMs = 0;

  constructor(network: Network, from: Node, to: Node, request: Request, observer: CallObserver) {
    this.network = network;
    this.from = from;
    this.to = to;
    this.fromLife = from.life;
    this.request = request;
    this.observer = observer;
  }

  /** A round trip between the kernels: the process on the other side need not be awake. */
  connect(): void {
    const { network, from, to } = this;
    network.time.after(network.latencyMs(from, to, true), () => {
      const accepted = to.state !== 'dead' && to.listening;
      const life = to.life;
      network.time.after(network.latencyMs(to, from, false), () => {
        from.deliver(this.fromLife, () => {
          if (this.closed) return;
          if (!accepted) this.fail('refused');
          else if (to.life !== life) this.fail('reset');
          else this.transmit();
        });
      });
    });
  }

  transmit(): void {
    const { network, from, to, request } = this;
    this.toLife = to.life;
    to.inbound.add(this);
    const obstacle = network.interference?.(from, to, request) ?? 0;
    if (obstacle === 'break') {
      this.calleeDied();
      return this.observer.written();
    }
    const atMs = network.time.nowMs + network.latencyMs(from, to, true) + (obstacle === 'lose' ? 0 : obstacle);
    this.lastArrivalMs = atMs;
    if (obstacle !== 'lose') {
      network.time.at(atMs, () => {
        if (to.isAwake(this.toLife)) to.receive(this);
        else to.deliver(this.toLife, () => to.receive(this));
      });
    }
    this.observer.written();
  }

  /** The callee learned that the caller is gone. */
  get isAborted(): boolean {
    return this.abortKnown;
  }

  /** Whatever the callee's program answers without an error of its own, this is sent instead. */
  spoil(reply: Reply): void {
    this.spoiledBy = reply;
  }

  /** Called by the callee's program, once. */
  respond(answer: Reply): void {
    const { network, from, to } = this;
    const reply = this.spoiledBy !== null && answer.status < 500 ? this.spoiledBy : answer;
    this.replied = true;
    network.time.after(network.latencyMs(to, from, false), () => {
      if (this.closed) return;
      if (from.isAwake(this.fromLife)) this.receiveReply(reply);
      else from.deliver(this.fromLife, () => this.receiveReply(reply));
    });
  }

  private receiveReply(reply: Reply): void {
    if (this.closed) return;
    const { from, to } = this;
    this.close();
    const kept = from.idle.get(to);
    if (kept !== undefined && kept.life === this.toLife) kept.count += 1;
    else from.idle.set(to, { life: this.toLife, count: 1 });
    this.observer.replied(reply);
  }

  /** The caller gives up and closes the connection; the callee learns of it a message later. */
  abort(): void {
    if (this.closed) return;
    this.close();
    this.tellCallee();
  }

  calleeDied(): void {
    const { network, from, to } = this;
    network.time.after(network.latencyMs(to, from, false), () => {
      from.deliver(this.fromLife, () => {
        if (!this.closed) this.fail('reset');
      });
    });
  }

  callerDied(): void {
    this.closed = true;
    this.to.inbound.delete(this);
    this.tellCallee();
  }

  private tellCallee(): void {
    if (this.toLife === -1 || this.replied) return;
    const { network, from, to } = this;
    const atMs = Math.max(this.lastArrivalMs, network.time.nowMs + network.latencyMs(from, to, false));
    network.time.at(atMs, () => to.deliver(this.toLife, () => {
      this.abortKnown = true;
      if (!this.replied) this.onAborted?.();
    }));
  }

  private fail(failure: TransportFailure): void {
    this.close();
    this.observer.failed(failure);
  }

  private close(): void {
    this.closed = true;
    this.from.outbound.delete(this);
    this.to.inbound.delete(this);
  }
}
