/**
 * What went through a proxy, counted as it goes: with keep-alive a connection lives for hours, and the
 * reference, which counts at its end, shows nothing all that time. Plain numbers, because they are counted
 * per chunk; whoever exports them reads them when asked.
 */
import type { DialFailure } from './dial.ts';
import type { CloseCause, Stream } from './relay/relay.ts';

/** One proxy at one pair of addresses; totals since it first stood there. */
export interface ProxyTraffic {
  readonly proxy: string;
  /** Address that it really listens on. */
  readonly listener: string;
  readonly upstream: string;
  /** Bytes read from the source of the stream, written to its destination, swallowed by a toxic. */
  readonly received: Record<Stream, number>;
  readonly sent: Record<Stream, number>;
  readonly discarded: Record<Stream, number>;
  accepted: number;
  readonly dialFailures: Record<DialFailure, number>;
  readonly closed: Record<CloseCause, number>;
}

export type TrafficLabels = Pick<ProxyTraffic, 'proxy' | 'listener' | 'upstream'>;

export function createTraffic(labels: TrafficLabels): ProxyTraffic {
  return {
    ...labels,
    received: { upstream: 0, downstream: 0 },
    sent: { upstream: 0, downstream: 0 },
    discarded: { upstream: 0, downstream: 0 },
    accepted: 0,
    dialFailures: { refused: 0, timeout: 0, unresolved: 0, failed: 0 },
    closed: { peer: 0, timeout: 0, limit: 0, reset: 0, disable: 0, 'toxic-removed': 0, error: 0 },
  };
}

/** Keeps what deleted proxies carried, so that totals never fall; kept only where somebody reads it. */
export class TrafficLedger {
  readonly #byLabels = new Map<string, ProxyTraffic>();

  /** A proxy that returns to an address goes on counting where it stopped. */
  open(labels: TrafficLabels): ProxyTraffic {
    const key = JSON.stringify([labels.proxy, labels.listener, labels.upstream]);
    const traffic = this.#byLabels.get(key) ?? createTraffic(labels);
    this.#byLabels.set(key, traffic);
    return traffic;
  }

  all(): Iterable<ProxyTraffic> {
    return this.#byLabels.values();
  }
}
