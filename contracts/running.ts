/**
 * How verbs find a running region: `running.json` in its state folder, written when the region serves, removed when it
 * stops; a file whose process is gone counts for nothing. The injector answers the same at `GET /v1/running`, through the controller, which is
 * how a region in containers is found.
 */
import { Type, type Static } from 'typebox';
import { Nullable, WallMs } from './json-types.ts';
import { BodySchema } from './region.ts';

export const RunningRegionSchema = Type.Object({
  schema: Type.Literal('azimuth.running/1'),
  region: Type.String(),
  body: BodySchema,
  pid: Nullable(Type.Integer(), { description: 'Process that stops the region on SIGTERM (embedded: the parent of everything); null where no process of this machine does' }),
  processStart: Type.Optional(Type.String({ description: 'Which process had that pid (boot of the machine and start tick, Linux only): pids are used again' })),
  startedMs: WallMs,
  api: Type.String({ description: "Base of the HTTP API: the controller's" }),
  urls: Type.Record(Type.String(), Type.String(), { description: 'What a person may open, by name: shop, api, and grafana, prometheus where they run' }),
});
export type RunningRegion = Static<typeof RunningRegionSchema>;
