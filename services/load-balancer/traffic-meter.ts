/**
 * What passes through the load balancer, counted without a label object per request: one array of buckets
 * per class of status, read when somebody scrapes.
 */
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ErrorCode } from '#contracts/errors.ts';
import { LATENCY_BUCKETS_S, METRIC } from '#contracts/metrics.ts';

/** Counts the requests of one traffic port. */
export class TrafficMeter {
  readonly #observe: readonly ((seconds: number) => void)[];
  readonly #refusals: Counter<'code'>;
  #inFlight = 0;

  constructor(registry: Registry) {
    const registers = [registry];
    const meter = this;
    new Gauge({
      name: METRIC.httpInFlight,
      help: 'Requests that are being answered.',
      registers,
      collect() {
        this.set(meter.#inFlight);
      },
    });
    const duration = new Histogram({
      name: METRIC.httpDuration,
      help: 'Time from the request to the last byte of its answer, in seconds.',
      labelNames: ['route', 'status'],
      buckets: LATENCY_BUCKETS_S,
      registers,
    });
    this.#observe = [0, 1, 2, 3, 4, 5].map((kind) => {
      const child = duration.labels({ route: 'proxied', status: `${kind}xx` });
      return (seconds) => child.observe(seconds);
    });
    this.#refusals = new Counter({
      name: METRIC.httpRefused,
      help: 'Requests that were refused before they had a target, by code of the error catalogue.',
      labelNames: ['code'],
      registers,
    });
  }

  begun(): void {
    this.#inFlight += 1;
  }

  /** An exchange is over. 499 stands for a customer who left. */
  readonly served = (status: number, startedMs: number): void => {
    this.#inFlight -= 1;
    this.#observe[Math.floor(status / 100)]?.((performance.now() - startedMs) / 1000);
  };

  refused(code: ErrorCode): void {
    this.#refusals.inc({ code });
  }
}
