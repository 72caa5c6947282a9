// Each rule is shown by spoiling one of our own dashboards; that they keep all of them stands first.
import type { Dashboard, Panel } from '@grafana/grafana-foundation-sdk/dashboard';
import { describe, expect, test } from 'vitest';
import { generatedFiles } from '../generated-files.ts';
import { panelsOf } from '../queries.ts';
import { dashboardOffences } from './dashboard-rules.ts';
import { schemaErrors } from './dashboard-schema.ts';

function all(): Dashboard[] {
  return [...generatedFiles()].filter(([path]) => path.endsWith('.json')).map(([, text]) => JSON.parse(text) as Dashboard);
}

/** Offences of the first dashboard after something was done to it. */
function spoilt(spoil: (dashboard: Dashboard, panel: Panel & { targets: { expr: string; refId: string; legendFormat: string }[] }) => void): string {
  const dashboards = all();
  const dashboard = dashboards[0] as Dashboard;
  spoil(dashboard, panelsOf(dashboard).find(({ type }) => type === 'timeseries') as Parameters<typeof spoil>[1]);
  return [...schemaErrors(dashboard), ...dashboardOffences(dashboard, dashboards)].join('\n');
}

describe('our dashboards', () => {
  test.each(all().map((dashboard) => [dashboard.title ?? '', dashboard] as const))('%s is what Grafana provisions and keeps the rules', (_title, dashboard) => {
    expect(panelsOf(dashboard).length).toBeGreaterThan(8);
    expect(schemaErrors(dashboard)).toEqual([]);
    expect(dashboardOffences(dashboard, all())).toEqual([]);
  });

  test('are four, each with a uid of its own', () => {
    expect(all().map(({ title }) => title)).toEqual(['Region', 'AZ', 'Load balancer', 'Chaos']);
    expect(new Set(all().map(({ uid }) => uid)).size).toBe(4);
  });

  test('give an AZ the same colour in every panel', () => {
    const colours = all().flatMap((dashboard) => panelsOf(dashboard).flatMap(({ fieldConfig }) => fieldConfig?.overrides ?? [])).filter(({ matcher }) => matcher.id === 'byRegexp');
    const pairs = new Set(colours.map(({ matcher, properties }) => `${String(matcher.options)} ${JSON.stringify(properties)}`));
    expect(pairs.size).toBe(3);
  });
});

describe('what is refused', () => {
  test.each<[string, Parameters<typeof spoilt>[0], string]>([
    ['a panel without a description', (_all, panel) => delete panel.description, 'description'],
    ['a panel without a unit', (_all, panel) => delete panel.fieldConfig?.defaults.unit, 'has no unit'],
    ['a panel that asks nothing', (_all, panel) => panel.targets.splice(0), 'asks nothing'],
    ['an option that Grafana does not know', (_all, panel) => Object.assign(panel, { tilte: 'x' }), 'additional properties'],
    ['another data source', (_all, panel) => Object.assign(panel, { datasource: { type: 'prometheus', uid: 'other' } }), 'uid'],
    ['two panels of one name', (dashboard, panel) => panelsOf(dashboard).forEach((one) => (one.title = panel.title as string)), 'two panels are called'],
    ['a query without a legend', (_all, panel) => Object.assign(panel.targets[0] as object, { legendFormat: '' }), 'no legend'],
    ['two queries of one refId', (_all, panel) => panel.targets.forEach((one) => Object.assign(one, { refId: 'A' })), 'same refId'],
    ['a query without the job', (_all, panel) => Object.assign(panel.targets[0] as object, { expr: 'azimuth_fail_open{}' }), 'does not go by job'],
    ['a variable that nobody declares', (_all, panel) => Object.assign(panel.targets[0] as object, { expr: 'azimuth_fail_open{job=~"$job", az="$zone"}' }), '$zone is used and not declared'],
    ['a variable that nobody uses', (dashboard) => (dashboard.templating?.list ?? []).push({ ...(dashboard.templating?.list?.[0] as object), name: 'spare' } as never), '$spare is declared and not used'],
    ['an AZ without its colour', (_all, panel) => panel.fieldConfig?.overrides.splice(0), 'gives az1 no colour'],
    ['a legend that hides its AZ', (_all, panel) => Object.assign(panel.targets[0] as object, { legendFormat: 'orders of {{az}}' }), 'does not begin with its AZ'],
    ['a panel that stands out', (_all, panel) => Object.assign(panel.gridPos as object, { x: 20, w: 12 }), 'stands out to the right'],
    ['panels that lie on each other', (_all, panel) => Object.assign(panel.gridPos as object, { x: 12 }), 'lies on another panel'],
    ['links that lose the time', (dashboard) => Object.assign(dashboard.links?.[0] as object, { keepTime: false }), 'loses time'],
    ['links by a tag that no other has', (dashboard) => Object.assign(dashboard.links?.[0] as object, { tags: ['other'] }), 'leads to no other dashboard'],
    ['a link to a dashboard that is not there', (_all, panel) => Object.assign(panel.fieldConfig?.defaults as object, { links: [{ url: '/d/azimuth-gone?${__url_time_range}' }] }), 'leads nowhere'],
    ['a link that sets what is not there', (_all, panel) => Object.assign(panel.fieldConfig?.defaults as object, { links: [{ url: '/d/azimuth-az?var-zone=az1&${__url_time_range}' }] }), 'sets $zone'],
  ])('%s', (_what, spoil, why) => {
    expect(spoilt(spoil)).toContain(why);
  });
});
