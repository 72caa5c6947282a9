/**
 * The balanced client's shell in virtual time: what `kit/` does with sockets and timers, done with calls and
 * a virtual clock. The decisions are the shipped ones (`policy/balanced-client.ts`), not a model of them.
 *
 * It also holds the policy to its contract, since a broken promise here is an outage there: every request
 * ends exactly once, nothing is sent more than twice, what may not be repeated is written once, nothing to a
 * target is left open when its sockets are destroyed, and the clock is never asked to spin.
 */
import { ERRORS } from '#contracts/errors.ts';
import type { BalancerEvent, StampedEvent } from '#contracts/events.ts';
import { step } from '#policy/balanced-client.ts';
import { counters, createClient, firstAttempts, firstRoundDone, opinion, wakeAtMs, type ClientState } from '#policy/client-state.ts';
import type { ClientAction, ClientEvent, ProbeResult, TargetSpec } from '#policy/messages.ts';
import type { ClientParameters } from '#policy/parameters.ts';
import { gaveUp } from '#policy/retry/gave-up.ts';
import type { Call, Network, Reply, Request } from './network.ts';
import type { Node, NodeTimer } from './node.ts';
import type { Trace } from './trace.ts';

export interface ClientShape {
  upstream: string;
  ownZone: string | null;
  targets: readonly Node[];
  parameters?: Partial<ClientParameters>;
  rescue: boolean;
}

interface Waiting {
  request: Request;
  /** An attempt went out on a connected socket. */
  written: boolean;
  sent: number;
  firstSentMs: number;
  done: (reply: Reply) => void;
}

interface Attempt {
  requestId: string;
  target: Node;
  call: Call;
  reply: Reply | null;
}

export class BalancedClient {
  readonly upstream: string;
  private readonly node: Node;
  private readonly network: Network;
  private readonly random: () => number;
  private readonly trace: Trace;
  private readonly targets = new Map<string, Node>();
  private readonly state: ClientState;
  private readonly waiting = new Map<string, Waiting>();
  private readonly attempts = new Map<number, Attempt>();
  private readonly queue: ClientEvent[] = [];
  private stepping = false;
  private timer: NodeTimer | null = null;
  private requests = 0;
  private spins = 0;
  private spinningAtMs = -1;

  constructor(node: Node, network: Network, shape: ClientShape, random: () => number, trace: Trace) {
    this.node = node;
    this.network = network;
    this.random = random;
    this.trace = trace;
    this.upstream = shape.upstream;
    const specs: TargetSpec[] = [];
    for (const target of shape.targets) {
      this.targets.set(target.name, target);
      specs.push({ id: target.name, zone: target.az, checkInstance: true });
    }
    this.state = createClient(
      { ownZone: shape.ownZone, targets: specs, rescue: shape.rescue, ...(shape.parameters === undefined ? {} : { parameters: shape.parameters }) },
      node.time.nowMs,
    );
    this.dispatch({ type: 'tick', lagMs: 0 });
  }

  /** Sends one request; `done` runs once, unless the caller cancels before. Returns the cancellation. */
  request(request: Request, done: (reply: Reply) => void): () => void {
    const requestId = `${request.key}/${this.requests++}`;
    this.waiting.set(requestId, { request, written: false, sent: 0, firstSentMs: 0, done });
    this.dispatch({ type: 'request.arrived', requestId, replayable: request.replayable, budgetMs: request.budgetMs, avoidZone: request.avoidZone });
    return () => {
      if (!this.waiting.has(requestId)) return;
      this.dispatch({ type: 'request.cancelled', requestId });
      this.waiting.delete(requestId);
    };
  }

  isReady(): boolean {
    return firstRoundDone(this.state);
  }

  firstAttempts(): ReturnType<typeof firstAttempts> {
    return firstAttempts(this.state);
  }

  counters(): ReturnType<typeof counters> {
    return counters(this.state);
  }

  opinion(): ReturnType<typeof opinion> {
    return opinion(this.state, this.node.time.nowMs);
  }

  switchRescue(on: boolean): void {
    this.dispatch({ type: 'rescue.switched', on });
  }

  shift(zone: string, untilMs: number): void {
    this.dispatch({ type: 'zone.shifted', zone, untilMs, reason: 'by hand' });
  }

  /** Requests that have not ended: none may be older than their caller's patience. */
  unfinished(): number {
    return this.waiting.size;
  }

  private dispatch(event: ClientEvent): void {
    this.queue.push(event);
    if (this.stepping) return;
    this.stepping = true;
    for (let next = this.queue.shift(); next !== undefined; next = this.queue.shift()) {
      const actions = step(this.state, next, this.node.time.nowMs, this.random);
      this.trace.decided(this.node, next, actions.length);
      for (const action of actions) this.perform(action);
    }
    this.stepping = false;
    this.armTimer();
  }

  private armTimer(): void {
    const wakeMs = wakeAtMs(this.state);
    if (this.timer !== null) {
      if (this.timer.dueMs === wakeMs && this.timer.run !== null) return;
      this.node.clear(this.timer);
    }
    if (wakeMs === Infinity) {
      this.timer = null;
      return;
    }
    if (wakeMs <= this.node.time.nowMs) this.noteSpin();
    this.timer = this.node.timer(wakeMs, (lateMs) => {
      this.timer = null;
      this.dispatch({ type: 'tick', lagMs: lateMs });
    });
  }

  private noteSpin(): void {
    const { nowMs } = this.node.time;
    this.spins = this.spinningAtMs === nowMs ? this.spins + 1 : 0;
    this.spinningAtMs = nowMs;
    if (this.spins > 1000) this.trace.violated(this.node, `asks to be woken at ${wakeAtMs(this.state)} again and again`);
  }

  private perform(action: ClientAction): void {
    switch (action.type) {
      case 'send': return this.send(action);
      case 'commit': return this.commit(action);
      case 'abort': return this.abort(action.attemptId);
      case 'fail': return this.fail(action);
      case 'probe': return this.probe(action);
      case 'destroy': return this.destroy(action.targetId);
      case 'event': return this.publish(action.event);
    }
  }

  private send(action: Extract<ClientAction, { type: 'send' }>): void {
    const { requestId, attemptId } = action;
    const waiting = this.waiting.get(requestId);
    const target = this.targets.get(action.targetId);
    if (waiting === undefined || target === undefined) {
      this.trace.violated(this.node, `sends request ${requestId}, which is over, or to ${action.targetId}, which it does not know`);
      return;
    }
    waiting.sent += 1;
    if (waiting.sent > 2) this.trace.violated(this.node, `sends ${requestId} for the ${waiting.sent}. time`);
    if (waiting.sent === 1) waiting.firstSentMs = this.node.time.nowMs;
    else this.trace.resent(this.node, this.upstream, requestId, waiting.firstSentMs);
    if (waiting.sent > 1 && waiting.written && !waiting.request.replayable) this.trace.violated(this.node, `sends ${requestId} again, which may not be`);
    const attempt: Attempt = { requestId, target, call: null as unknown as Call, reply: null };
    this.attempts.set(attemptId, attempt);
    attempt.call = this.network.call(this.node, target, { ...waiting.request, budgetMs: action.budgetMs, avoidZone: action.avoidZone }, {
      written: () => {
        waiting.written = true;
        this.dispatch({ type: 'attempt.written', attemptId });
      },
      replied: (reply) => {
        attempt.reply = reply;
        this.dispatch({ type: 'attempt.responded', attemptId, status: reply.status, retriedBelow: reply.retried !== null, gaveUp: gaveUp(reply.error) });
      },
      failed: (failure) => {
        this.attempts.delete(attemptId);
        this.dispatch({ type: 'attempt.failed', attemptId, failure });
      },
    });
  }

  private commit(action: Extract<ClientAction, { type: 'commit' }>): void {
    const waiting = this.waiting.get(action.requestId);
    const reply = this.attempts.get(action.attemptId)?.reply ?? null;
    if (waiting === undefined || reply === null) {
      this.trace.violated(this.node, `commits ${action.requestId}, which is over or has no response`);
      return;
    }
    this.waiting.delete(action.requestId);
    this.attempts.delete(action.attemptId);
    waiting.done({ ...reply, retried: action.retriedFrom ?? reply.retried });
    this.dispatch({ type: 'attempt.finished', attemptId: action.attemptId });
  }

  private fail(action: Extract<ClientAction, { type: 'fail' }>): void {
    if (action.committed) return;
    const waiting = this.waiting.get(action.requestId);
    if (waiting === undefined) {
      this.trace.violated(this.node, `fails ${action.requestId}, which is over`);
      return;
    }
    this.waiting.delete(action.requestId);
    waiting.done({ status: ERRORS[action.code].status, az: null, retried: action.retriedFrom, bakeMs: null, error: action.code, health: null });
  }

  private abort(attemptId: number): void {
    this.attempts.get(attemptId)?.call.abort();
    this.attempts.delete(attemptId);
  }

  private destroy(targetId: string): void {
    const target = this.targets.get(targetId);
    if (target === undefined) return;
    this.network.closeIdle(this.node, target);
    for (const attempt of this.attempts.values()) {
      if (attempt.target === target) this.trace.violated(this.node, `destroys the sockets to ${targetId} under ${attempt.requestId}`);
    }
  }

  private probe(action: Extract<ClientAction, { type: 'probe' }>): void {
    const { node } = this;
    const target = this.targets.get(action.targetId);
    if (target === undefined) return;
    const sentMs = node.time.nowMs;
    const end = (result: ProbeResult): void => {
      node.clear(timeout);
      this.dispatch({ type: 'probe.finished', probeId: action.probeId, result });
    };
    const timeout = node.timer(sentMs + action.timeoutMs, (lateMs) => {
      if (lateMs > 0) this.dispatch({ type: 'tick', lagMs: lateMs });
      call.abort();
      end({ ok: false, failure: 'timeout', rttMs: node.time.nowMs - sentMs, answer: null });
    });
    const call = this.network.call(node, target, { kind: 'health', key: '', budgetMs: null, replayable: true, avoidZone: null }, {
      written: () => {},
      replied: (reply) => {
        const rttMs = node.time.nowMs - sentMs;
        if (reply.status === 200) end({ ok: true, rttMs, answer: reply.health });
        else end({ ok: false, failure: 'status', rttMs, answer: reply.health });
      },
      failed: () => end({ ok: false, failure: 'refused', rttMs: node.time.nowMs - sentMs, answer: null }),
    }, action.freshConnection);
  }

  private publish(event: BalancerEvent): void {
    const stamped: Omit<StampedEvent, 'seq'> & BalancerEvent = { ...event, atMs: this.node.time.nowMs, balancer: this.node.name, upstream: this.upstream };
    this.trace.published(stamped);
  }
}
