/**
 * Makes a Fastify program do wrong as it was told (`service-faults.ts`): late, with an error at once, or with an error
 * in place of what the work gave. Health checks on the traffic port are struck as well; the admin port never is.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ServiceFaultPlanSchema, type ServiceFaultPlan, type ServiceFaultPlanAnswer } from '#contracts/admin.ts';
import { AzimuthError } from '#contracts/errors.ts';
import { HEADER } from '#contracts/headers.ts';
import { bodyOf } from './error-answers.ts';
import { HEALTH_PATH } from './health.ts';
import type { HttpServer } from './http-server.ts';
import type { ServiceFaults } from './service-faults.ts';

/** Adds the hooks to the traffic port; to be called behind those that measure and mark its answers. */
export function injectFaults(app: FastifyInstance, faults: ServiceFaults): void {
  const spoiled = new WeakMap<FastifyRequest, AzimuthError>();
  app.addHook('onRequest', (request, reply, done) => {
    const strike = faults.strike(request.routeOptions.url === HEALTH_PATH ? 'check' : 'request');
    if (strike === null) return done();
    const error = strike.error === null ? null : new AzimuthError(strike.error.code);
    const goOn = (): void => {
      // A caller that left while it waited wants nothing any more.
      if (reply.raw.destroyed) return;
      if (error !== null && strike.error?.afterWork === false) return done(error);
      if (error !== null) spoiled.set(request, error);
      done();
    };
    if (strike.waitMs === 0) goOn();
    else faults.wait(strike.waitMs, goOn);
  });
  app.addHook('onSend', (request, reply, payload, done) => {
    const error = spoiled.get(request);
    // What failed by itself stays as it is.
    if (error === undefined || reply.statusCode >= 500) return done(null, payload);
    reply.code(error.statusCode).header(HEADER.error, error.code);
    done(null, JSON.stringify(bodyOf(error)));
  });
}

/** Adds `GET /faults` and `PUT /faults` to the admin port. */
export function serveFaultPlan(app: HttpServer, faults: ServiceFaults): void {
  app.get('/faults', (): ServiceFaultPlan => faults.current());
  app.put('/faults', { schema: { body: ServiceFaultPlanSchema } }, (request): ServiceFaultPlanAnswer => ({ replaced: faults.replace(request.body) }));
}
