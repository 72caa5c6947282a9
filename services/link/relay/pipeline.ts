/**
 * The toxics of one direction of one connection, in the order in which they were made. Each takes from the one before
 * it while it has room, the first from what was read. Guards against lost, doubled and reordered bytes while toxics
 * come, go and change under traffic, and against memory that a peer can fill.
 *
 *   offer ──▶ inbox ──▶ stage ──▶ stage ──▶ next
 *
 * An end of stream, a toxic's too, travels behind what was let pass before it; what comes after it reaches nobody.
 */
import { HeldQueue } from './held-queue.ts';
import type { RelayToxic } from './relay-toxic.ts';
import { Stage } from './stage.ts';
import { END, type Flow } from './toxic-kind.ts';

/** Pacing and limits work on chunks of at most this, as the reference's do. */
const CHUNK_BYTES_MAX = 32 * 1024;
/** What the stages hold together, give or take a chunk for each. */
const HELD_BYTES_MAX = 16 * 1024 * 1024;

export class Pipeline {
  readonly #random: () => number;
  readonly #inbox = new HeldQueue();
  #stages: Stage[] = [];
  /** Nothing more comes in: the source ended, or a toxic has closed. */
  #isClosed = false;
  /** The end has come out. */
  #isOver = false;
  #discardedBytes = 0;

  constructor(toxics: readonly RelayToxic[], nowMs: number, random: () => number) {
    this.#random = random;
    for (const toxic of toxics) this.add(toxic, nowMs);
  }

  /** What is offered would come out at once and unchanged. */
  get isClear(): boolean {
    return !this.#isClosed && this.#inbox.length === 0 && this.#stages.every((stage) => stage.isClear);
  }

  /** What was offered is waiting for room: offer no more. */
  get isFull(): boolean {
    return this.#inbox.length > 0;
  }

  get heldBytes(): number {
    return this.#inbox.bytes + this.#stagedBytes;
  }

  /** Bytes that reach nobody, in all. */
  get discardedBytes(): number {
    return this.#discardedBytes;
  }

  /** The next time at which `next` may have something without anything else happening; Infinity for never. */
  wakeAtMs(nowMs: number): number {
    let wakeAtMs = Infinity;
    if (this.#isOver) return wakeAtMs;
    // What is due already waits for room, not for time.
    for (const stage of this.#stages) if (stage.wakeAtMs > nowMs) wakeAtMs = Math.min(wakeAtMs, stage.wakeAtMs);
    return wakeAtMs;
  }

  /** Names of the toxics that govern this connection. */
  activeToxics(): string[] {
    return this.#stages.filter((stage) => stage.isActive).map(({ name }) => name);
  }

  /** Bytes that were read now. */
  offer(bytes: Uint8Array, nowMs: number): void {
    if (this.#isClosed) {
      this.#discardedBytes += bytes.length;
      return;
    }
    for (let from = 0; from < bytes.length; from += CHUNK_BYTES_MAX) {
      this.#inbox.push({ type: 'data', bytes: bytes.subarray(from, from + CHUNK_BYTES_MAX), arrivedMs: nowMs });
    }
  }

  /** The source has ended. */
  end(): void {
    if (!this.#isClosed) this.#inbox.push(END);
    this.#isClosed = true;
  }

  /** What comes out now; null for nothing. Nothing comes out after an end. */
  next(nowMs: number): Flow | null {
    if (this.#isOver) return null;
    do {
      const flow = this.#pull(this.#stages.length - 1, nowMs);
      if (flow !== null) {
        this.#isOver = flow.type === 'end';
        return flow;
      }
    } while (this.#advance(nowMs));
    return null;
  }

  /** Lets the stages take what they have room for, when nothing may come out. */
  fill(nowMs: number): void {
    while (this.#advance(nowMs));
  }

  /** At the end of the chain, as in the reference. */
  add(toxic: RelayToxic, nowMs: number): void {
    this.#stages.push(new Stage(toxic, nowMs, this.#random));
  }

  update(toxic: RelayToxic, nowMs: number): void {
    this.#find(toxic.name)?.update(toxic, nowMs);
  }

  remove(name: string): void {
    this.#find(name)?.remove();
    this.#forgetRemoved();
  }

  /** Everything that it holds reaches nobody, and nothing comes out any more. */
  drop(): void {
    this.#finish(this.#stages.length - 1);
    this.#isOver = true;
  }

  /** Removed ones stay until what they held has gone on; their name may be in use again. */
  #find(name: string): Stage | undefined {
    return this.#stages.find((stage) => stage.name === name && !stage.isRemoved);
  }

  #forgetRemoved(): void {
    if (this.#stages.some((stage) => stage.isRemoved && stage.isClear)) {
      this.#stages = this.#stages.filter((stage) => !(stage.isRemoved && stage.isClear));
    }
  }

  get #stagedBytes(): number {
    return this.#stages.reduce((sum, { heldBytes }) => sum + heldBytes, 0);
  }

  /** Moves what can move by one stage; the last first, so that it makes room. */
  #advance(nowMs: number): boolean {
    let moved = false;
    for (let at = this.#stages.length - 1; at >= 0; at -= 1) {
      const stage = this.#stages[at];
      while (stage !== undefined && !stage.isFull) {
        const flow = this.#pull(at - 1, nowMs);
        if (flow === null) break;
        this.#discardedBytes += stage.take(flow, nowMs);
        moved = true;
      }
    }
    this.#forgetRemoved();
    return moved;
  }

  /** From the nearest stage, at `from` or before it, that chunks do not pass by; else from the inbox. */
  #pull(from: number, nowMs: number): Flow | null {
    for (let at = from; at >= 0; at -= 1) {
      const stage = this.#stages[at];
      if (stage === undefined || stage.isClear) continue;
      const flow = stage.give(nowMs);
      if (flow?.type === 'end') this.#finish(at);
      return flow;
    }
    return this.#stagedBytes < HELD_BYTES_MAX ? this.#inbox.shift() : null;
  }

  /** An end has come out of the stage: it and what is before it are over. */
  #finish(at: number): void {
    for (const stage of this.#stages.slice(0, at + 1)) this.#discardedBytes += stage.finish();
    this.#discardedBytes += this.#inbox.bytes;
    this.#inbox.take();
    this.#isClosed = true;
  }
}
