/** Measured round trips as a square: who asks down, who is asked across, milliseconds. */
import type { RoundTrip } from '#contracts/region-status.ts';
import { figure, table } from './table.ts';

/** Null for a region without links. */
export function roundTripText(roundTrips: readonly RoundTrip[], indent: string): string | null {
  if (roundTrips.length === 0) return null;
  const froms = [...new Set(roundTrips.map(({ from }) => from))].sort();
  const tos = [...new Set(roundTrips.map(({ to }) => to))].sort();
  const cells = froms.map((from) => tos.map((to) => cell(from, to, roundTrips)));
  const width = Math.max(...[...tos, ...cells.flat()].map((text) => text.length));
  const right = (texts: readonly string[]): string[] => texts.map((text) => figure(text, width));
  const rows = [['from \\ to', ...right(tos)], ...froms.map((from, row) => [from, ...right(cells[row] ?? [])])];
  return `Round trips over the links, ms\n${table(rows, indent)}`;
}

function cell(from: string, to: string, roundTrips: readonly RoundTrip[]): string {
  const found = roundTrips.find((one) => one.from === from && one.to === to);
  if (found === undefined) return '-';
  return found.medianMs === null ? 'silent' : found.medianMs.toFixed(1);
}
