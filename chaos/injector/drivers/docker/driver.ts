/**
 * The body in containers: every component is a container of the Compose project that has the region's name, found by
 * its labels. The engine does what is asked and this file says when it happened; whoever holds a fault is above. Its
 * end changes nothing in the region.
 */
import type { Endpoint, Region } from '#contracts/region.ts';
import { StartFailure, type Acted, type ComponentState, type Driver, type Usage } from '../../driver.ts';
import { readyQuestions, waitUntilReady } from '../../readiness.ts';
import { watchDeath } from './death-watch.ts';
import { PASSING, deathOf, differencesOf, engineNetwork, missingPlaces, stateOf } from './containers.ts';
import { EngineFailure, type Engine, type Place } from './engine.ts';
import type { ContainerSummary } from './engine-answers.ts';
import { Snapshot } from './snapshot.ts';
import { ContainerUsage } from './usage.ts';

const OPENING_LOOKS = 3;
const LOOK_AGAIN_MS = 1000;
const READY_LIMIT_MS = 30_000;
/** Whoever goes on has every timer that it missed to work off. */
const THAWED_LIMIT_MS = 5000;
const LOG_LINES = 20;
/** A clock of another machine (a virtual one that slept) is worth less than our own. */
const CLOCKS_APART_MS_MAX = 1000;

export class DockerDriver implements Driver {
  readonly body = 'compose' as const;
  readonly leavesOut = [];
  readonly restartsAtOnce = 2;
  readonly detachRefusal = null;
  readonly #region: Region;
  readonly #engine: Engine;
  readonly #snapshot: Snapshot;
  readonly #usage: ContainerUsage;
  readonly #endpoints: readonly Endpoint[];
  readonly #starting = new Map<string, { done: Promise<void>; died: AbortController }>();
  /** Killed here: how such a one ended is no news. */
  readonly #killed = new Set<string>();

  constructor(region: Region, engine: Engine) {
    this.#region = region;
    this.#engine = engine;
    this.#snapshot = new Snapshot(engine, region.region, () => this.#endHopeless());
    this.#usage = new ContainerUsage(engine);
    this.#endpoints = region.endpoints.filter(({ role }) => !PASSING.includes(role));
  }

  /** Looks for the first time, three times if need be, and follows from then on. Rejects when the engine cannot be asked. */
  async open(): Promise<void> {
    for (let attempt = 1; attempt <= OPENING_LOOKS; attempt += 1) {
      // An engine that starts two dozen containers may be slow to answer.
      if (attempt > 1) await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
      if ((await this.look()) === null) return this.#snapshot.open();
    }
    throw new Error(this.#snapshot.trouble ?? 'Docker was not asked');
  }

  async look(): Promise<string | null> {
    await this.#snapshot.look();
    return this.#snapshot.trouble;
  }

  /** Observers that have no container were left out on purpose, and are none. */
  components(): ComponentState[] {
    return this.#endpoints.flatMap((endpoint) => {
      const { name, role } = endpoint;
      const container = this.#snapshot.container(name);
      if (container === undefined && role === 'observer') return [];
      const detail = container === undefined ? null : this.#snapshot.detail(container);
      const state = this.#starting.has(name) ? 'starting' : stateOf(this.#region.region, endpoint, container);
      return [{ name, state, pid: state === 'dead' ? null : (detail?.pid ?? null), death: this.#killed.has(name) ? null : deathOf(container, detail) }];
    });
  }

  start(name: string): Promise<void> {
    const under = this.#starting.get(name);
    if (under !== undefined) return under.done;
    const container = this.#snapshot.container(name);
    if (container?.state === 'running' || container?.state === 'paused') return Promise.resolve();
    const died = new AbortController();
    const done = this.#boot(this.#endpoint(name), died.signal).finally(() => this.#starting.delete(name));
    this.#starting.set(name, { done, died });
    return done;
  }

  /**
   * The engine answers when it has tidied up; the connection that is held to it says when it was gone. The networks that it had left
   * it gets back at once: the dead are not heard, and Compose, if it starts them next, knows nothing of what was taken.
   */
  async kill(name: string): Promise<Acted> {
    const endpoint = this.#endpoint(name);
    const container = this.#require(name);
    return this.#snapshot.quietly(async () => {
      const at = readyQuestions(this.#region, endpoint)[0]?.at;
      const watch = at === undefined ? null : await watchDeath(at);
      const sentMs = Date.now();
      await this.#engine.kill(container.id).catch((error: unknown) => {
        watch?.close();
        throw error;
      });
      const answeredMs = Date.now();
      const heardMs = watch?.endedMs ?? null;
      watch?.close();
      this.#killed.add(name);
      this.#snapshot.amend(name, { state: 'exited' });
      const atMs = heardMs ?? (await this.#finishedMs(container.id, sentMs, answeredMs));
      const dead = this.#require(name);
      // Whoever starts it tries again.
      await this.#join(endpoint, dead, missingPlaces(this.#region.region, endpoint, dead)).catch(() => undefined);
      return { atMs };
    });
  }

  /** `atMs` is when the engine had done it: at most some milliseconds late, so that a skew is rather over- than understated. */
  async freeze(name: string): Promise<Acted> {
    const container = this.#require(name);
    return this.#snapshot.quietly(async () => {
      await this.#engine.pause(container.id);
      if (container.state === 'running') this.#snapshot.amend(name, { state: 'paused' });
      return { atMs: Date.now() };
    });
  }

  /** Where it is called first: else it could still refuse a caller what it can no longer pass on. `atMs` is when it had left the first network. */
  async detach(name: string): Promise<Acted> {
    const container = this.#require(name);
    const listening = this.#addressesOf(name);
    const places = [...this.#endpoint(name).networks].sort((a, b) => Number(listening.has(b.address)) - Number(listening.has(a.address)));
    return this.#snapshot.quietly(async () => {
      let atMs: number | null = null;
      for (const { name: network } of places) {
        await this.#leave(name, container.id, engineNetwork(this.#region.region, network));
        atMs ??= Date.now();
      }
      return { atMs: atMs ?? Date.now() };
    });
  }

  async thaw(name: string): Promise<Acted> {
    const endpoint = this.#endpoint(name);
    const container = this.#require(name);
    const missing = missingPlaces(this.#region.region, endpoint, container);
    const isPaused = container.state === 'paused';
    const isHeld = isPaused || (container.state === 'running' && missing.length > 0);
    const isLink = endpoint.role === 'link';
    if (!isHeld && (container.state !== 'running' || !isLink)) return { atMs: Date.now() };
    if (isHeld) {
      await this.#snapshot.quietly(async () => {
        await this.#join(endpoint, container, missing);
        if (!isPaused) return;
        await this.#engine.unpause(container.id);
        this.#snapshot.amend(name, { state: 'running' });
      });
    }
    const atMs = Date.now();
    const answer = await waitUntilReady(readyQuestions(this.#region, endpoint), THAWED_LIMIT_MS, new AbortController().signal);
    if (answer === null) return { atMs };
    if (!isLink) throw new Error(`goes on but ${answer}`);
    // One that Compose started while it was off its networks listens nowhere, and does not try again.
    await this.kill(name);
    await this.start(name);
    return { atMs: Date.now() };
  }

  differences(): string[] {
    const { trouble } = this.#snapshot;
    return [...(trouble === null ? [] : [`What is shown may be out of date: ${trouble}`]), ...differencesOf(this.#region, this.#snapshot.all())];
  }

  usage(): Promise<Map<string, Usage>> {
    const running = this.#endpoints.flatMap(({ name }) => {
      const container = this.#snapshot.container(name);
      if (container === undefined || (container.state !== 'running' && container.state !== 'paused')) return [];
      const detail = this.#snapshot.detail(container);
      return [{ name, id: container.id, pid: detail?.pid ?? null, memoryLimitBytes: detail?.memoryLimitBytes ?? null }];
    });
    return this.#usage.of(running);
  }

  /** Port of this machine under which a component's port is published; null where it is not. */
  publishedPort(name: string, port: number): number | null {
    return this.#snapshot.container(name)?.published.get(port) ?? null;
  }

  /** Whether Compose has yet to make its container, or to start it for the first time. */
  awaitsCompose(name: string): boolean {
    const container = this.#snapshot.container(name);
    return container === undefined || container.state === 'created';
  }

  /** Stops to look. What runs goes on. */
  async close(): Promise<void> {
    this.#snapshot.close();
  }

  async #boot(endpoint: Endpoint, died: AbortSignal): Promise<void> {
    const { name } = endpoint;
    const container = this.#snapshot.container(name);
    if (container === undefined) throw new StartFailure(name, 'has no container; "docker compose up -d" makes one', []);
    try {
      await this.#snapshot.quietly(async () => {
        await this.#join(endpoint, container, missingPlaces(this.#region.region, endpoint, container));
        await this.#engine.start(container.id);
        this.#killed.delete(name);
        // The engine starts nothing whose networks it cannot give.
        const networks = [...(this.#snapshot.container(name)?.networks ?? [])].map(([network, at]) => [network, { ...at, live: true }] as const);
        this.#snapshot.amend(name, { state: 'running', networks: new Map(networks) });
      });
    } catch (error) {
      throw new StartFailure(name, `could not be started: ${error instanceof Error ? error.message : String(error)}`, []);
    }
    const answer = await waitUntilReady(readyQuestions(this.#region, endpoint), READY_LIMIT_MS, died);
    if (answer === null) return;
    const log = await this.#engine.log(container.id, LOG_LINES).catch(() => []);
    if (died.aborted) throw new StartFailure(name, deathOf(this.#snapshot.container(name), this.#detail(name)) ?? 'ended while it started', log);
    throw new StartFailure(name, `was not ready within ${READY_LIMIT_MS / 1000} s: it ${answer}`, log);
  }

  /** As the engine has it, of one that nobody could hear. */
  async #finishedMs(id: string, sentMs: number, answeredMs: number): Promise<number> {
    const finishedMs = (await this.#engine.inspect(id).catch(() => null))?.finishedMs ?? null;
    const isPlausible = finishedMs !== null && finishedMs >= sentMs - CLOCKS_APART_MS_MAX && finishedMs <= answeredMs + CLOCKS_APART_MS_MAX;
    return isPlausible ? finishedMs : answeredMs;
  }

  /** Address and names exactly as described: the engine forgot both when it left. */
  async #join({ name }: Endpoint, container: ContainerSummary, places: readonly Place[]): Promise<void> {
    for (const { name: network, address, aliases } of places) {
      const known = engineNetwork(this.#region.region, network);
      // Under another address, or under its own without an interface, it must leave first.
      if (container.networks.has(known)) await this.#leave(name, container.id, known);
      await this.#engine.connect(known, container.id, { address, aliases: [container.name, name, ...aliases] });
      this.#snapshot.amend(name, { networks: new Map(this.#snapshot.container(name)?.networks).set(known, { address, live: true }) });
    }
  }

  async #leave(name: string, id: string, network: string): Promise<void> {
    if (this.#snapshot.container(name)?.networks.has(network) !== true) return;
    await this.#engine.disconnect(network, id).catch((error: unknown) => {
      // By hand, since the last look.
      if (!(error instanceof EngineFailure) || !/is not connected/.test(error.message)) throw error;
    });
    const left = new Map(this.#snapshot.container(name)?.networks);
    left.delete(network);
    this.#snapshot.amend(name, { networks: left });
  }

  /** A component that ended while it was waited for is not waited for. */
  #endHopeless(): void {
    for (const [name, { died }] of this.#starting) {
      const container = this.#snapshot.container(name);
      if (container?.state === 'exited' || container?.state === 'dead') died.abort();
    }
    for (const name of this.#killed) if (this.#snapshot.container(name)?.state === 'running') this.#killed.delete(name);
  }

  /** Where others call it. */
  #addressesOf(name: string): ReadonlySet<string> {
    const { address } = this.#endpoint(name);
    const link = this.#region.links.find((one) => one.name === name);
    return new Set([...(address === null ? [] : [address.host]), ...(link?.proxies.map(({ listen }) => listen.host) ?? [])]);
  }

  #detail(name: string): ReturnType<Snapshot['detail']> {
    const container = this.#snapshot.container(name);
    return container === undefined ? null : this.#snapshot.detail(container);
  }

  #require(name: string): ContainerSummary {
    const container = this.#snapshot.container(this.#endpoint(name).name);
    if (container === undefined) throw new Error(this.#snapshot.trouble ?? `${name} has no container; "docker compose up -d" makes one`);
    return container;
  }

  #endpoint(name: string): Endpoint {
    const endpoint = this.#endpoints.find((one) => one.name === name);
    if (endpoint === undefined) throw new RangeError(`the region has no component "${name}"`);
    return endpoint;
  }
}
