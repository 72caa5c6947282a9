/**
 * A small chart of answered against offered orders, a column per second (or several, when the terminal is
 * narrow): full blocks are answered, the shaded rest was offered and not answered. Marks under it say what
 * happened when.
 */
import type { Second } from './per-second.ts';

const HEIGHT = 6;
const EIGHTHS = ['', '▁', '▂', '▃', '▄', '▅', '▆', '▇'];
const FULL = '█';
const UNANSWERED = '░';

export interface Mark {
  atS: number;
  label: string;
}

/** Lines without line ends, the highest first. `columns` is the width of the terminal, 30 or more. */
export function availabilityChart(seconds: readonly Second[], marks: readonly Mark[], columns: number): string[] {
  if (seconds.length === 0) return [];
  const perColumn = Math.ceil(seconds.length / Math.max(10, columns - 12));
  const bars = Array.from({ length: Math.ceil(seconds.length / perColumn) }, (_, index) => {
    const part = seconds.slice(index * perColumn, (index + 1) * perColumn);
    const mean = (of: (second: Second) => number): number => part.reduce((sum, second) => sum + of(second), 0) / part.length;
    return { offered: mean(({ offered }) => offered), answered: mean(({ answered }) => answered) };
  });
  const top = Math.max(...bars.map(({ offered }) => offered), 1);
  const rows = Array.from({ length: HEIGHT }, (_, index) => {
    const row = HEIGHT - 1 - index;
    const label = index === 0 ? `${Math.round(top)}/s` : row === 0 ? '0' : '';
    return `${label.padStart(7)} │${bars.map((bar) => cell((bar.answered / top) * HEIGHT - row, (bar.offered / top) * HEIGHT - row)).join('')}`;
  });
  const axis = `${' '.repeat(7)} └${'─'.repeat(bars.length)}`;
  return [...rows, axis, ...markLines(marks.map(({ atS, label }) => ({ column: Math.min(bars.length - 1, Math.floor(atS / perColumn)), label })))];
}

function cell(answered: number, offered: number): string {
  if (answered >= 1) return FULL;
  const eighths = Math.round(answered * 8);
  if (offered - answered > 1 / 16 && offered > 0.5) return answered > 0.5 ? (EIGHTHS[eighths] ?? FULL) : UNANSWERED;
  return answered <= 0 ? ' ' : (EIGHTHS[eighths] ?? FULL);
}

/** One line as long as labels do not collide, else a line each. */
function markLines(marks: readonly { column: number; label: string }[]): string[] {
  const lines: string[] = [];
  for (const { column, label } of marks) {
    const start = 9 + column;
    const text = `▲ ${label}`;
    const free = lines.findIndex((line) => line.length + 1 <= start);
    if (free === -1) lines.push(`${' '.repeat(start)}${text}`);
    else lines[free] = `${(lines[free] as string).padEnd(start)}${text}`;
  }
  return lines;
}
