/**
 * Reads server-sent events from the text of a connection, however it was cut into pieces. Comments and retry times are
 * passed over; an event that was cut off at the end is none.
 * Reference: HTML Standard, "Interpreting an event stream".
 */
export interface ReadEvent {
  /** Of this event, else of the last that had one; null before any. */
  id: string | null;
  type: string;
  data: string;
}

export class EventReader {
  #rest = '';
  #id: string | null = null;
  #type = '';
  #data: string[] = [];

  /** Events that are complete with this piece. */
  read(piece: string): ReadEvent[] {
    const lines = (this.#rest + piece).split('\n');
    this.#rest = lines.pop() ?? '';
    return lines.flatMap((line) => this.#line(line.replace(/\r$/, '')) ?? []);
  }

  #line(line: string): ReadEvent | null {
    if (line === '') return this.#dispatch();
    const [, field = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
    if (field === 'id') this.#id = value;
    else if (field === 'event') this.#type = value;
    else if (field === 'data') this.#data.push(value);
    return null;
  }

  #dispatch(): ReadEvent | null {
    const event = { id: this.#id, type: this.#type === '' ? 'message' : this.#type, data: this.#data.join('\n') };
    const isEmpty = this.#data.length === 0;
    this.#type = '';
    this.#data = [];
    return isEmpty ? null : event;
  }
}
