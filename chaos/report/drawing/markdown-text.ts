/** Pieces of Markdown, GitHub-flavoured (tables, section 4.10) and without HTML, so that it reads as plain text too. */
import type { VerdictState } from '#contracts/exit-codes.ts';
import type { Table } from '../run-tables.ts';

export const MARKS: Readonly<Record<VerdictState, string>> = { PASS: '✅', FAIL: '❌', INCONCLUSIVE: '❔', ABORTED: '🛑', NOT_READY: '⏸️', ERROR: '💥' };

export function tableText({ head, rows }: Table): string {
  const line = (cells: readonly string[]): string => `| ${cells.map(inline).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A command. A fence longer than any run of backticks inside. */
export function fenced(code: string): string {
  const longest = Math.max(2, ...[...code.matchAll(/`+/g)].map(([run]) => run.length));
  const fence = '`'.repeat(longest + 1);
  return `${fence}sh\n${code}\n${fence}`;
}

/** One line in which nothing is markup: names and reasons come from elsewhere. */
export function inline(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\\`*_[\]<>|#~!]/g, '\\$&').trim();
}

/** Ends with a line end. */
export function joined(blocks: readonly string[]): string {
  return `${blocks.join('\n\n')}\n`;
}
