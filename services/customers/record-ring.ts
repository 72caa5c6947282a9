/**
 * The last records, in the order in which requests were settled. Columns of numbers instead of objects:
 * 400,000 records take 17 MB and no time of the garbage collector, whose pauses would make the generator
 * late.
 */
import type { CustomerRecord } from '#contracts/records.ts';

/** What the generator knows of a settled request; the ring adds the number. */
export type SettledRequest = Omit<CustomerRecord, 'seq'>;

/** Zone names as small numbers; 0 is null. */
class Names {
  readonly #names: (string | null)[] = [null];
  readonly #numbers = new Map<string, number>();

  number(name: string | null): number {
    if (name === null) return 0;
    const known = this.#numbers.get(name);
    if (known !== undefined) return known;
    // A foreign program may answer anything; more names than a byte holds are nobody's zones.
    if (this.#names.length > 255) return 0;
    this.#numbers.set(name, this.#names.length);
    return this.#names.push(name) - 1;
  }

  name(number: number | undefined): string | null {
    return this.#names[number ?? 0] ?? null;
  }
}

const ORDER = 1;
const BALANCED = 2;

export class RecordRing {
  readonly #capacity: number;
  readonly #flags: Uint8Array;
  readonly #intendedMs: Float64Array;
  readonly #sentMs: Float64Array;
  readonly #answeredMs: Float64Array;
  readonly #bakeMs: Float64Array;
  readonly #status: Uint16Array;
  readonly #az: Uint8Array;
  readonly #retried: Uint8Array;
  readonly #bakedIn: Uint8Array;
  readonly #names = new Names();
  #last = 0;

  /** @param capacity records that are kept, 1 or more */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#flags = new Uint8Array(capacity);
    this.#intendedMs = new Float64Array(capacity);
    this.#sentMs = new Float64Array(capacity);
    this.#answeredMs = new Float64Array(capacity);
    this.#bakeMs = new Float64Array(capacity);
    this.#status = new Uint16Array(capacity);
    this.#az = new Uint8Array(capacity);
    this.#retried = new Uint8Array(capacity);
    this.#bakedIn = new Uint8Array(capacity);
  }

  /** Number of the newest record; 0 while there is none. */
  get lastSeq(): number {
    return this.#last;
  }

  /** Number of the oldest record that is kept; above {@link lastSeq} while there is none. */
  get firstSeq(): number {
    return Math.max(1, this.#last - this.#capacity + 1);
  }

  add(request: SettledRequest): void {
    this.#last += 1;
    const slot = this.#last % this.#capacity;
    this.#flags[slot] = (request.kind === 'order' ? ORDER : 0) | (request.arm === 'balanced' ? BALANCED : 0);
    this.#intendedMs[slot] = request.intendedMs;
    this.#sentMs[slot] = request.sentMs;
    this.#answeredMs[slot] = request.answeredMs ?? NaN;
    this.#bakeMs[slot] = request.bakeMs ?? NaN;
    this.#status[slot] = request.status ?? 0;
    this.#az[slot] = this.#names.number(request.az);
    this.#retried[slot] = this.#names.number(request.retried);
    this.#bakedIn[slot] = this.#names.number(request.bakedIn);
  }

  /** @returns null for a number that is not kept (any more). */
  get(seq: number): CustomerRecord | null {
    if (seq < this.firstSeq || seq > this.#last) return null;
    const slot = seq % this.#capacity;
    const flags = this.#flags[slot] ?? 0;
    return {
      seq,
      kind: (flags & ORDER) !== 0 ? 'order' : 'menu',
      arm: (flags & BALANCED) !== 0 ? 'balanced' : 'bare',
      intendedMs: this.#intendedMs[slot] ?? 0,
      sentMs: this.#sentMs[slot] ?? 0,
      answeredMs: orNull(this.#answeredMs[slot]),
      status: this.#status[slot] || null,
      az: this.#names.name(this.#az[slot]),
      retried: this.#names.name(this.#retried[slot]),
      bakeMs: orNull(this.#bakeMs[slot]),
      bakedIn: this.#names.name(this.#bakedIn[slot]),
    };
  }
}

function orNull(number: number | undefined): number | null {
  return number === undefined || Number.isNaN(number) ? null : number;
}
