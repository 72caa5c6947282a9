// A balanced client without a network or a clock, for tests: time and answers come by hand.
import type { HealthAnswer } from '#contracts/health.ts';
import { step } from './balanced-client.ts';
import { createClient, opinion, wakeAtMs, type ClientOptions } from './client-state.ts';
import type { ClientAction, ClientEvent, TargetSpec } from './messages.ts';
import type { GaveUp } from './retry/gave-up.ts';

/** Drives one client by hand: time moves only by `wait`, probes are answered unless a target is named otherwise. */
export class HandDriven {
  nowMs = 0;
  readonly log: ClientAction[] = [];
  readonly silent = new Set<string>();
  readonly refusing = new Set<string>();
  /** Answer every check with an error status, and requests as ever. */
  readonly sick = new Set<string>();
  readonly answers = new Map<string, Partial<HealthAnswer>>();
  readonly state;
  private dice = 1;
  private readonly probes: { atMs: number; event: ClientEvent }[] = [];

  constructor(options: Partial<ClientOptions> = {}) {
    this.state = createClient({ ownZone: null, targets: targets('az1', 'az2', 'az3'), rescue: true, ...options }, 0);
    this.send({ type: 'tick', lagMs: 0 });
    this.wait(50);
  }

  send(event: ClientEvent): ClientAction[] {
    const actions = step(this.state, event, this.nowMs, () => (this.dice = (this.dice * 16807) % 2147483647) / 2147483647);
    this.log.push(...actions);
    for (const action of actions) {
      if (action.type !== 'probe') continue;
      const { probeId, targetId, timeoutMs } = action;
      const answer: HealthAnswer = {
        status: 'ok', instanceId: targetId, bootId: 'b1', version: '1', eventLoopLagMs: 0, load: null, firstAttempts: null,
        ...this.answers.get(targetId),
      };
      if (this.silent.has(targetId)) {
        this.probes.push({ atMs: this.nowMs + timeoutMs, event: { type: 'probe.finished', probeId, result: { ok: false, failure: 'timeout', rttMs: timeoutMs, answer: null } } });
      } else if (this.refusing.has(targetId)) {
        this.probes.push({ atMs: this.nowMs + 1, event: { type: 'probe.finished', probeId, result: { ok: false, failure: 'refused', rttMs: 1, answer: null } } });
      } else {
        const ok = answer.status === 'ok' && !this.sick.has(targetId);
        const result = ok ? ({ ok, rttMs: 1, answer } as const) : ({ ok, failure: 'status', rttMs: 1, answer } as const);
        this.probes.push({ atMs: this.nowMs + 1, event: { type: 'probe.finished', probeId, result } });
      }
    }
    return actions;
  }

  /** Lets time pass, delivering ticks and probe answers when they are due. */
  wait(ms: number): void {
    const endMs = this.nowMs + ms;
    for (;;) {
      this.probes.sort((a, b) => a.atMs - b.atMs);
      const probe = this.probes[0];
      const nextMs = Math.min(wakeAtMs(this.state), probe?.atMs ?? Infinity);
      if (nextMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, nextMs);
      if (probe !== undefined && probe.atMs <= this.nowMs) this.send((this.probes.shift() as typeof probe).event);
      else this.send({ type: 'tick', lagMs: 0 });
    }
    this.nowMs = endMs;
  }

  request(requestId: string, replayable = true, budgetMs: number | null = 1000, avoidZone: string | null = null): Extract<ClientAction, { type: 'send' }> {
    const actions = this.send({ type: 'request.arrived', requestId, replayable, budgetMs, avoidZone });
    const sent = actions.find((action) => action.type === 'send');
    if (sent === undefined) throw new Error(`nothing was sent: ${JSON.stringify(actions)}`);
    this.send({ type: 'attempt.written', attemptId: sent.attemptId });
    return sent;
  }

  /** The whole answer of an attempt: as the shell does it, what is not committed to is not read on. */
  answer(attemptId: number, status = 200, gaveUp: GaveUp | null = null): ClientAction[] {
    const actions = this.send({ type: 'attempt.responded', attemptId, status, retriedBelow: false, gaveUp });
    if (actions.some((action) => action.type === 'commit')) this.send({ type: 'attempt.finished', attemptId });
    return actions;
  }

  of<T extends ClientAction['type']>(type: T): Extract<ClientAction, { type: T }>[] {
    return this.log.filter((action): action is Extract<ClientAction, { type: T }> => action.type === type);
  }

  events(): string[] {
    return this.of('event').map(({ event }) => event.type);
  }

  states(): Record<string, string> {
    return Object.fromEntries(opinion(this.state, this.nowMs).targets.map((target) => [target.target, target.state]));
  }
}

function targets(...zones: string[]): TargetSpec[] {
  return zones.map((zone) => ({ id: `${zone}-lb`, zone, checkInstance: true }));
}

export const twoPerZone: TargetSpec[] = ['az1', 'az2', 'az3'].flatMap((zone) => ['a', 'b'].map((replica) => ({ id: `${zone}-${replica}`, zone, checkInstance: true })));

/** Sends requests until one goes to the zone; the others are answered. */
export function sendTo(bench: HandDriven, zone: string, replayable = true): Extract<ClientAction, { type: 'send' }> {
  for (let i = 0; i < 200; i++) {
    const sent = bench.request(`to-${zone}-${bench.log.length}`, replayable);
    if (sent.targetId.startsWith(zone)) return sent;
    bench.answer(sent.attemptId);
  }
  throw new Error(`no request went to ${zone}`);
}
