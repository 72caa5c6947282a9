/**
 * `running.json` in a region's state folder: how verbs find a running region. Written when the region
 * serves, removed when it stops; a file whose process is gone counts for nothing.
 */
export interface RunningRegion {
  schema: 'azimuth.running/1';
  region: string;
  body: 'compose' | 'embedded';
  /** Process that stops the region on SIGTERM (embedded: the parent of everything). */
  pid: number;
  /** Which process had that pid (boot of the machine and start tick, Linux only): pids are used again. */
  processStart?: string;
  startedMs: number;
  /** Base of the injector's HTTP API. */
  api: string;
  /** What a person may open, by name: `shop`, `api`. */
  urls: Record<string, string>;
}
