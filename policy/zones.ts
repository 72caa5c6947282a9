/**
 * Feeds the zone policies from what the targets report: which zone carries how much, and how much of the own
 * zone's traffic goes elsewhere (`zone/affinity.ts`).
 */
import { emit, type ClientState, type Target } from './client-state.ts';
import { ownTargets, spillZones } from './routing.ts';
import { stepSpill, type ZoneLoad } from './zone/affinity.ts';

/** Zones are weighed this often, milliseconds. */
const STEP_MS = 500;
/** A lost target's last report counts as demand for this long, milliseconds: its work has to go somewhere. */
const LOST_DEMAND_MS = 3000;
/** Smallest change of the spilled share that is told. */
const TOLD_STEP = 0.05;

/** Steps the spill if it is due; when it has to be asked again, Infinity where nothing can spill. */
export function stepZones(state: ClientState, nowMs: number): number {
  if (state.ownZone === null) return Infinity;
  const dueMs = state.spillSteppedMs + STEP_MS;
  if (nowMs < dueMs) return dueMs;
  const own = loadOf(ownTargets(state), nowMs);
  for (const target of state.targets.values()) {
    const lost = target.spec.zone === state.ownZone && target.health.state === 'down' && target.load !== null;
    if (lost && nowMs - (target.load?.atMs ?? 0) < LOST_DEMAND_MS) own.demand += target.load?.demand ?? 0;
  }
  const others = [...spillZones(state).values()].map((targets) => loadOf(targets, nowMs));
  const before = state.spill.share;
  state.spill = stepSpill(state.spill, own, others, nowMs - state.spillSteppedMs, state.parameters);
  state.spillSteppedMs = nowMs;
  if (Math.floor(before / TOLD_STEP) !== Math.floor(state.spill.share / TOLD_STEP)) {
    const utilisation = own.capacity === 0 ? 0 : own.demand / own.capacity;
    emit(state, { type: 'zone.spill-changed', zone: state.ownZone, share: state.spill.share, utilisation });
  }
  return nowMs + STEP_MS;
}

function loadOf(targets: readonly Target[], nowMs: number): ZoneLoad {
  const load: ZoneLoad = { demand: 0, capacity: 0 };
  for (const { load: reported } of targets) {
    if (reported === null || nowMs - reported.atMs > LOST_DEMAND_MS) continue;
    load.demand += reported.demand;
    load.capacity += reported.limit;
  }
  return load;
}
