/**
 * The place of one toxic in its direction. It outlives the toxic: what a removed or interrupted one held waits here
 * until what follows has room, and nothing overtakes it, so that removing never loses, reorders or waits.
 *
 * A stage that is inactive, removed or over is clear once that is gone: chunks pass it by.
 */
import { HeldQueue } from './held-queue.ts';
import { isActive, type RelayToxic } from './relay-toxic.ts';
import type { Flow, Toxic } from './toxic-kind.ts';

export class Stage {
  readonly #toxic: Toxic;
  /** Set free, on its way. */
  readonly #freed = new HeldQueue();
  #spec: RelayToxic;
  #isRemoved = false;
  /** The end of the stream has passed it: it has no more say. */
  #isOver = false;

  constructor(spec: RelayToxic, nowMs: number, random: () => number) {
    this.#spec = spec;
    this.#toxic = spec.kind.create(spec.attributes, nowMs, random);
  }

  get name(): string {
    return this.#spec.name;
  }

  get isRemoved(): boolean {
    return this.#isRemoved;
  }

  /** Whether its connection is among those that the toxic governs. */
  get isActive(): boolean {
    return isActive(this.#spec) && !this.#isRemoved;
  }

  get isClear(): boolean {
    return !this.#governs && this.#freed.length === 0;
  }

  get isFull(): boolean {
    return !this.#governs || this.#toxic.isFull;
  }

  get heldBytes(): number {
    return this.#freed.bytes + this.#toxic.heldBytes;
  }

  get wakeAtMs(): number {
    return this.#governs && this.#freed.length === 0 ? this.#toxic.wakeAtMs : Infinity;
  }

  /** @returns bytes that reach nobody */
  take(flow: Flow, nowMs: number): number {
    return this.#toxic.take(flow, nowMs);
  }

  give(nowMs: number): Flow | null {
    return this.#freed.shift() ?? (this.#governs ? this.#toxic.give(nowMs) : null);
  }

  /** Same name, new values. One that stops governing leaves as if it were removed. */
  update(spec: RelayToxic, nowMs: number): void {
    const governed = this.#governs;
    this.#spec = spec;
    if (this.#governs) this.#freed.push(...this.#toxic.restart(spec.attributes, nowMs));
    else if (governed) this.#freed.push(...this.#toxic.release());
  }

  remove(): void {
    if (this.#governs) this.#freed.push(...this.#toxic.release());
    this.#isRemoved = true;
  }

  /** @returns bytes that it held, which reach nobody */
  finish(): number {
    const lost = this.heldBytes;
    this.#freed.take();
    if (this.#governs) this.#toxic.release();
    this.#isOver = true;
    return lost;
  }

  get #governs(): boolean {
    return this.isActive && !this.#isOver;
  }
}
