/**
 * The controller's API without a port: what people ask of the region, passed on to the injector; runs of experiments, which
 * are executed here; and the events of both. It holds no lease of its own beyond those of the run that it executes.
 */
import type { NetworkAddress } from '#contracts/region.ts';
import type { HttpServer } from '#kit/http-server.ts';
import { createGuardedServer, type GuardOptions } from '../api/guarded-server.ts';
import { serveEvents, type EventSources } from './event-routes.ts';
import { forwardRoutes } from './forwarding.ts';
import { describeApi, serveOpenApi } from './openapi.ts';
import type { ReportStore } from './report-store.ts';
import { serveRuns } from './run-routes.ts';

export interface ControllerOptions extends GuardOptions, EventSources {
  injector: NetworkAddress;
  reports: ReportStore;
  version: string;
}

export function createController({ injector, reports, version, keeper, events, watch, ...guard }: ControllerOptions): HttpServer {
  const app = createGuardedServer(guard);
  describeApi(app, version);
  // In a plugin of their own, so that the one that draws the document has seen its options before it sees them.
  void app.register((routes: HttpServer, _options, done) => {
    forwardRoutes(routes, injector);
    serveRuns(routes, keeper, reports);
    serveEvents(routes, { keeper, events, watch });
    serveOpenApi(routes);
    done();
  });
  return app;
}
