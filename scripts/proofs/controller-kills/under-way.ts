/** What a run was doing when its controller was killed, as far as it had told: its events end with the process that sent them. */
import type { Phase } from '#contracts/journal.ts';
import type { RunEvent } from '#contracts/runs.ts';

export interface UnderWay {
  /** Null before the first. */
  phase: Phase | null;
  /** Wall clock; null before the first phase. */
  sinceMs: number | null;
  /** `being made` and `being healed`: the injector was asked, and the run had not heard its answer. */
  fault: 'none' | 'being made' | 'held' | 'being healed' | 'healed';
  /** Faults that its document gives beforehand, and that it holds. */
  given: number;
}

export const NOTHING_YET: UnderWay = { phase: null, sinceMs: null, fault: 'none', given: 0 };

/** A run of one AZ. */
export function heard(before: UnderWay, event: RunEvent): UnderWay {
  switch (event.type) {
    case 'phase.started':
      return { ...before, phase: event.phase, sinceMs: event.atMs, fault: faultIn(event.phase, before.fault) };
    case 'fault.injected':
      return { ...before, fault: 'held' };
    case 'fault.healed':
      // What the heal left is still somebody's to end.
      return { ...before, fault: event.remains.length === 0 ? 'healed' : 'held' };
    case 'given.made':
      return { ...before, given: before.given + 1 };
    case 'given.healed':
      return event.remains.length === 0 ? { ...before, given: before.given - 1 } : before;
    default:
      return before;
  }
}

function faultIn(phase: Phase, before: UnderWay['fault']): UnderWay['fault'] {
  if (phase === 'fault') return 'being made';
  return phase === 'recovery' ? 'being healed' : before;
}
