/** Refuses the fault that would touch nothing: it would pass as survived. */
import { AzimuthError } from '#contracts/errors.ts';
import type { FaultRequest, FaultVerb } from '#contracts/faults.ts';
import type { ComponentState } from './driver.ts';

const DONE: Partial<Record<FaultVerb, string>> = { kill: 'killed', freeze: 'frozen', isolate: 'isolated' };

/** @throws AzimuthError AZ_CONFLICT when none of the members is in a state that the verb can end */
export function requireEffect(components: readonly ComponentState[], { verb, target }: Pick<FaultRequest, 'verb' | 'target'>, members: readonly string[]): void {
  const states = components.filter(({ name }) => members.includes(name)).map(({ state }) => state);
  const canBeHit = states.some((state) => state === 'running' || (verb === 'kill' && state !== 'dead'));
  if (!canBeHit) throw new AzimuthError('AZ_CONFLICT', `nothing of ${target} runs that could be ${DONE[verb] ?? 'hit'}`);
}
