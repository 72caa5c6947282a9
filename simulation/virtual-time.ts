/**
 * Virtual time: a heap of what will happen, run in order. Two things due at the same moment run in the
 * order in which they were planned, so that a seed alone decides a whole run.
 *
 * Guards against tests that pass because a real machine was fast enough that day: nothing here knows the
 * host's clock, and a minute costs as long as its events take to compute.
 *
 * Reference: TigerBeetle's deterministic simulator (`src/vopr.zig`).
 */

/** Something planned; give it to {@link VirtualTime.cancel}, and never run it yourself. */
export interface Planned {
  /** Milliseconds of virtual time. */
  readonly atMs: number;
  readonly order: number;
  run: (() => void) | null;
}

export class VirtualTime {
  /** Milliseconds since the run began. */
  nowMs = 0;
  /** How many planned things have run. */
  processed = 0;
  private readonly heap: Planned[] = [];
  private planned = 0;

  /** Plans `run` for `atMs`; a moment that is already over means now, after all that is planned for now. */
  at(atMs: number, run: () => void): Planned {
    const item: Planned = { atMs: atMs > this.nowMs ? atMs : this.nowMs, order: this.planned++, run };
    this.push(item);
    return item;
  }

  /** Plans `run` for `delayMs` from now. */
  after(delayMs: number, run: () => void): Planned {
    return this.at(this.nowMs + delayMs, run);
  }

  cancel(item: Planned): void {
    item.run = null;
  }

  /** Runs everything due up to and including `untilMs`, and leaves the clock there. */
  runUntil(untilMs: number): void {
    for (;;) {
      const next = this.heap[0];
      if (next === undefined || next.atMs > untilMs) break;
      this.pop();
      const { run } = next;
      if (run === null) continue;
      next.run = null;
      this.nowMs = next.atMs;
      this.processed += 1;
      run();
    }
    this.nowMs = untilMs;
  }

  private push(item: Planned): void {
    const { heap } = this;
    let index = heap.length;
    heap.push(item);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex]!;
      if (!isBefore(item, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = item;
  }

  private pop(): void {
    const { heap } = this;
    const last = heap.pop()!;
    const size = heap.length;
    if (size === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      if (childIndex >= size) break;
      if (childIndex + 1 < size && isBefore(heap[childIndex + 1]!, heap[childIndex]!)) childIndex += 1;
      const child = heap[childIndex]!;
      if (!isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }
}

function isBefore(a: Planned, b: Planned): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order);
}
