/**
 * One proxy: a listener, its toxics, and the connections that go through it. Starting and stopping are the
 * reference's: once it listens, `listen` is the address it really has; while it is disabled, the text of
 * the request. Stopping closes what is open, toxics stay.
 *
 * Who changes a proxy takes turns (`proxies.ts`); toxics are changed at once, on open connections too.
 */
import { createServer, type Server, type Socket } from 'node:net';
import type { Logger } from 'pino';
import type { Clock } from '#kit/clock.ts';
import { Connection } from './connection.ts';
import type { Dialer } from './dial.ts';
import type { Fields } from './lenient-json.ts';
import { openAt, resolveListen } from './listen-address.ts';
import type { Lookup } from './lookup.ts';
import type { ProxyTraffic, TrafficLabels } from './proxy-traffic.ts';
import { REFUSALS, cannotListen } from './refusal.ts';
import { showHostPort } from './socket-address.ts';
import { readNewToxic, readToxicUpdate, readTtl, showToxic, type Toxic } from './toxic.ts';
import { Toxics } from './toxics.ts';

/** What all proxies of a server share. */
export interface ProxyContext {
  seed: number;
  /** Whether an end of stream closes both directions, as the reference does, or is passed on. */
  fullClose: boolean;
  clock: Clock;
  log: Logger;
  lookup: Lookup;
  dial: Dialer;
  openTraffic: (labels: TrafficLabels) => ProxyTraffic;
}

/** What a proxy is asked to be. */
export interface ProxySpec {
  name: string;
  /** Go's `host:port`; empty for any address and port. */
  listen: string;
  /** Not checked: a bad one closes each client. */
  upstream: string;
  enabled: boolean;
}

export class Proxy {
  readonly name: string;
  readonly #context: ProxyContext;
  readonly #toxics: Toxics;
  readonly #connections = new Set<Connection>();
  #listen: string;
  #upstream: string;
  #server: Server | null = null;
  #retired = false;
  #nextOrdinal = 0;

  /** Disabled until it is started. */
  constructor(spec: Omit<ProxySpec, 'enabled'>, context: ProxyContext) {
    this.name = spec.name;
    this.#listen = spec.listen;
    this.#upstream = spec.upstream;
    this.#context = context;
    this.#toxics = new Toxics(context.clock, (name) => {
      context.log.info({ name: this.name, toxic: name }, 'toxic.expired');
      this.removeToxic(name);
    });
  }

  get spec(): ProxySpec {
    return { name: this.name, listen: this.#listen, upstream: this.#upstream, enabled: this.#server !== null };
  }

  /** As responses carry it. */
  show(): Record<string, unknown> {
    return { ...this.spec, toxics: this.#toxics.listed().map(showToxic) };
  }

  /** A started one stays as it is. @throws Refusal 500 when the address cannot be had; the proxy is disabled then */
  async start(): Promise<void> {
    if (this.#server !== null) return;
    const address = await resolveListen(this.#listen, this.#context.lookup, 'listen tcp: ');
    // Nothing is read before the upstream answers: an end of stream would be over before anybody listened for it.
    const server = createServer({ allowHalfOpen: true, noDelay: true, pauseOnConnect: true });
    const bound = await openAt(server, address);
    if (this.#retired) {
      server.close();
      throw cannotListen('the server is closing');
    }
    this.#server = server;
    this.#listen = bound;
    const traffic = this.#context.openTraffic({ proxy: this.name, listener: bound, upstream: this.#upstream });
    server.on('connection', (client) => this.#accept(client, traffic));
    // Running out of file descriptors fails one accept, not the listener.
    server.on('error', (error) => this.#context.log.error({ name: this.name, reason: error.message }, 'proxy.accept-failed'));
    this.#context.log.info({ name: this.name, proxy: bound, upstream: this.#upstream }, 'proxy.started');
  }

  /** The port is free and every connection closed when this returns. */
  stop(): void {
    if (this.#server === null) return;
    this.#server.close();
    this.#server = null;
    for (const connection of this.#connections) connection.close('disable');
    this.#context.log.info({ name: this.name, proxy: this.#listen, upstream: this.#upstream }, 'proxy.stopped');
  }

  /** Stops for good. */
  retire(): void {
    this.#retired = true;
    this.stop();
    this.#toxics.forget();
  }

  /**
   * Whether this is another address or upstream than it has. A proxy whose port was the system's choice has
   * a port, so that a request for any port differs.
   * @throws Refusal 500 when `listen` cannot be resolved; nothing has changed then
   */
  async differs(listen: string, upstream: string): Promise<boolean> {
    // What it listens on is resolved already: disabling waits for no resolver.
    if (listen === this.#listen && this.#server !== null) return upstream !== this.#upstream;
    const resolved = showHostPort(await resolveListen(listen, this.#context.lookup));
    return resolved !== this.#listen || upstream !== this.#upstream;
  }

  /**
   * A new address or upstream closes what is open, an unchanged one does not.
   * @throws Refusal 500. When the new `listen` makes no sense, nothing has changed. When it cannot be
   * opened, the proxy is disabled with the new text stored: so is the reference's, and its old port may
   * belong to somebody else by now.
   */
  async update({ listen, upstream, enabled }: Omit<ProxySpec, 'name'>): Promise<void> {
    if (await this.differs(listen, upstream)) {
      this.stop();
      this.#listen = listen;
      this.#upstream = upstream;
    }
    if (enabled) await this.start();
    else this.stop();
  }

  toxic(name: string): Toxic {
    const found = this.#toxics.get(name);
    if (found === undefined) throw REFUSALS.toxicNotFound();
    return found;
  }

  /** @returns those of the upstream stream first, each in order of creation */
  listToxics(): Toxic[] {
    return this.#toxics.listed();
  }

  /** @throws Refusal; nothing has changed then */
  addToxic(body: Fields): Toxic {
    const toxic = readNewToxic(body, (name) => this.#toxics.get(name) !== undefined);
    this.#toxics.set(toxic, true);
    for (const connection of this.#connections) connection.addToxic(toxic);
    return toxic;
  }

  /** @throws Refusal; nothing has changed then */
  updateToxic(name: string, body: Fields): Toxic {
    const toxic = readToxicUpdate(this.toxic(name), body);
    this.#toxics.set(toxic, readTtl(body) !== null);
    for (const connection of this.#connections) connection.updateToxic(toxic);
    return toxic;
  }

  /** @throws Refusal 404 */
  removeToxic(name: string): void {
    this.toxic(name);
    this.#toxics.delete(name);
    for (const connection of this.#connections) connection.removeToxic(name);
  }

  removeToxics(): void {
    for (const { name } of this.#toxics.all()) this.removeToxic(name);
  }

  get openConnections(): number {
    return this.#connections.size;
  }

  /** Connections that each of its toxics governs now. */
  governedBy(): Map<string, number> {
    const counts = new Map(this.#toxics.all().map(({ name }) => [name, 0]));
    for (const connection of this.#connections) {
      for (const name of connection.activeToxics()) counts.set(name, (counts.get(name) ?? 0) + 1);
    }
    return counts;
  }

  #accept(client: Socket, traffic: ProxyTraffic): void {
    const { seed, fullClose, dial, log } = this.#context;
    const ordinal = this.#nextOrdinal;
    this.#nextOrdinal += 1;
    traffic.accepted += 1;
    const connection: Connection = new Connection({
      client,
      upstream: traffic.upstream,
      dial,
      who: { seed, proxy: this.name, ordinal },
      fullClose,
      traffic,
      toxics: () => this.#toxics.all(),
      onDialFailed: (failure, detail) => log.warn({ name: this.name, upstream: traffic.upstream, failure, reason: detail }, 'dial.failed'),
      onClosed: () => this.#connections.delete(connection),
    });
    this.#connections.add(connection);
  }
}
