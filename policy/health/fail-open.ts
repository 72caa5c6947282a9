/**
 * Decides whether so few targets look healthy that the checks themselves are to be doubted.
 *
 *   closed ──usable share < failOpenBelow, and sick targets answer──▶ open
 *   open ──usable share ≥ failOpenLeave for failOpenLeaveMs──▶ closed
 *
 * A check that is wrong everywhere must not take a whole fleet out (HAProxy then answers 503 to everyone),
 * but "everybody" must never include what nobody can reach (Envoy's panic sends a third of the traffic
 * into a dead zone). So only targets that answer HTTP are admitted, at half weight.
 */
import type { ClientParameters } from '../parameters.ts';

export interface FailOpen {
  open: boolean;
  /** Since when the usable share has been enough to close again; null while it is not. */
  enoughSinceMs: number | null;
}

/** Weight of a sick target that is admitted, 0..1. */
export const SICK_WEIGHT = 0.5;

/** Updates in place; true when it changed. */
export function stepFailOpen(
  state: FailOpen,
  view: { usable: number; sick: number; total: number },
  nowMs: number,
  p: ClientParameters,
): boolean {
  const share = view.total === 0 ? 1 : view.usable / view.total;
  if (!state.open) {
    if (share >= p.failOpenBelow || view.sick === 0) return false;
    state.open = true;
    state.enoughSinceMs = null;
    return true;
  }
  if (share < p.failOpenLeave) {
    state.enoughSinceMs = null;
    return false;
  }
  state.enoughSinceMs ??= nowMs;
  if (nowMs - state.enoughSinceMs < p.failOpenLeaveMs) return false;
  state.open = false;
  return true;
}
