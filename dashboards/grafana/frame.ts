/**
 * What every dashboard has around its panels: the variables, the links to the others, which keep time and variables,
 * and the faults as annotations, so that nobody has to guess what a bend in a line was.
 */
import {
  AnnotationQueryBuilder, CustomVariableBuilder, DashboardBuilder, DashboardCursorSync, DashboardLinkBuilder, DashboardLinkType, QueryVariableBuilder, VariableRefresh, VariableSort, type Dashboard,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { METRIC } from '#contracts/metrics.ts';
import { inPanel, JOB, SCRAPE_INTERVAL_S } from '../promql.ts';
import { BAD } from './look.ts';
import { DATA_SOURCE } from './panels.ts';

/** The tag by which dashboards find each other. */
const TAG = 'azimuth';

export interface Frame {
  uid: string;
  title: string;
  description: string;
}

export function frame({ uid, title, description }: Frame): DashboardBuilder {
  return new DashboardBuilder(title)
    .uid(uid).description(description).tags([TAG]).timezone('browser').refresh('5s').time({ from: 'now-15m', to: 'now' }).tooltip(DashboardCursorSync.Crosshair).readonly()
    .annotation(faults())
    .link(new DashboardLinkBuilder('Dashboards').type(DashboardLinkType.Dashboards).tags([TAG]).icon('external link').tooltip('The same time and variables in another dashboard').includeVars(true).keepTime(true))
    .withVariable(jobVariable());
}

/**
 * Panels get their numbers in the order in which they stand. What the SDK writes unasked is taken out: newer Grafanas
 * would hide links and annotations in a menu, and variables that are no intervals have no steps.
 */
export function build(dashboard: DashboardBuilder): Dashboard {
  const built = dashboard.build();
  for (const [at, panel] of (built.panels ?? []).entries()) panel.id = at + 1;
  for (const shown of [...(built.links ?? []), ...(built.annotations?.list ?? []), ...(built.panels ?? []).flatMap(dataLinksOf)]) delete shown.placement;
  for (const variable of built.templating?.list ?? []) {
    delete variable.auto;
    delete variable.auto_min;
    delete variable.auto_count;
  }
  return built;
}

function dataLinksOf(panel: NonNullable<Dashboard['panels']>[number]): { placement?: unknown }[] {
  return panel.type === 'row' || !('fieldConfig' in panel) ? [] : ((panel.fieldConfig?.defaults.links ?? []) as { placement?: unknown }[]);
}

/** An AZ that is dead has no series and must still be there to be picked. */
export function azVariable(): CustomVariableBuilder {
  const [first] = AVAILABILITY_ZONES;
  return new CustomVariableBuilder('az')
    .label('Availability Zone').description('The AZ on the left; its neighbours are on the right.').values(AVAILABILITY_ZONES.join(','))
    .options(AVAILABILITY_ZONES.map((az) => ({ text: az, value: az, selected: az === first })))
    .current({ text: first, value: first, selected: true }).multi(false).includeAll(false).allowCustomValue(false);
}

/** Balancers of the dashboard about them. */
export function instanceVariable(series: string, current: string): QueryVariableBuilder {
  return queryVariable('instance', 'Instance', series).current({ text: [current], value: [current], selected: true });
}

function jobVariable(): QueryVariableBuilder {
  return queryVariable('job', 'Job', METRIC.buildInfo).current({ text: [JOB], value: [JOB], selected: true });
}

function queryVariable(label: string, title: string, series: string): QueryVariableBuilder {
  return new QueryVariableBuilder(label)
    .label(title).datasource(DATA_SOURCE).query({ qryType: 1, query: `label_values(${series}, ${label})`, refId: label }).definition(`label_values(${series}, ${label})`)
    .refresh(VariableRefresh.OnTimeRangeChanged).sort(VariableSort.AlphabeticalAsc).multi(true).includeAll(true).allValue('.+');
}

function faults(): AnnotationQueryBuilder {
  const expr = `max by (verb, target) (${inPanel(METRIC.faultActive)})`;
  return new AnnotationQueryBuilder()
    .name('Faults').datasource(DATA_SOURCE).enable(true).hide(false).iconColor(BAD)
    .target(new DataqueryBuilder().refId('Faults').expr(expr).interval(`${SCRAPE_INTERVAL_S}s`))
    .titleFormat('{{verb}} {{target}}').textFormat('While the injector holds it').tagKeys('verb,target').useValueForTime(false);
}
