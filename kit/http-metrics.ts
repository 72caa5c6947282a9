/**
 * Duration and number of the requests of a traffic port, by route and status. The route is the pattern, not
 * the URL, so that a scanner cannot mint series. One declaration for every server, whoever counts.
 */
import { Gauge, Histogram, type Registry } from 'prom-client';
import type { FastifyInstance } from 'fastify';
import { LATENCY_BUCKETS_S, METRIC } from '#contracts/metrics.ts';
import { HEALTH_PATH } from './health.ts';

/**
 * Registers both metrics of a traffic port.
 * @param inFlight asked at every scrape
 * @returns seconds from a request to the last byte of its answer go in here
 */
export function httpMetrics(registry: Registry, inFlight: () => number): Histogram<'route' | 'status'> {
  const registers = [registry];
  new Gauge({
    name: METRIC.httpInFlight,
    help: 'Requests that are being answered.',
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  return new Histogram({
    name: METRIC.httpDuration,
    help: 'Time from the request to the last byte of its answer, in seconds.',
    labelNames: ['route', 'status'],
    buckets: LATENCY_BUCKETS_S,
    registers,
  });
}

/** Adds the hooks to `app`; health checks are not counted. */
export function measureHttp(app: FastifyInstance, registry: Registry): void {
  let inFlight = 0;
  const duration = httpMetrics(registry, () => inFlight);
  app.addHook('onRequest', (_request, reply, done) => {
    inFlight += 1;
    // `close` comes after an answer and after an abort, exactly once.
    reply.raw.once('close', () => {
      inFlight -= 1;
      const route = reply.request.routeOptions.url ?? 'unknown';
      // 499, as nginx has it: the client left before the answer.
      const status = reply.raw.writableEnded ? reply.raw.statusCode : 499;
      if (route !== HEALTH_PATH) duration.observe({ route, status }, reply.elapsedTime / 1000);
    });
    done();
  });
}
