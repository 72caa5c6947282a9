/** How long the brake of a run took: from the trip of its guardrail until everything it broke was ended. */
import type { JournalEvent } from '#contracts/journal.ts';
import type { Brake } from '#contracts/suite.ts';

/** Until the last of them was; null where no guardrail tripped, or nothing was healed whole after it. */
export function brakeOf(journal: readonly JournalEvent[]): Brake | null {
  const tripped = journal.find((event) => event.type === 'guardrail.tripped');
  if (tripped === undefined) return null;
  const healed = journal
    .filter((event) => event.type === 'fault.healed' || event.type === 'given.healed')
    .filter(({ atMs, remains }) => atMs >= tripped.atMs && remains.length === 0);
  if (healed.length === 0) return null;
  return {
    acknowledgedMs: Math.max(...healed.map(({ acknowledgedMs }) => acknowledgedMs)) - tripped.atMs,
    wholeMs: Math.max(...healed.map(({ atMs }) => atMs)) - tripped.atMs,
  };
}
