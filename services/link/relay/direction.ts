/**
 * One direction of a connection: reads its source, drives the toxics, writes its destination. Without toxics what was
 * read is written as it is.
 *
 * Back-pressure is real in both senses: toxics without room, or a destination that does not read, stop the reading
 * of the source, so that a connection holds what its toxics may hold and no more. When the way is closed (its end
 * has gone on, or its destination is gone) reading continues and what comes is counted and dropped: a socket that
 * is closed over unread bytes resets its peer, and one that is not read hides that it went away.
 */
import type { Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import { Pipeline } from './pipeline.ts';
import type { RelayToxic } from './relay-toxic.ts';
import type { Chunk, Flow, ToxicCause } from './toxic-kind.ts';

/** Writes in a row, of a slicer's single bytes for example, before other connections have their turn. */
const WRITES_PER_TURN_MAX = 512;

export interface DirectionOptions {
  source: Socket;
  destination: Socket;
  toxics: readonly RelayToxic[];
  clock: Clock;
  /** Uniform in [0, 1). */
  random: () => number;
  onReceived: (bytes: number) => void;
  onSent: (bytes: number) => void;
  onDiscarded: (bytes: number) => void;
  /** Everything up to the end of the stream was written; `cause` as of the toxic that ended it, null if the source did. */
  onEnd: (cause: ToxicCause | null) => void;
}

export class Direction {
  readonly #options: DirectionOptions;
  readonly #pipeline: Pipeline;
  /** Came out of the toxics when the destination had no room. */
  #waiting: Chunk | null = null;
  /** Of the pipeline's discarded bytes, reported. */
  #reportedBytes = 0;
  #isPaused = false;
  /** Nothing is written any more. */
  #isClosed = false;
  #timer: { atMs: number; cancel: () => void } | null = null;
  #isQueued = false;

  constructor(options: DirectionOptions) {
    this.#options = options;
    this.#pipeline = new Pipeline(options.toxics, options.clock.nowMs(), options.random);
  }

  /** From now on it reads. */
  start(): void {
    const { source, destination } = this.#options;
    source.on('data', this.#read);
    destination.on('drain', this.#run);
    source.once('end', () => this.end());
    // It was accepted paused, and a listener alone does not change that.
    source.resume();
    if (source.readableEnded) this.end();
    else this.#run();
  }

  /** Its end has gone on, or its destination is gone. */
  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Bytes that were read and neither written nor dropped. */
  get heldBytes(): number {
    return this.#pipeline.heldBytes + (this.#waiting?.bytes.length ?? 0);
  }

  activeToxics(): string[] {
    return this.#pipeline.activeToxics();
  }

  addToxic(toxic: RelayToxic): void {
    this.#pipeline.add(toxic, this.#options.clock.nowMs());
    this.#run();
  }

  updateToxic(toxic: RelayToxic): void {
    this.#pipeline.update(toxic, this.#options.clock.nowMs());
    this.#run();
  }

  removeToxic(name: string): void {
    this.#pipeline.remove(name);
    this.#run();
  }

  /** The source says nothing more: what was read goes on, then its end. */
  end(): void {
    this.#pipeline.end();
    this.#run();
  }

  /** Nothing can or may be written any more: what is held is dropped. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    const waitingBytes = this.#waiting?.bytes.length ?? 0;
    this.#waiting = null;
    if (waitingBytes > 0) this.#options.onDiscarded(waitingBytes);
    this.#pipeline.drop();
    this.#settle();
  }

  readonly #read = (bytes: Buffer): void => {
    const { clock, destination, onReceived, onDiscarded } = this.#options;
    onReceived(bytes.length);
    if (this.#isClosed) {
      onDiscarded(bytes.length);
    } else if (this.#pipeline.isClear && this.#waiting === null && !destination.writableNeedDrain) {
      this.#write(bytes);
      if (destination.writableNeedDrain) this.#settle();
    } else {
      this.#pipeline.offer(bytes, clock.nowMs());
      this.#run();
    }
  };

  /** Lets everything go on that may. */
  readonly #run = (): void => {
    if (this.#isClosed) return;
    const { clock, destination } = this.#options;
    const nowMs = clock.nowMs();
    for (let writes = 0; writes < WRITES_PER_TURN_MAX; writes += 1) {
      const flow: Flow | null = this.#waiting ?? this.#pipeline.next(nowMs);
      this.#waiting = null;
      if (flow === null) return this.#settle(nowMs);
      if (flow.type === 'end') {
        this.#isClosed = true;
        this.#settle();
        return this.#options.onEnd(flow.cause);
      }
      if (destination.writableNeedDrain) {
        this.#waiting = flow;
        this.#pipeline.fill(nowMs);
        return this.#settle(nowMs);
      }
      this.#write(flow.bytes);
    }
    this.#settle(nowMs);
    if (this.#isQueued) return;
    this.#isQueued = true;
    setImmediate(() => {
      this.#isQueued = false;
      this.#run();
    });
  };

  #write(bytes: Uint8Array): void {
    const { destination, onSent, onDiscarded } = this.#options;
    if (!destination.writable) return onDiscarded(bytes.length);
    onSent(bytes.length);
    destination.write(bytes);
  }

  /**
   * Reports what was lost, reads on or not, and is woken when time changes something.
   * @param nowMs the time at which the toxics were asked: what has come due since would otherwise wake nobody
   */
  #settle(nowMs = this.#options.clock.nowMs()): void {
    const lostBytes = this.#pipeline.discardedBytes - this.#reportedBytes;
    this.#reportedBytes += lostBytes;
    if (lostBytes > 0) this.#options.onDiscarded(lostBytes);
    const { source, destination } = this.#options;
    const mustPause = !this.#isClosed && (this.#pipeline.isFull || (this.#pipeline.isClear && destination.writableNeedDrain));
    if (mustPause !== this.#isPaused) {
      this.#isPaused = mustPause;
      if (mustPause) source.pause();
      else source.resume();
    }
    this.#wakeLater(nowMs);
  }

  #wakeLater(nowMs: number): void {
    const { clock } = this.#options;
    const atMs = this.#isClosed ? Infinity : this.#pipeline.wakeAtMs(nowMs);
    // One that fires too early looks again, which is cheaper than a new timer for each chunk.
    if (this.#timer !== null && this.#timer.atMs <= atMs && atMs !== Infinity) return;
    this.#timer?.cancel();
    this.#timer = null;
    if (atMs === Infinity) return;
    const cancel = clock.after(Math.max(0, atMs - clock.nowMs()), () => {
      this.#timer = null;
      this.#run();
    });
    this.#timer = { atMs, cancel };
  }
}
