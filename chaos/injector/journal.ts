/**
 * The injector's journal. It guards against the fault that outlives the injector: what is about to be broken, and what ends
 * it, is on disk before anything acts, so that whoever starts next knows what to undo. Where it cannot be written no new
 * fault is made; healing never waits for it.
 */
import { JournalFile, type Journal as AnyJournal } from '../journal/journal-file.ts';
import { INJECTOR_JOURNAL, type JournalLine, type JournalState } from './journal-lines.ts';

export type Journal = AnyJournal<JournalLine, JournalState>;

/** Never rejects: where the file cannot be read or written, `trouble` says why. @param nowMs the wall clock */
export function openJournal(path: string, nowMs?: () => number): Promise<JournalFile<JournalLine, JournalState>> {
  return JournalFile.open(path, INJECTOR_JOURNAL, nowMs);
}
