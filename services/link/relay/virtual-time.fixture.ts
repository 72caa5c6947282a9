/** One direction in virtual time: what is said goes in, what is heard comes out with its time. For tests. */
import { createRandom } from '#policy/random.ts';
import { Pipeline } from './pipeline.ts';
import type { RelayToxic } from './relay-toxic.ts';
import { TOXIC_KINDS } from './toxic-kinds.ts';
import type { Attributes } from './toxic-kind.ts';

/** @param type as the API names it; the toxic's name unless `rest` gives one */
export function toxic(type: string, attributes: Attributes = {}, rest: Partial<RelayToxic> = {}): RelayToxic {
  const kind = TOXIC_KINDS[type];
  if (kind === undefined) throw new Error(`no toxic ${type}`);
  return { name: type, kind, stream: 'upstream', attributes, toxicity: 1, draw: 0, ...rest };
}

export class Line {
  readonly pipeline: Pipeline;
  nowMs: number;
  /** `<ms>: <text>`, `<ms>: end`, `<ms>: end (<cause>)`. */
  heard: string[] = [];
  /** All bytes that were heard. */
  text = '';
  /** The reader does not read. */
  isBlocked = false;

  constructor(toxics: readonly RelayToxic[], { seed = 1, startMs = 0 } = {}) {
    this.nowMs = startMs;
    this.pipeline = new Pipeline(toxics, startMs, createRandom(seed));
  }

  say(text: string): this {
    this.pipeline.offer(Buffer.from(text, 'latin1'), this.nowMs);
    return this.run();
  }

  end(): this {
    this.pipeline.end();
    return this.run();
  }

  add(toxic: RelayToxic): this {
    this.pipeline.add(toxic, this.nowMs);
    return this.run();
  }

  update(toxic: RelayToxic): this {
    this.pipeline.update(toxic, this.nowMs);
    return this.run();
  }

  remove(name: string): this {
    this.pipeline.remove(name);
    return this.run();
  }

  /** Lets `ms` pass; each wake comes `lateMs` late. */
  step(ms: number, lateMs = 0): this {
    const endMs = this.nowMs + ms;
    for (;;) {
      const wakeAtMs = this.pipeline.wakeAtMs(this.nowMs) + lateMs;
      if (wakeAtMs > endMs) break;
      this.nowMs = Math.max(this.nowMs, wakeAtMs);
      this.run();
    }
    this.nowMs = endMs;
    return this.run();
  }

  run(): this {
    if (this.isBlocked) {
      this.pipeline.fill(this.nowMs);
      return this;
    }
    for (let flow = this.pipeline.next(this.nowMs); flow !== null; flow = this.pipeline.next(this.nowMs)) {
      const at = `${Math.round(this.nowMs * 1000) / 1000}: `;
      if (flow.type === 'end') {
        this.heard.push(`${at}end${flow.cause === null ? '' : ` (${flow.cause})`}`);
        continue;
      }
      const text = Buffer.from(flow.bytes).toString('latin1');
      this.text += text;
      this.heard.push(`${at}${text}`);
    }
    return this;
  }
}
