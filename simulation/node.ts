/**
 * One process of the region in virtual time: it runs, is frozen (SIGSTOP) or is dead (SIGKILL).
 *
 * What the states guard the tests against: a frozen process loses nothing and notices nothing. Its kernel
 * still accepts connections and keeps what arrives; its timers stand still. When it thaws, the timers that
 * were due fire first, late, and then it works through what had queued, exactly in that order (libuv runs
 * timers before sockets). A killed one loses everything and comes back as another boot.
 */
import type { ServiceFaultPlan } from '#contracts/admin.ts';
import { ERRORS } from '#contracts/errors.ts';
import type { HealthAnswer } from '#contracts/health.ts';
import { strike, toldStatus } from '#policy/service-fault.ts';
import type { Call, Reply } from './network.ts';
import type { Planned, VirtualTime } from './virtual-time.ts';

export type NodeState = 'running' | 'frozen' | 'dead';

/** A timer of a process; {@link Node.clear} takes it back. */
export interface NodeTimer {
  dueMs: number;
  planned: Planned | null;
  /** `lateMs`: how long after its due time it runs, 0 unless the process was frozen meanwhile. */
  run: ((lateMs: number) => void) | null;
}

/** What a program does: what {@link Node} runs at every boot. */
export interface Program {
  /** An application request (health checks are answered by the node itself). */
  handle(call: Call): void;
  /** Own part of the health answer. */
  load(): HealthAnswer['load'];
  firstAttempts(): HealthAnswer['firstAttempts'];
}

export class Node {
  readonly time: VirtualTime;
  readonly name: string;
  readonly az: string | null;
  readonly dc: string | null;
  state: NodeState = 'dead';
  /** Refuses connections while false, as a program does before its first round of checks. */
  listening = false;
  /** Grows at every boot and every death: what belongs to another life of the process is void. */
  life = 0;
  /** Calls that others have open to this process, and that it has open to others. */
  readonly inbound = new Set<Call>();
  readonly outbound = new Set<Call>();
  /** Idle keep-alive connections by the node they lead to. */
  readonly idle = new Map<Node, { life: number; count: number }>();
  /** What it was told to do wrong, in virtual time, with its dice; null for nothing. */
  wrong: { plan: ServiceFaultPlan; random: () => number } | null = null;
  private program: Program | null = null;
  private readonly lateTimers: NodeTimer[] = [];
  private inbox: (() => void)[] = [];
  private readonly boot: (node: Node, listen: () => void) => Program;
  private bootId = '';
  private frozenSinceMs = 0;
  private lastLag = { atMs: -Infinity, lagMs: 0 };

  /** @param boot builds the program of a new life and calls `listen` when it can take requests. */
  constructor(time: VirtualTime, place: { name: string; az: string | null; dc: string | null }, boot: (node: Node, listen: () => void) => Program) {
    this.time = time;
    this.name = place.name;
    this.az = place.az;
    this.dc = place.dc;
    this.boot = boot;
  }

  /** Starts the process; no-op unless it is dead. `bootMs`: until its program runs. */
  start(bootMs: number): void {
    if (this.state !== 'dead') return;
    this.state = 'running';
    this.life += 1;
    this.bootId = `${this.name}.${this.life}`;
    this.lastLag = { atMs: -Infinity, lagMs: 0 };
    const { life } = this;
    this.timer(this.time.nowMs + bootMs, () => {
      this.program = this.boot(this, () => {
        if (this.life === life) this.listening = true;
      });
    });
  }

  /** SIGKILL: the kernel closes every socket, and nothing of this life happens any more. */
  die(): void {
    if (this.state === 'dead') return;
    this.state = 'dead';
    this.listening = false;
    this.life += 1;
    this.program = null;
    this.inbox = [];
    this.lateTimers.length = 0;
    this.wrong = null;
    this.idle.clear();
    for (const call of this.inbound) call.calleeDied();
    for (const call of this.outbound) call.callerDied();
    this.inbound.clear();
    this.outbound.clear();
  }

  freeze(): void {
    if (this.state !== 'running') return;
    this.state = 'frozen';
    this.frozenSinceMs = this.time.nowMs;
  }

  thaw(): void {
    if (this.state !== 'frozen') return;
    this.state = 'running';
    this.lastLag = { atMs: this.time.nowMs, lagMs: this.time.nowMs - this.frozenSinceMs };
    const { life } = this;
    for (const timer of this.lateTimers.splice(0)) {
      const { run } = timer;
      timer.run = null;
      if (this.life === life) run?.(this.time.nowMs - timer.dueMs);
    }
    const queued = this.inbox;
    this.inbox = [];
    for (const run of queued) if (this.life === life) run();
  }

  /** Whether this life of the process runs now, so that {@link deliver} would not have to wait. */
  isAwake(life: number): boolean {
    return life === this.life && this.state === 'running';
  }

  /** Runs `run` in the process now, after the thaw, or never (if this life ends before). */
  deliver(life: number, run: () => void): void {
    if (life !== this.life) return;
    if (this.state === 'frozen') this.inbox.push(run);
    else run();
  }

  timer(atMs: number, run: (lateMs: number) => void): NodeTimer {
    const timer: NodeTimer = { dueMs: atMs, planned: null, run };
    const { life } = this;
    timer.planned = this.time.at(atMs, () => {
      if (life !== this.life) return;
      if (this.state === 'frozen') {
        this.lateTimers.push(timer);
        return;
      }
      timer.run = null;
      run(0);
    });
    return timer;
  }

  clear(timer: NodeTimer): void {
    timer.run = null;
    if (timer.planned !== null) this.time.cancel(timer.planned);
  }

  /** What the process does with a request that reached it. */
  receive(call: Call): void {
    if (this.program === null) return;
    const what = call.request.kind === 'health' ? 'check' : 'request';
    const struck = this.wrong === null ? null : strike(this.wrong.plan, what, this.time.nowMs, this.wrong.random);
    if (struck === null) return this.take(call);
    const { waitMs, error } = struck;
    const failure = error === null ? null : { ...this.answer(), status: ERRORS[error.code].status, error: error.code };
    this.timer(this.time.nowMs + waitMs, () => {
      if (call.isAborted) return;
      if (failure !== null && error?.afterWork === true) call.spoil(failure);
      if (failure !== null && error?.afterWork === false) call.respond(failure);
      else this.take(call);
    });
  }

  private take(call: Call): void {
    if (call.request.kind === 'health') call.respond(this.health());
    else this.program?.handle(call);
  }

  private answer(): Reply {
    return { status: 200, az: this.az, retried: null, bakeMs: null, error: null, health: null };
  }

  private health(): Reply {
    const program = this.program!;
    const status = toldStatus(this.wrong?.plan ?? {}, 'ok', this.time.nowMs);
    return {
      ...this.answer(),
      status: status === 'ok' ? 200 : 503,
      health: {
        status,
        instanceId: this.name,
        bootId: this.bootId,
        version: 'simulation',
        eventLoopLagMs: this.time.nowMs - this.lastLag.atMs <= 1000 ? this.lastLag.lagMs : 0,
        load: program.load(),
        firstAttempts: program.firstAttempts(),
      },
    };
  }
}
