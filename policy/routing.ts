/**
 * Decides which target takes a request: zone first, then the better of two.
 *
 *   1. targets that are up, outside shifted zones: the own zone but for the spilled share, else the others
 *   2. in fail-open, also sick ones that answer, at half weight
 *   3. up but in a shifted zone: better than any target in doubt
 *   4. in doubt, silent, draining or not asked yet, when nothing better is left
 *   never: what refuses connections
 *
 * A re-send goes to another zone than the one that failed, if any zone is left, and never to the target
 * that failed. The same holds at every hop below: who sends it on may not know yet that the zone is dying, and
 * would spend the one re-send that there is on it.
 */
import { heldByFailures } from './balancing/failing-fast.ts';
import { latencyMs } from './balancing/peak-ewma.ts';
import { slowStartWeight } from './balancing/slow-start.ts';
import { drawTwo, isCheaper, type Choice } from './balancing/two-choices.ts';
import { SICK_WEIGHT } from './health/fail-open.ts';
import { domainOf, type ClientState, type Request, type Target } from './client-state.ts';

/**
 * Traffic spills only to what reported its load this recently, milliseconds: the survivors of a lost zone are
 * busy, and what the dead one reported last makes it look like the emptiest of all.
 */
const SPILL_REPORT_MS_MAX = 300;

export function isSick(target: Target): boolean {
  return target.health.state === 'down' && target.health.reach === 'answers' && target.health.reason !== 'draining';
}

/** The best non-empty tier of targets, split by whether they are in the own zone. */
function usableTargets(state: ClientState): { own: Target[]; others: Target[] } {
  if (state.usable !== null) return state.usable;
  const all = [...state.targets.values()];
  const reachable = all.filter((target) => target.health.state !== 'down' || target.health.reach !== 'refuses');
  const up = reachable.filter((target) => target.health.state === 'up');
  const admitted = state.failOpen.open ? reachable.filter((target) => target.health.state === 'up' || isSick(target)) : up;
  const inPlace = admitted.filter((target) => target.spec.zone === null || !state.shifts.has(target.spec.zone));
  const tier = [inPlace, admitted, reachable].find((targets) => targets.length > 0) ?? [];
  const own = state.ownZone === null ? [] : tier.filter((target) => target.spec.zone === state.ownZone);
  const others = state.ownZone === null ? tier : tier.filter((target) => target.spec.zone !== state.ownZone);
  state.usable = { own, others };
  return state.usable;
}

/** Zones that may take spilled traffic now, with their usable targets. */
export function spillZones(state: ClientState): Map<string, Target[]> {
  const zones = new Map<string, Target[]>();
  for (const target of usableTargets(state).others) {
    const zone = domainOf(target);
    const list = zones.get(zone);
    if (list === undefined) zones.set(zone, [target]);
    else list.push(target);
  }
  return zones;
}

export function ownTargets(state: ClientState): readonly Target[] {
  return usableTargets(state).own;
}

/**
 * The target for a request; null when none can be reached.
 * @param failed the target that failed it before, for a re-send
 */
export function chooseTarget(state: ClientState, { avoidZone }: Request, failed: Target | null, nowMs: number, random: () => number): Target | null {
  const usable = usableTargets(state);
  if (failed !== null) {
    const rest = [...usable.own, ...usable.others].filter((target) => target !== failed);
    const elsewhere = rest.filter((target) => domainOf(target) !== domainOf(failed));
    const unblamed = avoidZone === null ? elsewhere : elsewhere.filter((target) => target.spec.zone !== avoidZone);
    return pickCheaper(state, [unblamed, elsewhere, rest].find((targets) => targets.length > 0) ?? [], nowMs, random);
  }
  const { own, others } = avoidZone === null ? usable : withoutZone(usable, avoidZone);
  if (own.length === 0) return pickCheaper(state, others, nowMs, random);
  if (state.spill.share > 0 && random() < state.spill.share) {
    const heard = others.filter((target) => target.load !== null && nowMs - target.load.atMs <= SPILL_REPORT_MS_MAX);
    if (heard.length > 0) return pickCheaper(state, heard, nowMs, random);
  }
  return pickCheaper(state, own, nowMs, random);
}

/** What is left without a zone; all when that is nothing. */
function withoutZone(usable: { own: Target[]; others: Target[] }, zone: string): { own: Target[]; others: Target[] } {
  const own = usable.own.filter((target) => target.spec.zone !== zone);
  const others = usable.others.filter((target) => target.spec.zone !== zone);
  return own.length + others.length > 0 ? { own, others } : usable;
}

function pickCheaper(state: ClientState, targets: readonly Target[], nowMs: number, random: () => number): Target | null {
  if (targets.length === 0) return null;
  const [i, j] = drawTwo(targets.length, random);
  const first = targets[i] as Target;
  const second = targets[j] as Target;
  if (first === second) return first;
  return isCheaper(choiceOf(state, first, nowMs), choiceOf(state, second, nowMs), state.parameters) ? first : second;
}

function choiceOf(state: ClientState, target: Target, nowMs: number): Choice {
  return {
    latencyMs: latencyMs(target.latency, nowMs, state.parameters),
    inFlight: target.attempts.size + heldByFailures(target.failedFast, nowMs),
    weight: target.health.state === 'up' ? slowStartWeight(target.health.slowStartFromMs, nowMs, state.parameters) : SICK_WEIGHT,
    workMs: workMs(state, target, nowMs),
  };
}

/** Time that the target spent on requests lately, milliseconds, decayed as the latency is. */
export function workMs(state: ClientState, target: Target, nowMs: number): number {
  return target.workMs * Math.exp(-(nowMs - target.workAtMs) / state.parameters.ewmaTauMs);
}
