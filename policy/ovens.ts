/**
 * What a kitchen does with its orders: who waits, who gets an oven, who is turned away, and that one key is
 * baked once. It guards against work that nobody waits for, which keeps an overloaded kitchen overloaded,
 * and against the second bake of an order that was sent again.
 *
 *   order ──▶ waiting ──▶ baking ──▶ baked (kept 60 s: the same key again gets the same answer)
 *     │          ├─ deadline passed, or every caller left: dropped
 *     └─ turned away when the wait alone, (waiting + 1) × mean bake ÷ ovens, exceeds its deadline
 *
 * The queue is first in, first out, and bounded by the deadlines: who waits leaves by then. A bake that has
 * begun ends even when nobody waits any more, because its caller may ask again.
 * Reference: Maurer, "Fail at Scale", ACM Queue 13(8), 2015, on queues that serve the dead.
 */

/** A caller without a deadline waits no longer than this. */
const BUDGET_MS_MAX = 10_000;
/** How long, and how many, finished bakes are remembered. */
const BAKED_KEEP_MS = 60_000;
const BAKED_KEEP_COUNT = 50_000;

/** One key's way through the kitchen. `callers` are the requests that wait for it. */
interface Order {
  key: string;
  callers: number[];
  deadlineMs: number;
}

export interface OvensState {
  ovens: number;
  /** Expected bake, milliseconds: what a wait is estimated from. */
  bakeMeanMs: number;
  /** In order of arrival. */
  waiting: Map<string, Order>;
  baking: Map<string, Order>;
  /** In order of completion. */
  baked: Map<string, { bakeMs: number; atMs: number }>;
  /** Orders whose deadline passed before an oven was free, since boot. */
  expired: number;
}

export type OvensEvent =
  /** `budgetMs`: how long the caller will wait from now; null for no limit. */
  | { type: 'order.arrived'; caller: number; key: string; budgetMs: number | null }
  | { type: 'caller.left'; caller: number; key: string }
  | { type: 'bake.finished'; key: string; bakeMs: number }
  | { type: 'ovens.changed'; ovens: number }
  /** Sent at {@link wakeAtMs} or later. */
  | { type: 'tick' };

export type OvensAction =
  /** Start a bake, and say `bake.finished` at its end. */
  | { type: 'bake'; key: string }
  | { type: 'answer'; callers: number[]; key: string; bakeMs: number }
  | { type: 'refuse'; callers: number[]; key: string; code: 'AZ_OVENS_FULL' | 'AZ_DEADLINE' };

/** @param ovens 1 or more */
export function createOvens(ovens: number, bakeMeanMs: number): OvensState {
  return { ovens, bakeMeanMs, waiting: new Map(), baking: new Map(), baked: new Map(), expired: 0 };
}

/** Updates `state` in place; times are milliseconds of one monotonic clock. Never throws. */
export function step(state: OvensState, event: OvensEvent, nowMs: number): OvensAction[] {
  const actions: OvensAction[] = [];
  switch (event.type) {
    case 'order.arrived':
      arrive(state, event.caller, event.key, event.budgetMs, nowMs, actions);
      break;
    case 'caller.left':
      leave(state, event.caller, event.key);
      break;
    case 'bake.finished':
      finish(state, event.key, event.bakeMs, nowMs, actions);
      break;
    case 'ovens.changed':
      state.ovens = event.ovens;
      break;
    case 'tick':
      break;
  }
  dropExpired(state, nowMs, actions);
  fillOvens(state, actions);
  return actions;
}

/** When the next `tick` is due; Infinity while nobody waits. */
export function wakeAtMs(state: OvensState): number {
  let earliest = Infinity;
  for (const order of state.waiting.values()) earliest = Math.min(earliest, order.deadlineMs);
  return earliest;
}

function arrive(state: OvensState, caller: number, key: string, budgetMs: number | null, nowMs: number, actions: OvensAction[]): void {
  forget(state, nowMs);
  const baked = state.baked.get(key);
  if (baked !== undefined) {
    actions.push({ type: 'answer', callers: [caller], key, bakeMs: baked.bakeMs });
    return;
  }
  const patienceMs = Math.min(budgetMs ?? BUDGET_MS_MAX, BUDGET_MS_MAX);
  const known = state.baking.get(key) ?? state.waiting.get(key);
  if (known !== undefined) {
    known.callers.push(caller);
    known.deadlineMs = Math.max(known.deadlineMs, nowMs + patienceMs);
    return;
  }
  if (waitMs(state) > patienceMs) {
    actions.push({ type: 'refuse', callers: [caller], key, code: 'AZ_OVENS_FULL' });
    return;
  }
  state.waiting.set(key, { key, callers: [caller], deadlineMs: nowMs + patienceMs });
}

function waitMs(state: OvensState): number {
  const free = state.baking.size + state.waiting.size < state.ovens;
  return free ? 0 : ((state.waiting.size + 1) * state.bakeMeanMs) / state.ovens;
}

function leave(state: OvensState, caller: number, key: string): void {
  const order = state.waiting.get(key) ?? state.baking.get(key);
  if (order === undefined) return;
  order.callers = order.callers.filter((other) => other !== caller);
  if (order.callers.length === 0) state.waiting.delete(key);
}

function finish(state: OvensState, key: string, bakeMs: number, nowMs: number, actions: OvensAction[]): void {
  const order = state.baking.get(key);
  if (order === undefined) return;
  state.baking.delete(key);
  state.baked.set(key, { bakeMs, atMs: nowMs });
  if (order.callers.length > 0) actions.push({ type: 'answer', callers: order.callers, key, bakeMs });
}

function dropExpired(state: OvensState, nowMs: number, actions: OvensAction[]): void {
  for (const order of state.waiting.values()) {
    if (order.deadlineMs > nowMs) continue;
    state.waiting.delete(order.key);
    state.expired += 1;
    actions.push({ type: 'refuse', callers: order.callers, key: order.key, code: 'AZ_DEADLINE' });
  }
}

function fillOvens(state: OvensState, actions: OvensAction[]): void {
  for (const order of state.waiting.values()) {
    if (state.baking.size >= state.ovens) return;
    state.waiting.delete(order.key);
    state.baking.set(order.key, order);
    actions.push({ type: 'bake', key: order.key });
  }
}

function forget(state: OvensState, nowMs: number): void {
  for (const [key, { atMs }] of state.baked) {
    if (nowMs - atMs <= BAKED_KEEP_MS && state.baked.size <= BAKED_KEEP_COUNT) return;
    state.baked.delete(key);
  }
}
