/** A journal without a disk, which remembers its lines and can be full. */
import { AzimuthError } from '#contracts/errors.ts';
import type { Journal } from './journal.ts';
import { addLine, emptyJournal, type Intent, type JournalLine, type JournalState } from './journal-lines.ts';

export class MemoryJournal implements Journal {
  readonly state: JournalState;
  readonly lines: JournalLine[] = [];
  /** Why nothing can be written from now on. */
  refuses: string | null = null;

  /** @param lines what an earlier injector wrote */
  constructor(lines: readonly JournalLine[] = []) {
    this.state = emptyJournal();
    for (const line of lines) addLine(this.state, line);
  }

  get trouble(): string | null {
    return this.refuses;
  }

  async append(line: JournalLine): Promise<void> {
    if (line.type !== 'intent') addLine(this.state, line);
    if (this.refuses !== null) throw new AzimuthError('AZ_NOT_RECORDED', this.refuses);
    if (line.type === 'intent') addLine(this.state, line);
    this.lines.push(line);
  }
}

export function intentOf(id: string, inverse: Partial<Intent['inverse']> = {}): Intent {
  return {
    type: 'intent', atMs: 1, id, leaseMs: 10_000, inverse: { restore: [], clear: [], unshift: [], amend: [], ...inverse },
    fault: { verb: 'kill', target: 'az1', detail: {}, holder: 'suite', by: 'az-power-loss az1', reason: null },
  };
}
