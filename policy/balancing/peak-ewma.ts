/**
 * Keeps what one target's answers take, quick to believe bad news and slow to forget it.
 *
 *   sample s after dt:  s > e  ⇒  e = s;   else  e = e·a + s·(1 − a),  a = exp(−dt / τ)
 *   idle:               e decays towards the sample floor with the same a
 *
 * Averages hide the first slow answers, and a target that fails fast looks attractive: failures are
 * entered at the cost of the worst peer. From Finagle's PeakEwma (also Linkerd's).
 */
import type { ClientParameters } from '../parameters.ts';

export interface PeakEwma {
  /** Milliseconds; 0 until the first sample. */
  valueMs: number;
  updatedMs: number;
}

/** Below this every answer counts as equally fast, milliseconds. */
export const EWMA_FLOOR_MS = 1;

export function newPeakEwma(nowMs: number): PeakEwma {
  return { valueMs: 0, updatedMs: nowMs };
}

export function observeLatency(ewma: PeakEwma, sampleMs: number, nowMs: number, p: ClientParameters): void {
  if (sampleMs > ewma.valueMs) ewma.valueMs = sampleMs;
  else {
    const keep = Math.exp(-(nowMs - ewma.updatedMs) / p.ewmaTauMs);
    ewma.valueMs = ewma.valueMs * keep + sampleMs * (1 - keep);
  }
  ewma.updatedMs = nowMs;
}

/** Current cost in milliseconds, decayed for the time without a sample, at least {@link EWMA_FLOOR_MS}. */
export function latencyMs(ewma: PeakEwma, nowMs: number, p: ClientParameters): number {
  const idleMs = nowMs - ewma.updatedMs;
  if (idleMs <= 0) return Math.max(EWMA_FLOOR_MS, ewma.valueMs);
  return Math.max(EWMA_FLOOR_MS, ewma.valueMs * Math.exp(-idleMs / p.ewmaTauMs));
}
