/** Panels as Grafana loads them from the checkout, and what a browser puts in place of their variables before it asks. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from './place.fixture.ts';

export interface PanelQuery {
  refId: string;
  expr: string;
  datasource: { type: string; uid: string };
}

/** The first query of a panel, for every job. @throws Error when there is no such panel, or it asks for what nobody has picked here */
export function panelQuery(dashboard: string, title: string): PanelQuery {
  const { panels } = JSON.parse(readFileSync(join(CHECKOUT, 'dashboards/generated/grafana', `${dashboard}.json`), 'utf8')) as { panels: { title: string; targets?: PanelQuery[] }[] };
  const query = panels.find((panel) => panel.title === title)?.targets?.[0];
  if (query === undefined) throw new Error(`the dashboard ${dashboard} has no panel "${title}" with a query`);
  const expr = query.expr.replaceAll('$job', 'azimuth');
  if (/\$(?!__)/.test(expr)) throw new Error(`"${title}" has a variable more: ${expr}`);
  return { ...query, expr };
}
