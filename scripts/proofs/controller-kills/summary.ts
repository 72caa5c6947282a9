/** What kills of the controller came to: each against its bar, a line for each, and the whole. */
import { EXPERIMENT_LEASE_MS } from '#contracts/faults.ts';
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import type { UnderWay } from './under-way.ts';
import type { Aftermath } from './until-whole.ts';
import { quantile } from '#simulation/figures.ts';

const HEAL_MS_MAX = 10_000;
/** From the kill to a region in which nothing of a fault is left: its lease runs out, and it is healed. */
export const WHOLE_MS_MAX = EXPERIMENT_LEASE_MS + HEAL_MS_MAX;

export interface Kill extends Aftermath, Pick<UnderWay, 'phase' | 'fault' | 'given'> {
  run: string;
  experiment: string;
  az: AvailabilityZone;
  /** Of the kill, since the run was accepted, milliseconds. */
  atMs: number;
  /** Of the kill, since the phase began, milliseconds; null before the first phase. */
  inPhaseMs: number | null;
  /** What the next controller made of the run; null where it did not say. */
  end: VerdictState | null;
}

export interface Summary {
  kills: number;
  /** With a fault that the run had asked for and not heard to be healed, or that its document gives. */
  withFault: number;
  /** By phase; `none` before the first. */
  byPhase: Record<string, number>;
  /** From the kill until nothing was left, milliseconds; null where none became whole. */
  wholeMsMedian: number | null;
  wholeMsMax: number | null;
  wholeMsBar: number;
  misses: number;
}

/** Also one whose region never became whole. */
export function isMiss({ wholeMs }: Pick<Kill, 'wholeMs'>): boolean {
  return wholeMs === null || wholeMs > WHOLE_MS_MAX;
}

function hadFault({ fault, given }: Pick<Kill, 'fault' | 'given'>): boolean {
  return given > 0 || fault === 'being made' || fault === 'held' || fault === 'being healed';
}

export function summaryOf(kills: readonly Kill[]): Summary {
  const byPhase: Record<string, number> = {};
  for (const { phase } of kills) byPhase[phase ?? 'none'] = (byPhase[phase ?? 'none'] ?? 0) + 1;
  const wholeMs = kills.flatMap((kill) => kill.wholeMs ?? []).sort((one, other) => one - other);
  return {
    kills: kills.length, withFault: kills.filter(hadFault).length, byPhase,
    wholeMsMedian: wholeMs.length === 0 ? null : quantile(wholeMs, 0.5), wholeMsMax: wholeMs.at(-1) ?? null, wholeMsBar: WHOLE_MS_MAX,
    misses: kills.filter(isMiss).length,
  };
}

/** @param number of the kill, from 1 on */
export function killLine(number: number, kill: Kill): string {
  const { experiment, az, atMs, phase, inPhaseMs, fault, given, answeredMs, wholeMs, held, residueMax, left } = kill;
  const where = phase === null ? 'before the first phase' : `${phase} for ${seconds(inPhaseMs ?? 0)}`;
  const seen = held.length === 0 && residueMax === 0 ? 'nothing seen broken' : `seen ${held.length === 0 ? 'no fault held' : held.join(', ')}, ${residueMax} broken`;
  const back = answeredMs === null ? 'never answered again' : `answers after ${seconds(answeredMs)}`;
  const whole = wholeMs === null ? `NOT WHOLE: ${left.join(', ') || 'nobody could be asked'}` : `nothing left after ${seconds(wholeMs)}`;
  return `${String(number).padStart(3)}  ${experiment} ${az}, ${seconds(atMs)} in: ${where}, fault ${fault}${given === 0 ? '' : `, ${given} given`}; ${seen}; ${back}, ${whole}${isMiss(kill) ? '  MISS' : ''}`;
}

export function summaryText({ kills, withFault, byPhase, wholeMsMedian, wholeMsMax, wholeMsBar, misses }: Summary): string {
  const phases = Object.entries(byPhase).map(([phase, count]) => `${count} in ${phase === 'none' ? 'none' : phase}`).join(', ');
  const figures = wholeMsMax === null || wholeMsMedian === null ? 'never whole' : `nothing left after ${seconds(wholeMsMedian)} in the median, ${seconds(wholeMsMax)} at most`;
  return `${kills} kills (${phases}), ${withFault} with a fault: ${figures}; ${misses} over ${seconds(wholeMsBar)}.`;
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
