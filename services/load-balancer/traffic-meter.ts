/**
 * What passes through the load balancer, counted without a label object per request: one array of buckets
 * per class of status, read when somebody scrapes.
 */
import { Counter, type Registry } from 'prom-client';
import type { ErrorCode } from '#contracts/errors.ts';
import { METRIC } from '#contracts/metrics.ts';
import { httpMetrics } from '#kit/http-metrics.ts';

/** Counts the requests of one traffic port. */
export class TrafficMeter {
  readonly #observe: readonly ((seconds: number) => void)[];
  readonly #refusals: Counter<'code'>;
  #inFlight = 0;

  constructor(registry: Registry) {
    const duration = httpMetrics(registry, () => this.#inFlight);
    this.#observe = [0, 1, 2, 3, 4, 5].map((kind) => {
      const child = duration.labels({ route: 'proxied', status: `${kind}xx` });
      return (seconds) => child.observe(seconds);
    });
    this.#refusals = new Counter({
      name: METRIC.httpRefused,
      help: 'Requests that were refused before they had a target, by code of the error catalogue.',
      labelNames: ['code'],
      registers: [registry],
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
