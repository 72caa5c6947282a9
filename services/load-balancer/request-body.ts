/**
 * The body of a customer's request. Up to 64 KiB it is held until complete and sent as one piece, so that it
 * can be sent again and a slow sender occupies no target. A larger one streams from there on, with
 * back-pressure, and is past re-sending once an attempt has begun to write it.
 */
import type { IncomingMessage } from 'node:http';
import { Readable } from 'node:stream';

/** Held for a re-send. */
const HELD_BYTES_MAX = 64 * 1024;

export interface BodyListener {
  /** The body is complete, or too large to be held. */
  onReady(): void;
  /** It passed the limit of this server. */
  onTooLarge(): void;
}

export class RequestBody {
  readonly #request: IncomingMessage;
  readonly #bytesMax: number;
  readonly #listener: BodyListener;
  readonly #held: Buffer[] = [];
  #bytes = 0;
  #complete = false;
  #streaming = false;
  #sink: StreamedBody | null = null;

  /** Begins to read. */
  constructor(request: IncomingMessage, bytesMax: number, listener: BodyListener) {
    this.#request = request;
    this.#bytesMax = bytesMax;
    this.#listener = listener;
    request.on('data', (chunk: Buffer) => this.#onData(chunk));
    request.on('end', () => this.#onEnd());
  }

  /** It is larger than what is held. */
  get streams(): boolean {
    return this.#streaming;
  }

  /** What one attempt sends. */
  source(): Buffer | Readable {
    if (!this.#streaming) return this.#held.length === 1 ? (this.#held[0] as Buffer) : Buffer.concat(this.#held);
    this.#sink = new StreamedBody(this.#held, this.#complete, () => this.#request.resume());
    return this.#sink;
  }

  /** The rest is read and thrown away, so that the connection can serve the next request. */
  discard(): void {
    this.#sink = null;
    this.#held.length = 0;
    this.#request.removeAllListeners('data').removeAllListeners('end').resume();
  }

  #onData(chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > this.#bytesMax) return this.#listener.onTooLarge();
    if (this.#sink !== null) {
      if (!this.#sink.push(chunk)) this.#request.pause();
      return;
    }
    this.#held.push(chunk);
    if (this.#bytes <= HELD_BYTES_MAX) return;
    this.#request.pause();
    this.#streaming = true;
    this.#listener.onReady();
  }

  #onEnd(): void {
    this.#complete = true;
    if (this.#sink !== null) this.#sink.push(null);
    else if (!this.#streaming) this.#listener.onReady();
  }
}

/** The held beginning, then what still arrives. */
class StreamedBody extends Readable {
  readonly #held: readonly Buffer[];
  readonly #complete: boolean;
  readonly #more: () => void;
  #begun = false;

  constructor(held: readonly Buffer[], complete: boolean, more: () => void) {
    super();
    this.#held = held;
    this.#complete = complete;
    this.#more = more;
  }

  override _read(): void {
    if (this.#begun) return this.#more();
    this.#begun = true;
    for (const chunk of this.#held) this.push(chunk);
    if (this.#complete) this.push(null);
  }
}
