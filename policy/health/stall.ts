/**
 * Decides whether a target has gone silent with work in flight, and when to probe it.
 *
 *   silent since = the later of (last byte it sent, moment when it became busy)
 *   silent for `silenceMs` and busy  ──▶ probe at once, then every `stallIntervalMs` while it stays so
 *
 * A frozen or cut-off target breaks no connection and refuses none: its requests just never end. Waiting
 * for a request timeout costs the customer's whole patience, while a probe tells a slow answer from a dead
 * process within another 100 ms. After the mux ping failure detector of Finagle; the timeout follows the
 * target's own probe times, so that a busy host is not mistaken for a frozen one.
 */
import type { ClientParameters } from '../parameters.ts';

const RTT_SAMPLES_MAX = 100;

/** Recent probe round trips of one target, milliseconds, a ring. */
export interface ProbeTimes {
  rttMs: number[];
  next: number;
}

export function newProbeTimes(): ProbeTimes {
  return { rttMs: [], next: 0 };
}

export function observeProbeTime(times: ProbeTimes, rttMs: number): void {
  times.rttMs[times.next] = rttMs;
  times.next = (times.next + 1) % RTT_SAMPLES_MAX;
}

/** Timeout of a stall probe in milliseconds. The p99 of at most 100 samples is their second largest. */
export function stallTimeoutMs(times: ProbeTimes, p: ClientParameters): number {
  let largest = 0;
  let second = 0;
  for (const rtt of times.rttMs) {
    if (rtt > largest) {
      second = largest;
      largest = rtt;
    } else if (rtt > second) second = rtt;
  }
  return Math.min(p.checkTimeoutMs, Math.max(p.stallTimeoutMsMin, p.stallTimeoutFactor * second));
}

/** When the next stall probe is due: a time that may be past, or Infinity while the target is idle. */
export function stallProbeDueMs(
  view: { inFlight: number; busySinceMs: number; lastByteMs: number; lastStallProbeMs: number },
  p: ClientParameters,
): number {
  if (view.inFlight === 0) return Infinity;
  const silentSinceMs = Math.max(view.busySinceMs, view.lastByteMs);
  const firstDueMs = silentSinceMs + p.silenceMs;
  return view.lastStallProbeMs > silentSinceMs ? Math.max(firstDueMs, view.lastStallProbeMs + p.stallIntervalMs) : firstDueMs;
}
