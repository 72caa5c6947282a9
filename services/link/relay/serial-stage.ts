/**
 * A stage that deals with one piece at a time: each is planned when its turn comes, as steps at given times, and
 * what arrives meanwhile waits, in order. An interruption (removal, new values) lets the piece in hand go on at once.
 */
import type { Attributes, Flow, Output, Stage } from './toxic-kind.ts';

/** `outputs` go on at `atMs`; an empty step only holds what follows. */
export interface Step {
  atMs: number;
  outputs: Output[];
}

export interface SerialRule {
  /** Steps of a piece whose turn has come, in order of time. */
  plan(flow: Flow, nowMs: number): Step[];
  configure(attributes: Attributes): void;
  /** What becomes of a piece in hand that is interrupted; by default its steps that are left, at once. */
  interrupted?(flow: Flow): Output[];
  /** New values apply to the piece in hand too: it is planned anew instead of going on. */
  replans?: true;
}

export class SerialStage implements Stage {
  readonly #rule: SerialRule;
  #waiting: Flow[] = [];
  #inHand: Flow | null = null;
  #steps: Step[] = [];

  constructor(rule: SerialRule) {
    this.#rule = rule;
  }

  get wakeAtMs(): number {
    return this.#steps[0]?.atMs ?? Infinity;
  }

  get isFull(): boolean {
    return this.#inHand !== null;
  }

  take(flow: Flow, nowMs: number): Output[] {
    this.#waiting.push(flow);
    return this.#work(nowMs);
  }

  wake(nowMs: number): Output[] {
    return this.#work(nowMs);
  }

  release(): Output[] {
    const outputs = [...this.#dropInHand(), ...this.#waiting];
    this.#waiting = [];
    return outputs;
  }

  configure(attributes: Attributes, nowMs: number): Output[] {
    this.#rule.configure(attributes);
    if (this.#rule.replans === true && this.#inHand !== null) {
      this.#steps = this.#rule.plan(this.#inHand, nowMs);
      return this.#work(nowMs);
    }
    return [...this.#dropInHand(), ...this.#work(nowMs)];
  }

  #work(nowMs: number): Output[] {
    const outputs: Output[] = [];
    for (;;) {
      if (this.#inHand === null) {
        const next = this.#waiting.shift();
        if (next === undefined) return outputs;
        this.#inHand = next;
        this.#steps = this.#rule.plan(next, nowMs);
      }
      let done = 0;
      for (const step of this.#steps) {
        if (step.atMs > nowMs) break;
        outputs.push(...step.outputs);
        done += 1;
      }
      this.#steps.splice(0, done);
      if (this.#steps.length > 0) return outputs;
      this.#inHand = null;
    }
  }

  #dropInHand(): Output[] {
    if (this.#inHand === null) return [];
    const outputs = this.#rule.interrupted?.(this.#inHand) ?? this.#steps.flatMap((step) => step.outputs);
    this.#inHand = null;
    this.#steps = [];
    return outputs;
  }
}
