/**
 * Decides when a run has gone too far: every whole second of the last few was beyond a bound, or the run takes longer
 * than it may. Guards against an experiment that goes on hurting customers because nobody looks. Seconds are those of
 * the customers' own records, by intended send time, and are looked at once all of their orders have settled; one
 * without orders says nothing and interrupts a series.
 *
 *   seconds   …│ 99 % │ 61 % │ 58 % │ 60 % │ not settled │ now       success below 90 % for 3 s: trips here
 *
 * Reference: AWS Fault Injection Service, stop conditions; evaluated here on what customers got, not on scraped metrics.
 */
import type { ExperimentDocument, Guardrail } from '#contracts/experiment.ts';
import { PATIENCE_MS, SETTLED_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';

const SECOND_MS = 1000;

export interface GuardrailState {
  readonly guardrails: readonly Guardrail[];
  readonly maxDurationMs: number | null;
  readonly startedMs: number;
  /** Seconds count from here; null before the baseline, in which a cold start may do as it likes. */
  fromMs: number | null;
  /** Latencies by second, milliseconds; {@link PATIENCE_MS} and more for an order that failed. */
  readonly seconds: Map<number, number[]>;
}

export type GuardrailEvent =
  | { type: 'baseline' }
  /** Records that are new since the last time. */
  | { type: 'settled'; records: readonly CustomerRecord[] }
  | { type: 'tick' };

/** `trip`: why everything is to be healed now; null to go on. Ask again within a second. */
export interface GuardrailDecision {
  trip: string | null;
}

const GO_ON: GuardrailDecision = { trip: null };

export function createGuardrails({ guardrails, maxDurationMs }: Pick<ExperimentDocument, 'guardrails' | 'maxDurationMs'>, nowMs: number): GuardrailState {
  return { guardrails, maxDurationMs, startedMs: nowMs, fromMs: null, seconds: new Map() };
}

/** Updates the state in place. `nowMs`: wall clock, as the records'. */
export function step(state: GuardrailState, event: GuardrailEvent, nowMs: number): GuardrailDecision {
  if (event.type === 'baseline') state.fromMs = nowMs;
  if (event.type === 'settled') for (const record of event.records) count(state, record);
  if (event.type !== 'tick') return GO_ON;
  const { maxDurationMs, startedMs, fromMs } = state;
  if (maxDurationMs !== null && nowMs - startedMs > maxDurationMs) return { trip: `The run took longer than the ${maxDurationMs / 1000} s that its guardrail allows.` };
  if (fromMs === null) return GO_ON;
  const end = Math.floor((nowMs - SETTLED_MS - fromMs) / SECOND_MS);
  for (const guardrail of state.guardrails) {
    const figures = lastSeconds(state, guardrail, end);
    if (figures.length > 0 && figures.every((figure) => isBeyond(guardrail, figure))) return { trip: reasonOf(guardrail, figures) };
  }
  return GO_ON;
}

function count({ fromMs, seconds }: GuardrailState, record: CustomerRecord): void {
  if (fromMs === null || record.kind !== 'order' || record.intendedMs < fromMs) return;
  const second = Math.floor((record.intendedMs - fromMs) / SECOND_MS);
  const latencyMs = isAnswered(record) ? (record.answeredMs ?? Infinity) - record.intendedMs : Infinity;
  const known = seconds.get(second);
  if (known === undefined) seconds.set(second, [latencyMs]);
  else known.push(latencyMs);
}

/** The SLI of each second; none when one of them has no orders, or they are not all there yet. */
function lastSeconds({ seconds }: GuardrailState, { sli, forMs }: Guardrail, end: number): number[] {
  // One that does not fall on whole seconds must not look between them, where there is never anything.
  const wanted = secondsOf(forMs);
  const figures: number[] = [];
  for (let second = end - wanted; second < end; second += 1) {
    const latencies = seconds.get(second);
    if (latencies === undefined) return [];
    figures.push(sli === 'success' ? latencies.filter(Number.isFinite).length / latencies.length : p99(latencies));
  }
  return figures;
}

function secondsOf(forMs: number): number {
  return Math.max(1, Math.ceil(forMs / SECOND_MS));
}

/** By nearest rank; an order that failed took its customer's whole patience. */
function p99(latencies: readonly number[]): number {
  const sorted = latencies.toSorted((one, other) => one - other);
  return Math.min(sorted[Math.ceil(0.99 * sorted.length) - 1] ?? 0, PATIENCE_MS);
}

function isBeyond(guardrail: Guardrail, figure: number): boolean {
  return guardrail.sli === 'success' ? figure < guardrail.below : figure > guardrail.above;
}

function reasonOf(guardrail: Guardrail, figures: readonly number[]): string {
  const stretch = `in each of the last ${secondsOf(guardrail.forMs)} s`;
  if (guardrail.sli === 'p99_ms') return `Guardrail: the p99 was above ${guardrail.above} ms ${stretch}, ${Math.round(Math.max(...figures))} ms at worst.`;
  return `Guardrail: fewer than ${percent(guardrail.below)} of the orders were answered ${stretch}, ${percent(Math.min(...figures))} at worst.`;
}

function percent(share: number): string {
  return `${Math.round(share * 1000) / 10} %`;
}
