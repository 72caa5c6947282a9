/**
 * Decides from live requests whether a target's connections break too often to wait for the next check.
 *
 *   down when `transportInRow` requests in a row broke, or when at least `transportSamplesMin` ended within
 *   `transportWindowMs` and `transportShareMax` of them broke.
 *
 * One broken connection proves nothing (a keep-alive race, a restarted worker); a crash shows in
 * milliseconds, because everything in flight breaks at once. After Envoy's local-origin failures and
 * Finagle's fail-fast. Statuses do not count here: a target that answers 500 is reachable.
 */
import type { ClientParameters } from '../parameters.ts';

export interface TransportWindow {
  inRow: number;
  startedMs: number;
  broken: number;
  ended: number;
}

export function newTransportWindow(nowMs: number): TransportWindow {
  return { inRow: 0, startedMs: nowMs, broken: 0, ended: 0 };
}

/** Notes how one request ended, in place; true when the target is to be taken down. */
export function observeTransport(window: TransportWindow, broke: boolean, nowMs: number, p: ClientParameters): boolean {
  if (nowMs - window.startedMs >= p.transportWindowMs) {
    window.startedMs = nowMs;
    window.broken = 0;
    window.ended = 0;
  }
  window.ended += 1;
  if (!broke) {
    window.inRow = 0;
    return false;
  }
  window.inRow += 1;
  window.broken += 1;
  return (
    window.inRow >= p.transportInRow ||
    (window.ended >= p.transportSamplesMin && window.broken / window.ended >= p.transportShareMax)
  );
}
