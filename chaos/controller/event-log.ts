/**
 * Events for those who listen, and for those who were away for a moment: a bounded buffer, in which every event has an id.
 * The id begins with a mark of this log's own, so that one of an earlier process, or of another log, is not taken for a place in it.
 */
export interface LoggedEvent<Event> {
  id: string;
  event: Event;
}

export interface Replay<Event> {
  events: LoggedEvent<Event>[];
  /** Some that came after what was heard last are not in the buffer any more. */
  isGap: boolean;
}

export class EventLog<Event> {
  readonly #mark: string;
  readonly #kept: LoggedEvent<Event>[] = [];
  readonly #keptMax: number;
  readonly #listeners = new Set<(logged: LoggedEvent<Event>) => void>();
  #seq = 0;

  /** @param mark of letters and digits, different for every log that a listener could mix up with it */
  constructor(mark: string, keptMax: number) {
    this.#mark = mark;
    this.#keptMax = keptMax;
  }

  append(event: Event): void {
    this.#seq += 1;
    const logged = { id: `${this.#mark}-${this.#seq}`, event };
    this.#kept.push(logged);
    if (this.#kept.length > this.#keptMax) this.#kept.shift();
    for (const tell of this.#listeners) tell(logged);
  }

  /** What came after that event; all that is kept for an id that is none of this log's. */
  after(lastId: string | null): Replay<Event> {
    const [mark, text = ''] = lastId?.split('-') ?? [];
    const seq = mark === this.#mark && /^\d{1,15}$/.test(text) ? Number(text) : 0;
    const first = this.#seq - this.#kept.length + 1;
    return { events: this.#kept.slice(Math.max(0, seq + 1 - first)), isGap: seq + 1 < first };
  }

  /** @returns ends it */
  listen(tell: (logged: LoggedEvent<Event>) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
