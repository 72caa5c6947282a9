/**
 * A proxied connection: two directions between two sockets, and how they end. Every call is done at once and waits
 * for no peer: a fault that hangs on a peer that does not answer could not be taken back.
 *
 *   end of a stream   passed on as one (half-close); the connection ends with its second. With `fullClose` the first
 *                     closes both sides, which loses the reply to who half-closes: the reference's behaviour
 *   a peer is gone    what was read of it still goes on, then the other side is closed
 *   a toxic closes    both sides, after what was let pass; by reset at once, and with RST
 *   close()           both sides, now
 *
 * Each byte that is received is sent, discarded, or still held; none is held when the connection has closed.
 */
import type { Socket } from 'node:net';
import { systemClock } from '#kit/clock.ts';
import { Direction } from './direction.ts';
import type { RelayToxic, Stream } from './relay-toxic.ts';
import type { ToxicCause } from './toxic-kind.ts';

export type { RelayToxic, Stream } from './relay-toxic.ts';

/** `peer`: one of the two ended or reset it; `error`: the way to one of them broke. */
export type CloseCause = ToxicCause | 'peer' | 'disable' | 'error';

/** What was written may take this long to reach a peer that is being left; the reference's bound. */
const FLUSH_MS_MAX = 5000;
/** What a peer does to a socket; any other error is the way's. */
const PEER_ERRORS = new Set(['ECONNRESET', 'EPIPE']);

export interface RelayOptions {
  /** Both connected, unread, with an error handler of their owner's. They are the relay's from now on. */
  client: Socket;
  upstream: Socket;
  toxics: readonly RelayToxic[];
  fullClose: boolean;
  /** Of this connection: jitter and slicing; uniform in [0, 1). */
  random: () => number;
  onReceived: (stream: Stream, bytes: number) => void;
  onSent: (stream: Stream, bytes: number) => void;
  onDiscarded: (stream: Stream, bytes: number) => void;
  /** Exactly once: both sockets are closed. */
  onClosed: (cause: CloseCause) => void;
}

/** One of the two sockets, with the direction that reads it and the one that writes it. */
interface Side {
  readonly socket: Socket;
  readonly reads: Direction;
  readonly writes: Direction;
  /** Being closed, both ways. */
  isLeft: boolean;
  isClosed: boolean;
}

export class Relay {
  readonly #options: RelayOptions;
  readonly #client: Side;
  readonly #upstream: Side;
  #cause: CloseCause | null = null;
  #isClosed = false;

  constructor(options: RelayOptions) {
    this.#options = options;
    const { client, upstream } = options;
    for (const socket of [client, upstream]) {
      socket.setNoDelay(true);
      // Otherwise Node ends the reply's side by itself.
      socket.allowHalfOpen = true;
    }
    const up = this.#direct('upstream', client, upstream);
    const down = this.#direct('downstream', upstream, client);
    this.#client = { socket: client, reads: up, writes: down, isLeft: false, isClosed: false };
    this.#upstream = { socket: upstream, reads: down, writes: up, isLeft: false, isClosed: false };
    this.#watch(this.#client);
    this.#watch(this.#upstream);
    up.start();
    down.start();
  }

  /** Bytes in memory of this process: held by toxics, or written and not yet taken by the system. */
  get heldBytes(): number {
    return [this.#client, this.#upstream].reduce((sum, { socket, reads }) => sum + reads.heldBytes + socket.writableLength + socket.readableLength, 0);
  }

  /** Names of the toxics that govern this connection, those of the upstream stream first. */
  activeToxics(): string[] {
    return [...this.#client.reads.activeToxics(), ...this.#upstream.reads.activeToxics()];
  }

  addToxic(toxic: RelayToxic): void {
    this.#directionOf(toxic.stream).addToxic(toxic);
  }

  /** Same name, new values; nothing happens to one that is not here. */
  updateToxic(toxic: RelayToxic): void {
    this.#directionOf(toxic.stream).updateToxic(toxic);
  }

  removeToxic(name: string): void {
    for (const { reads } of [this.#client, this.#upstream]) reads.removeToxic(name);
  }

  /** Closes both sides at once, `reset` with RST; what is held is dropped. */
  close(cause: CloseCause): void {
    if (this.#isClosed) return;
    this.#cause ??= cause;
    for (const { socket, reads } of [this.#client, this.#upstream]) {
      reads.close();
      if (cause === 'reset') reset(socket);
      else socket.destroy();
    }
    this.#finish();
  }

  #directionOf(stream: Stream): Direction {
    return stream === 'upstream' ? this.#client.reads : this.#upstream.reads;
  }

  #direct(stream: Stream, source: Socket, destination: Socket): Direction {
    const { toxics, random, onReceived, onSent, onDiscarded } = this.#options;
    return new Direction({
      source,
      destination,
      toxics: toxics.filter((toxic) => toxic.stream === stream),
      clock: systemClock,
      random,
      onReceived: (bytes) => onReceived(stream, bytes),
      onSent: (bytes) => onSent(stream, bytes),
      onDiscarded: (bytes) => onDiscarded(stream, bytes),
      onEnd: (cause) => (stream === 'upstream' ? this.#passEnd(this.#client, this.#upstream, cause) : this.#passEnd(this.#upstream, this.#client, cause)),
    });
  }

  /** Everything that `from` said has been written to `to`. */
  #passEnd(from: Side, to: Side, cause: ToxicCause | null): void {
    if (cause === 'reset') return this.close('reset');
    this.#cause ??= cause;
    if (this.#cause !== null || this.#options.fullClose || from.isClosed) this.#leave(to);
    else to.socket.end();
  }

  /** Closes a side after what was written to it. What it said before that still goes on, and ends the other side. */
  #leave(side: Side): void {
    if (side.isLeft) return;
    side.isLeft = true;
    this.#cause ??= 'peer';
    if (!side.isClosed) {
      const giveUp = setTimeout(() => side.socket.destroy(), FLUSH_MS_MAX);
      giveUp.unref();
      side.socket.once('close', () => clearTimeout(giveUp));
      side.socket.destroySoon();
    }
    side.reads.end();
  }

  #watch(side: Side): void {
    const { socket } = side;
    socket.on('error', (error: NodeJS.ErrnoException) => {
      this.#cause ??= PEER_ERRORS.has(error.code ?? '') ? 'peer' : 'error';
    });
    const gone = (): void => this.#lose(side);
    // One that closed while its relay was being made will not say so again; its owner must first have the relay.
    if (socket.closed) process.nextTick(gone);
    else socket.once('close', gone);
  }

  /** The socket is closed, by whomever: it hears nothing any more. */
  #lose(side: Side): void {
    if (this.#isClosed) return;
    side.isClosed = true;
    const other = side === this.#client ? this.#upstream : this.#client;
    side.writes.close();
    side.reads.end();
    if (other.isClosed) this.#finish();
    // Otherwise the end of what it said closes the other side.
    else if (side.reads.isClosed) this.#leave(other);
  }

  #finish(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const { reads } of [this.#client, this.#upstream]) reads.close();
    this.#options.onClosed(this.#cause ?? 'peer');
  }
}

/** Closes with RST. An end of stream that is just being sent is waited for: libuv resets none then, and keeps the descriptor. */
function reset(socket: Socket): void {
  if (socket.destroyed) return;
  if (socket.writableEnded && !socket.writableFinished && socket.writableLength === 0) socket.once('finish', () => socket.resetAndDestroy());
  else socket.resetAndDestroy();
}
