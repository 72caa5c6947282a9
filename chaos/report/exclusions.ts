/**
 * What of the evidence is in none of a report's figures, and why. Guards against the figure that is right because what
 * spoke against it was left out where nobody sees it.
 */
import type { JournalEvent } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';
import { allOf, type RunFacts } from '#chaos/verdict/run-facts.ts';
import { count } from './figure-text.ts';

/** @param unreadable how many records are damage and not among the `readable` */
export function exclusions(
  readable: readonly CustomerRecord[], unreadable: number, journal: readonly JournalEvent[], { measured }: RunFacts, arm: CustomerRecord['arm'],
): string[] {
  const others = readable.filter((record) => record.arm !== arm).length;
  const ofRun = readable.filter((record) => record.arm === arm);
  const before = measured === null ? ofRun.length : ofRun.filter(({ intendedMs }) => intendedMs < measured.fromMs).length;
  const later = measured === null ? 0 : ofRun.filter(({ intendedMs }) => intendedMs >= measured.toMs).length;
  const sentences: [number, string][] = [
    [before, measured === null ? 'requests, since the run has no measured stretch' : 'requests of the warm-up'],
    [later, 'requests after the end of the recovery'],
    [others, `requests of customers who were not ${arm}`],
    [unreadable, 'records that cannot be read'],
  ];
  return [
    ...sentences.flatMap(([many, what]) => (many === 0 ? [] : [`${count(many)} ${what}.`])),
    ...allOf(journal, 'evidence.lost').map(({ what }) => `Lost: ${what}.`),
  ];
}
