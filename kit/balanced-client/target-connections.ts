/**
 * The connections to one target: one undici `Client` each, so that an attempt owns its socket and giving the
 * attempt up costs nobody else anything. The connection that was used last is used first, so that a quiet
 * target keeps few. Idle ones close before the server would, which is what makes the keep-alive race
 * impossible (https://github.com/nodejs/node/issues/27363): 2 s before the time that its `Keep-Alive` header
 * states, after 4 s where it states none. Within the region that is a minute (servers state 72 s), so that
 * the connections of the last peak are still there when the work of a dead AZ arrives all at once: opening
 * them costs more processor time than that work.
 *
 * Connecting is bounded here, because undici's own connect timeout is a coarse timer (lib/util/timers.js,
 * 500 ms): in Docker a dead address takes 3 s to say so.
 */
import { connect, type Socket } from 'node:net';
import { Client, type Dispatcher } from 'undici';
import { startTimeout } from './late-timeout.ts';

const IDLE_MS_MAX = 60_000;
/** Node's servers close after 5 s, and older ones do not say so. */
const IDLE_MS_UNSTATED = 4000;
const CONNECT_TIMEOUT_MS = 250;
/** Response heads larger than this are refused. */
const RESPONSE_HEADER_BYTES_MAX = 64 * 1024;

/** One connection, in use by at most one request. */
export class TargetConnection {
  readonly client: Client;
  readonly #pool: TargetConnections;
  #socket: Socket | null = null;
  idle = false;
  /** The socket reported an error: an end of the response that only the close marks cannot be trusted. */
  broken = false;

  constructor(pool: TargetConnections, origin: string) {
    this.#pool = pool;
    this.client = new Client(origin, {
      pipelining: 1,
      keepAliveTimeout: IDLE_MS_UNSTATED,
      keepAliveMaxTimeout: IDLE_MS_MAX,
      headersTimeout: 0, // the policies own the time
      bodyTimeout: 0,
      maxHeaderSize: RESPONSE_HEADER_BYTES_MAX,
      allowH2: false,
      connect: (options, callback) => this.#connect(options, callback),
    });
  }

  get usable(): boolean {
    return this.#socket !== null && !this.#socket.destroyed && !this.broken;
  }

  /** Destroys the socket, or keeps one that is still connecting from being used. */
  destroy(): void {
    this.#socket?.destroy();
    if (!this.client.destroyed) void this.client.destroy();
  }

  #connect(options: { hostname: string; port?: string | number }, callback: (...args: [null, Socket] | [Error, null]) => void): Socket {
    const socket = connect({ host: options.hostname, port: Number(options.port || 80), noDelay: true, keepAlive: true });
    this.#socket = socket;
    this.broken = false;
    let waiting = true;
    const cancelTimeout = startTimeout(CONNECT_TIMEOUT_MS, () => socket.destroy(new ConnectTimeout()));
    const settle = (error: Error | null): void => {
      if (!waiting) return;
      waiting = false;
      cancelTimeout();
      if (error === null) callback(null, socket);
      else callback(error, null);
    };
    socket.once('connect', () => settle(null));
    socket.on('error', (error) => {
      this.broken = true;
      settle(error);
    });
    socket.once('close', () => {
      settle(new ConnectTimeout());
      this.#pool.forget(this);
    });
    return socket;
  }
}

class ConnectTimeout extends Error {
  readonly code = 'AZ_CONNECT_TIMEOUT';
  constructor() {
    super(`no connection within ${CONNECT_TIMEOUT_MS} ms`);
    this.name = 'ConnectTimeout';
  }
}

export class TargetConnections {
  readonly #origin: string;
  readonly #idle: TargetConnection[] = [];
  readonly #all = new Set<TargetConnection>();
  #retired = false;

  /** @param url `http://host:port` */
  constructor(url: string) {
    this.#origin = url;
  }

  /** A connection of the caller's own until {@link release}. */
  acquire(): TargetConnection {
    for (let connection = this.#idle.pop(); connection !== undefined; connection = this.#idle.pop()) {
      connection.idle = false;
      if (connection.usable) return connection;
      this.discard(connection);
    }
    return this.acquireFresh();
  }

  /** A connection that nobody used before. */
  acquireFresh(): TargetConnection {
    const connection = new TargetConnection(this, this.#origin);
    this.#all.add(connection);
    return connection;
  }

  /** The request is done and its connection may serve another. */
  release(connection: TargetConnection): void {
    if (!this.#all.has(connection)) return;
    if (!connection.usable || this.#retired) return this.discard(connection);
    connection.idle = true;
    this.#idle.push(connection);
  }

  /**
   * As {@link release}, for a connection that a check opened: kept only where no other is idle. Else they add up to
   * dozens per target, each of which is torn down on both sides when the target dies, before anybody hears of it.
   */
  releaseSpare(connection: TargetConnection): void {
    if (this.#idle.length === 0) this.release(connection);
    else this.discard(connection);
  }

  /** Closes the connection, whatever is going on in it. */
  discard(connection: TargetConnection): void {
    this.#all.delete(connection);
    connection.destroy();
  }

  /** An idle connection closed by itself. */
  forget(connection: TargetConnection): void {
    if (!connection.idle) return;
    connection.idle = false;
    const index = this.#idle.indexOf(connection);
    if (index !== -1) this.#idle.splice(index, 1);
    this.discard(connection);
  }

  /** Destroys every socket to the target. The next request opens new ones. */
  destroyAll(): void {
    this.#idle.length = 0;
    for (const connection of this.#all) connection.destroy();
    this.#all.clear();
  }

  /** The target left: what is in flight may finish, idle connections close. */
  retire(): void {
    this.#retired = true;
    for (const connection of this.#idle.splice(0)) this.discard(connection);
  }

  /** Sockets that exist now, for tests and metrics. */
  get size(): number {
    return this.#all.size;
  }
}

export type DispatchHandler = Dispatcher.DispatchHandler;
export type DispatchController = Dispatcher.DispatchController;
