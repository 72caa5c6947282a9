/** Every query that anything here asks of Prometheus, for tests that ask them all of a real one. */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { everyDashboard } from './grafana/all.ts';
import { ALERT_RULES } from './rules/alerts.ts';
import { RECORDING_RULES } from './rules/recording.ts';

export interface AskedQuery {
  origin: 'panel' | 'recording' | 'alert' | 'annotation' | 'variable';
  /** Title, for what stands in a dashboard. */
  dashboard?: string;
  /** Title of the panel. */
  panel?: string;
  refId?: string;
  /** Of a rule, an annotation or a variable. */
  name?: string;
  expr: string;
  /** Panels ask for a point in time or for a stretch of it. */
  instant?: boolean;
}

/** @param substitute puts values in place of `$az`, `$__rate_interval` and the like */
export function everyQuery(substitute: (expr: string, dashboard: string | null) => string): AskedQuery[] {
  return [
    ...RECORDING_RULES.map(({ record, expr }): AskedQuery => ({ origin: 'recording', name: record, expr: substitute(expr, null) })),
    ...ALERT_RULES.map(({ alert, expr }): AskedQuery => ({ origin: 'alert', name: alert, expr: substitute(expr, null) })),
    ...everyDashboard().flatMap((dashboard) => queriesOf(dashboard).map((query) => ({ ...query, expr: substitute(query.expr, dashboard.title ?? null) }))),
  ];
}

/** As they are written, variables and all. */
export function queriesOf(dashboard: Dashboard): AskedQuery[] {
  const where = { dashboard: dashboard.title ?? '' };
  const panels = panelsOf(dashboard).flatMap(({ title = '', targets = [] }) =>
    (targets as { refId?: string; expr?: string; instant?: boolean }[]).map(({ refId = '', expr = '', instant = false }): AskedQuery => ({ origin: 'panel', ...where, panel: title, refId, expr, instant })));
  const annotations = (dashboard.annotations?.list ?? []).map(({ name, target }): AskedQuery => ({ origin: 'annotation', ...where, name, expr: (target as { expr?: string } | undefined)?.expr ?? '' }));
  const variables = (dashboard.templating?.list ?? []).filter(({ type }) => type === 'query').map(({ name, definition = '' }): AskedQuery => ({ origin: 'variable', ...where, name, expr: asQuery(definition) }));
  return [...panels, ...annotations, ...variables];
}

/** Without the rows, which only head what follows. */
export function panelsOf({ panels = [] }: Dashboard): Panel[] {
  return panels.filter((panel): panel is Panel => panel.type !== 'row');
}

/** `label_values(series, label)` is Grafana's own; what it asks is which values there are. */
function asQuery(definition: string): string {
  return definition.replace(/^label_values\((.*), (\w+)\)$/, 'group by ($2) ($1)');
}
