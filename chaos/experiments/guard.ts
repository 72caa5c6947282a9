/**
 * Keeps a run within its guardrails: gives the policy the customers' new records once a second, and ends the run when it
 * says so. The clock and the timer are here, the decision is in `chaos/verdict/guardrails.ts`.
 */
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { createGuardrails, step, type GuardrailState } from '#chaos/verdict/guardrails.ts';

const LOOK_MS = 1_000;

export class Guard {
  /** When it tripped, wall clock, and why; null while it has not. */
  tripped: { atMs: number; reason: string } | null = null;
  readonly #state: GuardrailState;
  readonly #records: readonly CustomerRecord[];
  readonly #ending = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #seen = 0;

  /** @param records grow by themselves, and by nothing but the run's own customers */
  constructor(document: Pick<ExperimentDocument, 'guardrails' | 'maxDurationMs'>, records: readonly CustomerRecord[]) {
    this.#state = createGuardrails(document, Date.now());
    this.#records = records;
    this.#timer = setInterval(() => this.#look(), LOOK_MS);
  }

  /** Aborted when a guardrail trips. */
  get signal(): AbortSignal {
    return this.#ending.signal;
  }

  /** From now on customers are to be served. */
  watchFrom(nowMs: number): void {
    step(this.#state, { type: 'baseline' }, nowMs);
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    const nowMs = Date.now();
    const records = this.#records.slice(this.#seen);
    this.#seen += records.length;
    step(this.#state, { type: 'settled', records }, nowMs);
    const { trip } = step(this.#state, { type: 'tick' }, nowMs);
    if (trip === null) return;
    this.stop();
    this.tripped = { atMs: nowMs, reason: trip };
    this.#ending.abort();
  }
}
