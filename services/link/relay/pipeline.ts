/**
 * The toxics of one direction of one connection, in the order in which they were made: what one lets pass, the next
 * is given. Guards against lost, doubled and reordered bytes while toxics come, go and change under traffic.
 * Whether a toxic is active is its connection's own draw, made once: a changed toxicity is compared with the
 * same draw again, and no edit of another toxic can flip it.
 */
import type { Flow, Output, Stage, ToxicKind, Attributes } from './toxic-kind.ts';
import { noop } from './toxics/noop.ts';

export type Stream = 'upstream' | 'downstream';

/** A toxic as one connection meets it. */
export interface RelayToxic {
  readonly name: string;
  readonly kind: ToxicKind;
  readonly stream: Stream;
  readonly attributes: Attributes;
  readonly toxicity: number;
  /** Uniform in [0, 1), drawn once per connection and toxic; active if it is below the toxicity. */
  readonly draw: number;
}

interface Entry {
  toxic: RelayToxic;
  stage: Stage;
}

export type PipelineOutput = Output | { readonly type: 'close'; readonly cause: 'toxic-removed' };

export class Pipeline {
  readonly #random: () => number;
  readonly #entries: Entry[] = [];

  constructor(toxics: readonly RelayToxic[], nowMs: number, random: () => number) {
    this.#random = random;
    for (const toxic of toxics) this.add(toxic, nowMs);
  }

  get isEmpty(): boolean {
    return this.#entries.length === 0;
  }

  get wakeAtMs(): number {
    let wakeAtMs = Infinity;
    for (const { stage } of this.#entries) wakeAtMs = Math.min(wakeAtMs, stage.wakeAtMs);
    return wakeAtMs;
  }

  get isFull(): boolean {
    return this.#entries.some(({ stage }) => stage.isFull);
  }

  activeToxics(): string[] {
    return this.#entries.filter(({ toxic }) => isActive(toxic)).map(({ toxic }) => toxic.name);
  }

  push(flow: Flow, nowMs: number): Output[] {
    return this.#through([flow], 0, nowMs);
  }

  wake(nowMs: number): Output[] {
    const outputs: Output[] = [];
    // The last first: what it holds came before all that the others hold.
    for (let at = this.#entries.length - 1; at >= 0; at -= 1) {
      const stage = this.#entries[at]?.stage;
      if (stage !== undefined && stage.wakeAtMs <= nowMs) outputs.push(...this.#through(stage.wake(nowMs), at + 1, nowMs));
    }
    return outputs;
  }

  add(toxic: RelayToxic, nowMs: number): void {
    this.#entries.push({ toxic, stage: startStage(toxic, nowMs, this.#random) });
  }

  /** Same name, new values. Nothing happens to a toxic that is not here. */
  update(toxic: RelayToxic, nowMs: number): Output[] {
    const at = this.#find(toxic.name);
    const entry = this.#entries[at];
    if (entry === undefined) return [];
    const wasActive = isActive(entry.toxic);
    entry.toxic = toxic;
    if (wasActive && isActive(toxic)) return this.#through(entry.stage.configure(toxic.attributes, nowMs), at + 1, nowMs);
    const held = entry.stage.release();
    if (wasActive !== isActive(toxic)) entry.stage = startStage(toxic, nowMs, this.#random);
    return this.#through(held, at + 1, nowMs);
  }

  remove(name: string, nowMs: number): PipelineOutput[] {
    const at = this.#find(name);
    const [entry] = at === -1 ? [] : this.#entries.splice(at, 1);
    if (entry === undefined) return [];
    const outputs: PipelineOutput[] = this.#through(entry.stage.release(), at, nowMs);
    if (entry.toxic.kind.removalCloses === true && isActive(entry.toxic)) outputs.push({ type: 'close', cause: 'toxic-removed' });
    return outputs;
  }

  #find(name: string): number {
    return this.#entries.findIndex(({ toxic }) => toxic.name === name);
  }

  #through(outputs: readonly Output[], from: number, nowMs: number): Output[] {
    let current = [...outputs];
    for (const { stage } of this.#entries.slice(from)) {
      current = current.flatMap((output) => (output.type === 'data' || output.type === 'end' ? stage.take(output, nowMs) : [output]));
    }
    return current;
  }
}

function isActive({ draw, toxicity }: RelayToxic): boolean {
  return draw < toxicity;
}

function startStage(toxic: RelayToxic, nowMs: number, random: () => number): Stage {
  const kind = isActive(toxic) ? toxic.kind : noop;
  return kind.start(toxic.attributes, nowMs, random);
}
