/**
 * The containers of the region as they were last seen: by a list of them every five seconds, and at once when the
 * engine tells that something happened to one. While the driver acts nothing is asked: two dozen questions of an
 * engine that is killing an AZ stretch the kill, and an answer from the middle of it is of no use. One look follows.
 *
 *   poll, event, end of an act ──▶ list ──▶ containers, and details of those that changed
 */
import type { ContainerDetail, ContainerSummary } from './engine-answers.ts';
import type { Engine, EngineEvent } from './engine.ts';
import { byEndpoint } from './containers.ts';

const POLL_MS = 5000;
/** Events come in crowds: `kill`, `die` and a `disconnect` for each network. */
const GATHER_MS = 100;
const FOLLOW_AGAIN_MS = 1000;

type SnapshotEngine = Pick<Engine, 'list' | 'inspect' | 'follow'>;

export class Snapshot {
  readonly #engine: SnapshotEngine;
  readonly #project: string;
  readonly #onLook: () => void;
  readonly #details = new Map<string, { state: string; detail: ContainerDetail }>();
  #containers: ContainerSummary[] = [];
  #byEndpoint = new Map<string, ContainerSummary>();
  #trouble: string | null = 'Docker was not asked yet';
  /** Acts under way, and how many began or ended so far: an answer from before the last change is out of date. */
  #acts = 0;
  #changes = 0;
  #looking: Promise<void> | null = null;
  #next: Promise<void> | null = null;
  #poll: NodeJS.Timeout | null = null;
  #gather: NodeJS.Timeout | null = null;
  #again: NodeJS.Timeout | null = null;
  #unfollow: () => void = () => {};
  #closed = false;

  /** @param onLook after every look that told something, and was not overtaken by an act */
  constructor(engine: SnapshotEngine, project: string, onLook: () => void) {
    this.#engine = engine;
    this.#project = project;
    this.#onLook = onLook;
  }

  /** Begins to follow. */
  open(): void {
    this.#poll = setInterval(() => void this.look(), POLL_MS);
    this.#follow();
  }

  /** Why the containers are not known now; null while they are. */
  get trouble(): string | null {
    return this.#trouble;
  }

  all(): readonly ContainerSummary[] {
    return this.#containers;
  }

  /** By endpoint name. */
  container(name: string): ContainerSummary | undefined {
    return this.#byEndpoint.get(name);
  }

  /** Null until it was inspected in its present state. */
  detail(container: ContainerSummary): ContainerDetail | null {
    const known = this.#details.get(container.id);
    return known?.state === container.state ? known.detail : null;
  }

  /** Looks now. While something is acted on the look is put off, and this resolves at once. Never rejects. */
  look(): Promise<void> {
    if (this.#acts > 0 || this.#closed) return Promise.resolve();
    if (this.#looking === null) {
      this.#looking = this.#look().finally(() => (this.#looking = null));
      return this.#looking;
    }
    // The one under way may have asked before what its caller wants to see.
    this.#next ??= this.#looking.then(() => {
      this.#next = null;
      return this.look();
    });
    return this.#next;
  }

  /** No look during `act`, one after it; until then what it amended counts. */
  async quietly<T>(act: () => Promise<T>): Promise<T> {
    this.#acts += 1;
    this.#changes += 1;
    try {
      return await act();
    } catch (error) {
      // It may have been done all the same; a look tells.
      this.#trouble = messageOf(error);
      throw error;
    } finally {
      this.#acts -= 1;
      this.#changes += 1;
      if (this.#acts === 0) this.#lookSoon();
    }
  }

  /** What an act made of a container, until the next look. */
  amend(name: string, change: Partial<Pick<ContainerSummary, 'state' | 'networks'>>): void {
    const container = this.#byEndpoint.get(name);
    if (container !== undefined) Object.assign(container, change);
  }

  close(): void {
    this.#closed = true;
    for (const timer of [this.#poll, this.#gather, this.#again]) if (timer !== null) clearTimeout(timer);
    this.#unfollow();
  }

  async #look(): Promise<void> {
    const changes = this.#changes;
    try {
      const containers = await this.#engine.list(this.#project);
      if (changes !== this.#changes) return;
      this.#containers = containers;
      this.#byEndpoint = byEndpoint(containers);
      this.#trouble = null;
      await this.#inspectChanged();
      // What began meanwhile is followed by a look of its own; to whoever started a container, this one would show it dead.
      if (changes !== this.#changes) return;
    } catch (error) {
      this.#trouble = messageOf(error);
    }
    this.#onLook();
  }

  async #inspectChanged(): Promise<void> {
    const ids = new Set(this.#containers.map(({ id }) => id));
    for (const id of this.#details.keys()) if (!ids.has(id)) this.#details.delete(id);
    const unknown = [...this.#byEndpoint.values()].filter((container) => this.detail(container) === null);
    await Promise.all(unknown.map(async ({ id, state }) => {
      // One that was removed a moment ago is none of ours any more.
      const detail = await this.#engine.inspect(id).catch(() => null);
      if (detail !== null) this.#details.set(id, { state, detail });
    }));
  }

  #follow(): void {
    this.#unfollow = this.#engine.follow({
      // What happened before is told by nobody.
      onOpen: () => this.#lookSoon(),
      onEvent: (event) => this.#heard(event),
      onEnd: () => {
        if (!this.#closed) this.#again = setTimeout(() => this.#follow(), FOLLOW_AGAIN_MS);
      },
    });
  }

  #heard({ action, container }: EngineEvent): void {
    const isOurs = this.#containers.some(({ id }) => id === container);
    // One that is new is anybody's; the list tells.
    if (!isOurs && action !== 'create' && action !== 'start') return;
    if (action === 'start' || action === 'die') this.#details.delete(container);
    this.#lookSoon();
  }

  #lookSoon(): void {
    if (this.#acts > 0 || this.#closed) return;
    this.#gather ??= setTimeout(() => {
      this.#gather = null;
      void this.look();
    }, GATHER_MS);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
