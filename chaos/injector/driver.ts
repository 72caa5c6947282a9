/**
 * What the injector can do to a body of the region. A body is one driver behind this interface; no other
 * code knows whether a replica is a local process or a container. The driver knows names and acts; which
 * names a fault means, who holds them and until when is decided above it.
 *
 * States of a component: `dead → starting → running ⇄ frozen`, and from each of them back to `dead`. Where the body has
 * networks, one that runs can also be `detached` from them.
 */
import type { ComponentStatus, RegionStatus } from '#contracts/region-status.ts';

export interface ComponentState {
  /** Endpoint name. */
  name: string;
  state: ComponentStatus['state'];
  pid: number | null;
  /** How it ended, where it ended by itself or could not start; null while it runs or after a kill of ours. */
  death: string | null;
}

export interface Usage {
  /** See ComponentStatus. */
  memoryBytes: number | null;
  /** Bytes; null where nothing limits it. */
  memoryLimitBytes: number | null;
  /** Share of one core over the last few seconds; null until two samples exist. */
  cpuShare: number | null;
}

/** When the driver acted, wall clock in milliseconds since the epoch. */
export interface Acted {
  atMs: number;
}

export interface StartOptions {
  /** Leave the processor to those who serve: lower priority until the component is ready, where that can be undone. */
  gently?: boolean;
}

export interface Driver {
  readonly body: RegionStatus['body'];
  /** What the region's description names but this body cannot run, each with its reason. */
  readonly leavesOut: readonly { name: string; reason: string }[];
  /** How many components may restart at once beside a region under load. */
  readonly restartsAtOnce: number;
  /** Looks anew, where `components` tells what was seen last. @returns why that cannot be seen, one sentence; else null */
  look(): Promise<string | null>;
  /** Every component by inspection, in the description's order: also what others stopped is seen. */
  components(): ComponentState[];
  /** Starts a dead component; resolves when it is ready. Nothing happens to one that runs. Rejects with StartFailure. */
  start(name: string, options?: StartOptions): Promise<void>;
  /** Kills as a crash would: no signal that could be handled. Resolves when it is gone. Nothing happens to a dead one. */
  kill(name: string): Promise<Acted>;
  /** Stops it in the middle of whatever it does; its sockets stay open. Nothing happens to a dead one. */
  freeze(name: string): Promise<Acted>;
  /** Why nothing can be detached here, one sentence; null where it can. */
  readonly detachRefusal: string | null;
  /** Takes it off every network at once: what it says is heard no more, and its peers see neither FIN nor RST. `start` and `thaw` give back what it had. */
  detach(name: string): Promise<Acted>;
  /** How what runs differs from the description, one sentence each. */
  differences(): string[];
  /** Lets a frozen component go on, back on its networks, and resolves when it answers again; harmless for one that is not frozen. Rejects when it stays silent. */
  thaw(name: string): Promise<Acted>;
  usage(): Promise<Map<string, Usage>>;
  /** Stops everything; drained, unless `hard`. A second call with `hard` cuts the first one short. */
  close(options?: { hard?: boolean }): Promise<void>;
}

/** Names of the components that are dead, as they were seen last. */
export function deadOf(driver: Pick<Driver, 'components'>): ReadonlySet<string> {
  return new Set(driver.components().filter(({ state }) => state === 'dead').map(({ name }) => name));
}

/** A component that did not become ready: its name, what is wrong, and the end of its log. */
export class StartFailure extends Error {
  readonly component: string;
  readonly log: readonly string[];

  constructor(component: string, what: string, log: readonly string[]) {
    super(`${component} ${what}`);
    this.name = 'StartFailure';
    this.component = component;
    this.log = log;
  }
}
