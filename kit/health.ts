/**
 * The health of one process as it answers it on `/healthz`: shallow on purpose, because a deep check over a
 * shared dependency ejects a whole fleet at once. Draining is the first step of a shutdown: checks fail
 * with 503 while requests are still served.
 */
import type { FastifyInstance } from 'fastify';
import type { HealthAnswer } from '#contracts/health.ts';
import { eventLoopLagMs } from './event-loop-lag.ts';
import type { Instance } from './instance.ts';
import type { ServiceFaults } from './service-faults.ts';

export const HEALTH_PATH = '/healthz';

export interface Health {
  answer(): HealthAnswer;
  /** Answers 503 from now on. There is no way back. */
  drain(): void;
  readonly draining: boolean;
}

/** What only some programs have to tell, asked at every check. */
export interface HealthSources {
  load?: () => HealthAnswer['load'];
  firstAttempts?: () => HealthAnswer['firstAttempts'];
}

export function createHealth(instance: Pick<Instance, 'id' | 'bootId' | 'version'>, sources: HealthSources = {}): Health {
  let draining = false;
  eventLoopLagMs();
  return {
    answer: () => ({
      status: draining ? 'draining' : 'ok',
      instanceId: instance.id,
      bootId: instance.bootId,
      version: instance.version,
      eventLoopLagMs: Math.round(eventLoopLagMs() * 10) / 10,
      load: sources.load?.() ?? null,
      firstAttempts: sources.firstAttempts?.() ?? null,
    }),
    drain: () => {
      draining = true;
    },
    get draining() {
      return draining;
    },
  };
}

/**
 * Adds `GET /healthz`: 200, or 503 while draining. From then on every answer also closes its connection: a
 * client that is told cannot race the close, and no idle connection keeps the server from ending.
 * @param faults of a traffic port, where a program that was told to lies
 */
export function serveHealth(app: FastifyInstance, health: Health, faults?: ServiceFaults): void {
  app.addHook('onSend', (_request, reply, payload, done) => {
    if (health.draining) reply.header('connection', 'close');
    done(null, payload);
  });
  app.get(HEALTH_PATH, (_request, reply) => {
    const truth = health.answer();
    const answer = faults?.told(truth) ?? truth;
    reply.code(answer.status === 'ok' ? 200 : 503).header('cache-control', 'no-store').send(answer);
  });
}
