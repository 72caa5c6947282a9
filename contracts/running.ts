/**
 * How verbs find a running region: `running.json` in its state folder, written when the region serves, removed when it
 * stops; a file whose process is gone counts for nothing. The injector answers the same at `GET /v1/running`, through the controller, which is
 * how a region in containers is found.
 */
export interface RunningRegion {
  schema: 'azimuth.running/1';
  region: string;
  body: 'compose' | 'embedded';
  /** Process that stops the region on SIGTERM (embedded: the parent of everything); null where no process of this machine does. */
  pid: number | null;
  /** Which process had that pid (boot of the machine and start tick, Linux only): pids are used again. */
  processStart?: string;
  startedMs: number;
  /** Base of the HTTP API: the controller's. */
  api: string;
  /** What a person may open, by name: `shop`, `api`, and `grafana`, `prometheus` where they run. */
  urls: Record<string, string>;
}
