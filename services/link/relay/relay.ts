/**
 * A proxied connection: two directions between two sockets, and how they end. Every call is done at once and waits
 * for no peer; a fault that hangs on a peer that does not answer cannot be taken back.
 *
 * An end of stream is passed on as one (half-close), and the connection ends with both; with `fullClose` the first
 * end of stream closes both sides, as the reference does. Peers that vanish, toxics and `close` end it whole.
 */
import type { Socket } from 'node:net';
import { Direction } from './direction.ts';
import type { RelayToxic, Stream } from './pipeline.ts';

export type { RelayToxic, Stream } from './pipeline.ts';

/** `peer`: one of the two ended it; `error`: it broke. */
export type CloseCause = 'peer' | 'timeout' | 'limit' | 'reset' | 'disable' | 'toxic-removed' | 'error';

/** What was written may take this long to reach a peer that is being left. */
const FLUSH_MS_MAX = 5000;

export interface RelayOptions {
  /** Both connected, with `allowHalfOpen` and an error handler of their owner's. */
  client: Socket;
  upstream: Socket;
  toxics: readonly RelayToxic[];
  fullClose: boolean;
  /** Of this connection: jitter and slicing; uniform in [0, 1). */
  random: () => number;
  onReceived: (stream: Stream, bytes: number) => void;
  onSent: (stream: Stream, bytes: number) => void;
  onDiscarded: (stream: Stream, bytes: number) => void;
  /** Exactly once: both sockets are closed, or closing by themselves. */
  onClosed: (cause: CloseCause) => void;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #directions: Readonly<Record<Stream, Direction>>;
  readonly #open = new Set<Stream>(['upstream', 'downstream']);
  #closed = false;
  #broken = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    const { client, upstream } = options;
    for (const socket of [client, upstream]) socket.setNoDelay(true);
    this.#directions = { upstream: this.#direct('upstream', client, upstream), downstream: this.#direct('downstream', upstream, client) };
    this.#watch(client, 'upstream');
    this.#watch(upstream, 'downstream');
  }

  /** Names of the toxics that its draws made active. */
  activeToxics(): string[] {
    return [...this.#directions.upstream.activeToxics(), ...this.#directions.downstream.activeToxics()];
  }

  addToxic(toxic: RelayToxic): void {
    if (!this.#closed) this.#directions[toxic.stream].addToxic(toxic);
  }

  updateToxic(toxic: RelayToxic): void {
    if (!this.#closed) this.#directions[toxic.stream].updateToxic(toxic);
  }

  removeToxic(name: string): void {
    for (const direction of Object.values(this.#directions)) if (!this.#closed) direction.removeToxic(name);
  }

  /** Both sides end now: by reset for `reset`, else cleanly. */
  close(cause: CloseCause): void {
    if (this.#closed) return;
    this.#closed = true;
    for (const direction of Object.values(this.#directions)) direction.stop();
    for (const socket of [this.#options.client, this.#options.upstream]) {
      if (cause === 'reset') socket.resetAndDestroy();
      else leave(socket);
    }
    this.#options.onClosed(cause);
  }

  #direct(stream: Stream, source: Socket, destination: Socket): Direction {
    const { toxics, random, onReceived, onSent, onDiscarded } = this.#options;
    return new Direction({
      source,
      destination,
      toxics: toxics.filter((toxic) => toxic.stream === stream),
      random,
      onReceived: (bytes) => onReceived(stream, bytes),
      onSent: (bytes) => onSent(stream, bytes),
      onDiscarded: (bytes) => onDiscarded(stream, bytes),
      onEnd: () => this.#end(stream, source, destination),
      onClose: (cause) => this.close(cause),
    });
  }

  #end(stream: Stream, source: Socket, destination: Socket): void {
    this.#open.delete(stream);
    const sourceIsGone = source.destroyed;
    if (this.#options.fullClose || sourceIsGone || this.#open.size === 0) this.close(this.#broken ? 'error' : 'peer');
    else destination.end();
  }

  /** A socket that closed cannot be written to either: what was read of it goes on, then the connection ends. */
  #watch(socket: Socket, readBy: Stream): void {
    socket.once('error', () => {
      this.#broken = true;
    });
    socket.once('close', () => {
      if (this.#closed) return;
      if (this.#open.has(readBy)) this.#directions[readBy].sourceGone();
      else this.close(this.#broken ? 'error' : 'peer');
    });
  }
}

/** Ends a socket after what was written to it; what still comes is read, because closing over it would reset. */
function leave(socket: Socket): void {
  if (socket.destroyed) return;
  const giveUp = setTimeout(() => socket.destroy(), FLUSH_MS_MAX);
  giveUp.unref();
  socket.once('close', () => clearTimeout(giveUp));
  socket.resume();
  socket.end(() => socket.destroy());
}
