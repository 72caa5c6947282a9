/**
 * Reads server-sent events from the text of a connection, however it was cut into pieces. Comments and retry times are
 * passed over; an event that was cut off at the end is none. One that does not end would fill the memory: it is refused.
 * Reference: HTML Standard, "Interpreting an event stream".
 */
export interface ReadEvent {
  /** Of this event, else of the last that had one; null before any. */
  id: string | null;
  type: string;
  data: string;
}

/** Characters of one event; the longest of a run is some kilobytes. */
const EVENT_LENGTH_MAX = 1024 ** 2;

/** No event of ours is as long. */
export class OverlongEvent extends Error {}

export class EventReader {
  #rest = '';
  #id: string | null = null;
  #type = '';
  #data: string[] = [];
  #length = 0;

  /** Events that are complete with this piece. @throws OverlongEvent */
  read(piece: string): ReadEvent[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    const events = lines.flatMap((line) => this.#line(line.replace(/\r$/, '')) ?? []);
    if (this.#rest.length + this.#length > EVENT_LENGTH_MAX) throw new OverlongEvent();
    return events;
  }

  #line(line: string): ReadEvent | null {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'id') this.#id = value;
    else if (field === 'event') this.#type = value;
    else if (field === 'data') {
      this.#data.push(value);
      this.#length += value.length + 1;
    }
    return null;
  }

  #dispatch(): ReadEvent | null {
    const event = { id: this.#id, type: this.#type === '' ? 'message' : this.#type, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    this.#length = 0;
    return isEmpty ? null : event;
  }
}
