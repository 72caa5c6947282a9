/**
 * Which experiment runs, and which are remembered. It guards against two experiments on one region, each of which would
 * blame the other's fault on its own; against the one that goes on breaking things for somebody who has left; and against
 * a disk that fills with reports.
 *
 *   running ─ asked to stop, or left alone ─▶ ending ─▶ ended        at most one is not ended
 *
 * An attached run is somebody's who follows its events; when nobody has for {@link ALONE_MS_MAX}, it is aborted. That is
 * also how long whoever asked for it has to begin to follow. Times are milliseconds of one monotonic clock.
 */
export const ALONE_MS_MAX = 5_000;
/** Ended ones that are remembered, the newest. */
export const RUNS_KEPT = 20;

export interface TrackedRun {
  id: string;
  state: 'running' | 'ending' | 'ended';
  attached: boolean;
  listeners: number;
  /** Since when nobody has followed it; null while somebody does. */
  aloneSinceMs: number | null;
}

export interface RunRegistry {
  /** Oldest first. */
  runs: Map<string, TrackedRun>;
  /** Number of the last run; 0 for none. */
  lastRun: number;
}

export type RunRegistryEvent =
  | { type: 'run.asked'; attached: boolean }
  /** It begins to be followed, or is no longer, by one of several. */
  | { type: 'listener.came' | 'listener.left'; id: string }
  | { type: 'stop.asked'; id: string }
  /** Everything that it broke is healed. */
  | { type: 'run.ended'; id: string }
  | { type: 'tick' };

export type RunRegistryAction =
  | { type: 'start'; id: string }
  /** Another has not ended. */
  | { type: 'refuse'; under: string }
  | { type: 'stop'; id: string; reason: 'asked' | 'alone' }
  /** Its report goes. */
  | { type: 'forget'; id: string };

export interface RunRegistryStep {
  actions: RunRegistryAction[];
  /** When to ask again with a tick; null for never. */
  wakeAtMs: number | null;
}

/** @param ended those of an earlier start, oldest first */
export function createRunRegistry(lastRun = 0, ended: readonly string[] = []): RunRegistry {
  return { lastRun, runs: new Map(ended.map((id) => [id, { id, state: 'ended', attached: false, listeners: 0, aloneSinceMs: null }])) };
}

/** The one that has not ended. */
export function underway({ runs }: RunRegistry): TrackedRun | null {
  return [...runs.values()].find(({ state }) => state !== 'ended') ?? null;
}

/** Updates the registry in place. What is said of a run that is not there changes nothing. */
export function stepRuns(registry: RunRegistry, event: RunRegistryEvent, nowMs: number): RunRegistryStep {
  const actions = [...act(registry, event, nowMs), ...stopAlone(registry, nowMs)];
  const run = underway(registry);
  const isWatched = run?.state === 'running' && run.attached && run.aloneSinceMs !== null;
  return { actions, wakeAtMs: isWatched ? (run.aloneSinceMs as number) + ALONE_MS_MAX : null };
}

function act(registry: RunRegistry, event: RunRegistryEvent, nowMs: number): RunRegistryAction[] {
  if (event.type === 'tick') return [];
  if (event.type === 'run.asked') return ask(registry, event.attached, nowMs);
  const run = registry.runs.get(event.id);
  if (run === undefined) return [];
  switch (event.type) {
    case 'listener.came':
      run.listeners += 1;
      run.aloneSinceMs = null;
      return [];
    case 'listener.left':
      run.listeners = Math.max(0, run.listeners - 1);
      if (run.listeners === 0) run.aloneSinceMs = nowMs;
      return [];
    case 'stop.asked':
      if (run.state !== 'running') return [];
      run.state = 'ending';
      return [{ type: 'stop', id: run.id, reason: 'asked' }];
    case 'run.ended':
      run.state = 'ended';
      return forgetOldest(registry);
  }
}

function ask(registry: RunRegistry, attached: boolean, nowMs: number): RunRegistryAction[] {
  const other = underway(registry);
  if (other !== null) return [{ type: 'refuse', under: other.id }];
  registry.lastRun += 1;
  const id = `r${registry.lastRun}`;
  registry.runs.set(id, { id, state: 'running', attached, listeners: 0, aloneSinceMs: nowMs });
  return [{ type: 'start', id }];
}

function stopAlone(registry: RunRegistry, nowMs: number): RunRegistryAction[] {
  const run = underway(registry);
  if (run?.state !== 'running' || !run.attached || run.aloneSinceMs === null || nowMs < run.aloneSinceMs + ALONE_MS_MAX) return [];
  run.state = 'ending';
  return [{ type: 'stop', id: run.id, reason: 'alone' }];
}

function forgetOldest({ runs }: RunRegistry): RunRegistryAction[] {
  const ended = [...runs.values()].filter(({ state }) => state === 'ended');
  return ended.slice(0, Math.max(0, ended.length - RUNS_KEPT)).map(({ id }) => {
    runs.delete(id);
    return { type: 'forget', id };
  });
}
