/**
 * One direction of a connection: reads its source, drives the toxics, writes its destination. Back-pressure is
 * real in both senses: a full stage or a destination that does not read stops the reading of the source, so that a
 * connection holds no more memory than its toxics are allowed.
 */
import type { Socket } from 'node:net';
import { systemClock } from '#kit/clock.ts';
import { Pipeline, type PipelineOutput, type RelayToxic } from './pipeline.ts';
import { data, END } from './toxic-kind.ts';

/** Pacing and limits work on pieces of at most this, as the reference's do. */
const PIECE_BYTES_MAX = 32 * 1024;

export interface DirectionOptions {
  source: Socket;
  destination: Socket;
  toxics: readonly RelayToxic[];
  random: () => number;
  onReceived: (bytes: number) => void;
  onSent: (bytes: number) => void;
  onDiscarded: (bytes: number) => void;
  /** Everything up to the end of the stream has been given to the destination. */
  onEnd: () => void;
  onClose: (cause: 'timeout' | 'limit' | 'reset' | 'toxic-removed') => void;
}

export class Direction {
  readonly #options: DirectionOptions;
  readonly #pipeline: Pipeline;
  #cancelWake: (() => void) | null = null;
  #wakeAtMs = Infinity;
  #ended = false;
  #stopped = false;

  constructor(options: DirectionOptions) {
    this.#options = options;
    this.#pipeline = new Pipeline(options.toxics, systemClock.nowMs(), options.random);
    const { source, destination } = options;
    source.on('data', this.#onData);
    source.once('end', this.#onSourceEnd);
    destination.on('drain', this.#onDrain);
    this.#settle();
  }

  activeToxics(): string[] {
    return this.#pipeline.activeToxics();
  }

  addToxic(toxic: RelayToxic): void {
    this.#pipeline.add(toxic, systemClock.nowMs());
    this.#settle();
  }

  updateToxic(toxic: RelayToxic): void {
    this.#deliver(this.#pipeline.update(toxic, systemClock.nowMs()));
  }

  removeToxic(name: string): void {
    this.#deliver(this.#pipeline.remove(name, systemClock.nowMs()));
  }

  /** The source is gone without a word: what was read of it still goes on, then its end. */
  sourceGone(): void {
    this.#onSourceEnd();
  }

  /** Nothing is read or written any more. */
  stop(): void {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#cancelWake?.();
    this.#options.source.off('data', this.#onData);
    this.#options.source.off('end', this.#onSourceEnd);
    this.#options.destination.off('drain', this.#onDrain);
  }

  readonly #onData = (bytes: Buffer): void => {
    this.#options.onReceived(bytes.length);
    if (this.#pipeline.isEmpty) {
      this.#write(bytes);
      return;
    }
    const nowMs = systemClock.nowMs();
    for (let from = 0; from < bytes.length && !this.#stopped; from += PIECE_BYTES_MAX) {
      this.#deliver(this.#pipeline.push(data(bytes.subarray(from, from + PIECE_BYTES_MAX), nowMs), nowMs));
    }
  };

  readonly #onSourceEnd = (): void => {
    if (this.#ended || this.#stopped) return;
    this.#ended = true;
    this.#deliver(this.#pipeline.push(END, systemClock.nowMs()));
  };

  readonly #onDrain = (): void => this.#settle();

  #deliver(outputs: readonly PipelineOutput[]): void {
    for (const output of outputs) {
      if (this.#stopped) return;
      if (output.type === 'data') this.#write(output.chunk.bytes);
      else if (output.type === 'end') this.#options.onEnd();
      else if (output.type === 'discard') this.#options.onDiscarded(output.bytes);
      else this.#options.onClose(output.cause);
    }
    this.#settle();
  }

  #write(bytes: Buffer): void {
    const { source, destination, onSent } = this.#options;
    if (!destination.writable) return;
    onSent(bytes.length);
    if (!destination.write(bytes)) source.pause();
  }

  /** Reads on or not, and wakes when the toxics want it. */
  #settle(): void {
    if (this.#stopped) return;
    const { source, destination } = this.#options;
    if (this.#pipeline.isFull || destination.writableNeedDrain) source.pause();
    else source.resume();
    const wakeAtMs = this.#pipeline.wakeAtMs;
    if (wakeAtMs === this.#wakeAtMs && this.#cancelWake !== null) return;
    this.#cancelWake?.();
    this.#cancelWake = null;
    this.#wakeAtMs = wakeAtMs;
    if (wakeAtMs === Infinity) return;
    this.#cancelWake = systemClock.after(wakeAtMs - systemClock.nowMs(), this.#onWake);
  }

  readonly #onWake = (): void => {
    this.#cancelWake = null;
    this.#deliver(this.#pipeline.wake(systemClock.nowMs()));
  };
}
