/**
 * What a dashboard must keep beyond its schema: links that lead somewhere, variables that exist and are used, colours
 * that mean the same everywhere, queries that go by the variables. Works on the generated JSON, which is what Grafana
 * reads. Three rules of Grafana's linter are left out on purpose: the data source is fixed by its uid, since exactly one
 * is provisioned; `$instance` is asked for where instances are what a dashboard is about; and a series that is recorded
 * has no instance any more.
 *
 * https://github.com/grafana/dashboard-linter
 */
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { panelsOf, queriesOf } from '../queries.ts';
import { panelQueryOffences } from './query-rules.ts';

/** Variables that Grafana has by itself. */
const BUILT_IN = /^__/;
/** A link to a dashboard of ours, with the variables that it sets. */
const PATH = /^\/d\/([\w-]+)(?:\?(.*))?$/;

/** @param all those that links may lead to */
export function dashboardOffences(dashboard: Dashboard, all: readonly Dashboard[]): string[] {
  return [...panelOffences(dashboard), ...variableOffences(dashboard), ...linkOffences(dashboard, all), ...queryOffencesOf(dashboard)].map((offence) => `${dashboard.title ?? ''} › ${offence}`);
}

function panelOffences(dashboard: Dashboard): string[] {
  const panels = panelsOf(dashboard);
  return [
    ...twice(panels.map(({ title = '' }) => title)).map((title) => `two panels are called ${title}`),
    ...twice(panels.map(({ id }) => String(id))).map((id) => `two panels have the number ${id}`),
    ...panels.filter((panel) => panels.some((other) => other !== panel && overlap(panel, other))).map(({ title = '' }) => `${title} lies on another panel`),
    ...panels.flatMap((panel) => onePanelOffences(panel).map((offence) => `${panel.title ?? ''}: ${offence}`)),
  ];
}

function onePanelOffences({ type, targets = [], fieldConfig, gridPos }: Panel): string[] {
  const offences: string[] = [];
  const asked = targets as { refId?: string; legendFormat?: string; expr?: string }[];
  if (asked.length === 0) offences.push('asks nothing');
  if (twice(asked.map(({ refId = '' }) => refId)).length > 0) offences.push('two queries have the same refId');
  if (asked.some(({ legendFormat = '' }) => legendFormat === '')) offences.push('a query has no legend');
  if (asked.length > 1 && twice(asked.map(({ legendFormat = '' }) => legendFormat)).length > 0) offences.push('two queries have the same legend');
  if ((fieldConfig?.defaults.unit ?? '') === '') offences.push('has no unit');
  if (gridPos !== undefined && gridPos.x + gridPos.w > 24) offences.push('stands out to the right');
  if (type === 'timeseries') {
    const coloured = (fieldConfig?.overrides ?? []).filter(({ matcher }) => matcher.id === 'byRegexp').map(({ matcher }) => String(matcher.options));
    for (const az of ['az1', 'az2', 'az3']) if (!coloured.includes(`/^${az}\\b/`)) offences.push(`gives ${az} no colour`);
    const byZone = asked.map(({ legendFormat = '' }) => legendFormat).filter((legend) => /\{\{(?:az|zone|instance|target)\}\}/.test(legend));
    for (const legend of byZone.filter((one) => !/^\{\{(?:az|zone|instance|target)\}\}/.test(one))) offences.push(`the legend "${legend}" does not begin with its AZ and gets no colour`);
  }
  return offences;
}

function variableOffences(dashboard: Dashboard): string[] {
  const declared = variablesOf(dashboard);
  const text = JSON.stringify({ ...dashboard, templating: undefined });
  const definitions = (dashboard.templating?.list ?? []).map(({ definition = '' }) => definition).join(' ');
  const used = [...`${text} ${definitions}`.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name ?? '').filter((name) => !BUILT_IN.test(name));
  return [
    ...[...new Set(used)].filter((name) => !declared.includes(name)).map((name) => `$${name} is used and not declared`),
    ...declared.filter((name) => !used.includes(name)).map((name) => `$${name} is declared and not used`),
  ];
}

function linkOffences(dashboard: Dashboard, all: readonly Dashboard[]): string[] {
  const offences: string[] = [];
  for (const { type, tags = [], keepTime, includeVars, title } of dashboard.links ?? []) {
    if (type !== 'dashboards') offences.push(`the link ${title} is none to dashboards by their tag`);
    else if (all.filter((other) => other !== dashboard && tags.every((tag) => (other.tags ?? []).includes(tag))).length === 0) offences.push(`the link ${title} leads to no other dashboard`);
    if (keepTime !== true || includeVars !== true) offences.push(`the link ${title} loses time or variables`);
  }
  for (const { title = '', fieldConfig } of panelsOf(dashboard)) {
    for (const { url = '' } of (fieldConfig?.defaults.links ?? []) as { url?: string }[]) {
      const [, uid, parameters = ''] = PATH.exec(url) ?? [];
      const target = all.find((other) => other.uid === uid);
      if (target === undefined) offences.push(`${title}: the link ${url} leads nowhere`);
      else for (const [, name = ''] of parameters.matchAll(/var-(\w+)=/g)) if (!variablesOf(target).includes(name)) offences.push(`${title}: the link sets $${name}, which ${target.title ?? ''} does not have`);
      if (!parameters.includes('${__url_time_range}')) offences.push(`${title}: the link ${url} loses the time`);
    }
  }
  return offences;
}

function queryOffencesOf(dashboard: Dashboard): string[] {
  const templated = variablesOf(dashboard).filter((name) => name === 'job' || name === 'instance');
  if (!templated.includes('job')) return ['has no variable for the job'];
  return queriesOf(dashboard)
    .filter(({ origin }) => origin === 'panel' || origin === 'annotation')
    .flatMap(({ origin, panel = '', name = '', expr }) => panelQueryOffences(expr, origin === 'annotation' ? ['job'] : templated).map((offence) => `${panel}${name}: ${offence}`));
}

function variablesOf(dashboard: Dashboard): string[] {
  return (dashboard.templating?.list ?? []).map(({ name }) => name);
}

function overlap({ gridPos: one }: Panel, { gridPos: other }: Panel): boolean {
  if (one === undefined || other === undefined) return false;
  return one.x < other.x + other.w && other.x < one.x + one.w && one.y < other.y + other.h && other.y < one.y + one.h;
}

function twice(values: readonly string[]): string[] {
  return values.filter((value, at) => values.indexOf(value) !== at);
}
