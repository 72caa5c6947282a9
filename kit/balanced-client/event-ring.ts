/**
 * The last events of a balanced client, numbered so that "what came after" needs no clock. A fault makes
 * tens of events; the ring holds hours of them and bounds what a flapping target can cost.
 */
import type { EventsAnswer } from '#contracts/admin.ts';
import type { BalancerEvent, StampedEvent } from '#contracts/events.ts';

/** One sequence per process, so that the events of its several clients can be merged. */
let lastSeq = 0;

/** Sums of what the ring may have forgotten. */
export interface EventTally {
  /** By target. */
  ejections: Record<string, number>;
  /** By reason. */
  retriesRefused: Record<string, number>;
  /** Every event, by its type and, where the reason is one of a few words, by that. */
  decisions: Record<string, { decision: BalancerEvent['type']; reason: string; count: number }>;
}

/** Decisions whose reason is text that somebody typed, or that have none. */
const WITHOUT_REASON = new Set<BalancerEvent['type']>(['zone.shifted', 'target.probe-failed', 'target.doubted', 'target.returned']);

export class EventRing {
  readonly tally: EventTally = { ejections: {}, retriesRefused: {}, decisions: {} };
  readonly #balancer: string;
  readonly #upstream: string;
  readonly #size: number;
  readonly #events: StampedEvent[] = [];
  #next = 0;
  #overwrittenSeq = 0;

  constructor(balancer: string, upstream: string, size = 5000) {
    this.#balancer = balancer;
    this.#upstream = upstream;
    this.#size = size;
  }

  /** @param atMs wall clock, milliseconds since the epoch */
  add(event: BalancerEvent, atMs: number): StampedEvent {
    lastSeq += 1;
    const { ejections, retriesRefused } = this.tally;
    if (event.type === 'target.ejected') ejections[event.target] = (ejections[event.target] ?? 0) + 1;
    else if (event.type === 'retry.refused') retriesRefused[event.reason] = (retriesRefused[event.reason] ?? 0) + 1;
    this.#tallyDecision(event);
    const stamped: StampedEvent = { ...event, atMs, balancer: this.#balancer, upstream: this.#upstream, seq: lastSeq };
    const overwritten = this.#events[this.#next];
    if (overwritten !== undefined) this.#overwrittenSeq = overwritten.seq;
    this.#events[this.#next] = stamped;
    this.#next = (this.#next + 1) % this.#size;
    return stamped;
  }

  #tallyDecision(event: BalancerEvent): void {
    const decision = event.type;
    const reason = 'reason' in event && !WITHOUT_REASON.has(decision) ? event.reason : '';
    (this.tally.decisions[`${decision} ${reason}`] ??= { decision, reason, count: 0 }).count += 1;
  }

  /** Events numbered above `afterSeq`, oldest first; `nextSeq` is what to ask with next. */
  after(afterSeq: number): EventsAnswer {
    const events = [...this.#events.slice(this.#next), ...this.#events.slice(0, this.#next)].filter((event) => event.seq > afterSeq);
    return { events, nextSeq: events.at(-1)?.seq ?? afterSeq, dropped: this.#overwrittenSeq > afterSeq };
  }
}
