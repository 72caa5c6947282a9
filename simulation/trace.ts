/**
 * What one run leaves behind besides the customers' records: the balancers' events, the re-sends, a hash
 * over every decision (same seed, same hash: the proof that a failing seed replays), and broken promises.
 */
import type { BalancerEvent, StampedEvent } from '#contracts/events.ts';
import type { ClientEvent } from '#policy/messages.ts';
import type { Node } from './node.ts';
import type { VirtualTime } from './virtual-time.ts';

/** A request that a balancer sent a second time. */
export interface Resend {
  atMs: number;
  balancer: string;
  upstream: string;
  requestId: string;
  firstSentMs: number;
}

export class Trace {
  readonly events: StampedEvent[] = [];
  readonly resends: Resend[] = [];
  /** Promises that the policy broke, each with its moment. Empty in a correct run. */
  readonly violations: string[] = [];
  /** Calls of `step`. */
  decisions = 0;
  private readonly time: VirtualTime;
  private hash = 0x811c9dc5;

  constructor(time: VirtualTime) {
    this.time = time;
  }

  decided(node: Node, event: ClientEvent, actions: number): void {
    this.decisions += 1;
    this.mix(Math.round(this.time.nowMs * 1000));
    this.mix(event.type.length * 8 + actions);
    this.mix(node.name.length);
  }

  published(event: BalancerEvent & Omit<StampedEvent, 'seq'>): void {
    this.events.push({ ...event, seq: this.events.length });
  }

  resent(node: Node, upstream: string, requestId: string, firstSentMs: number): void {
    this.resends.push({ atMs: this.time.nowMs, balancer: node.name, upstream, requestId, firstSentMs });
  }

  violated(node: Node, promise: string): void {
    this.violations.push(`${this.time.nowMs.toFixed(3)} ms: ${node.name} ${promise}`);
  }

  /** FNV-1a over every decision so far, eight hexadecimal digits. */
  digest(): string {
    return (this.hash >>> 0).toString(16).padStart(8, '0');
  }

  private mix(value: number): void {
    this.hash = Math.imul(this.hash ^ (value | 0), 0x01000193);
  }
}
