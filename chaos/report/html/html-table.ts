/**
 * Tables of the page. With `cards` each row becomes a card on a phone, whose cells carry their column's name; roles are
 * then written out, because CSS that makes a table something else takes its meaning from readers of the screen.
 */
import { element, escaped } from '../drawing/markup.ts';
import type { Table } from '../run-tables.ts';

/** Markup for some cells, by column; the text of the others is escaped. */
export type CellMarkup = Readonly<Record<string, (text: string, row: number) => string>>;

export function htmlTable({ head, rows }: Table, caption: string, { cards = false, cells = {} }: { cards?: boolean; cells?: CellMarkup } = {}): string {
  const role = (name: string): string | undefined => (cards ? name : undefined);
  const cell = (text: string, column: number, row: number): string => {
    const name = head[column] ?? '';
    const content = cells[name]?.(text, row) ?? escaped(text);
    return column === 0 ? element('th', { scope: 'row', role: role('rowheader') }, content) : element('td', { role: role('cell'), 'data-label': cards ? name : undefined }, content);
  };
  const table = element(
    'table', { role: role('table'), class: cards ? 'cards' : undefined },
    element('caption', {}, escaped(caption)),
    element('thead', { role: role('rowgroup') }, element('tr', { role: role('row') }, ...head.map((name) => element('th', { scope: 'col', role: role('columnheader') }, escaped(name))))),
    element('tbody', { role: role('rowgroup') }, ...rows.map((row, at) => element('tr', { role: role('row') }, ...row.map((text, column) => cell(text, column, at))))),
  );
  return element('div', { class: 'scroll', role: 'region', 'aria-label': caption, tabindex: '0' }, table);
}
