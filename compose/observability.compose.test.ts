/** Prometheus and Grafana as they are deployed: every program and link is found, rules are valid where they run, a region at rest alarms nobody, and panels have data. */
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { METRIC } from '#contracts/metrics.ts';
import { containers } from './testing/containers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { panelQuery } from './testing/panels.fixture.ts';
import { GRAFANA, PROMETHEUS, tell } from './testing/place.fixture.ts';
import { everyAzTakesOrders, grafanaLeftOut, regionIsUp, status, type LeftOut } from './testing/region.fixture.ts';
import { waitUntil } from './testing/wait-until.fixture.ts';

interface Target {
  health: string;
  lastError: string;
  labels: Record<string, string>;
}
interface Rule {
  name: string;
  type: 'recording' | 'alerting';
  health: string;
  lastError?: string;
  state?: string;
}
interface Series {
  metric: Record<string, string>;
  value: [number, string];
}
/** Of one query, as https://grafana.com/docs/grafana/latest/developers/http_api/data_source/ has it: a frame for each series, times and values. */
interface GrafanaAnswer {
  results?: Record<string, { error?: string; frames?: { data: { values: [number[], (number | null)[]] } }[] }>;
}

/** The shortest window that Grafana makes of the scrape interval: four scrapes. */
const RATE_INTERVAL = '8s';

describe('Prometheus in the region', () => {
  printLogsOfFailures();
  beforeAll(async () => {
    await regionIsUp();
    await everyAzTakesOrders(30_000);
  }, 180_000);

  it('scrapes every program that has metrics and every link, with the labels of the description', async () => {
    const hasMetrics = (labels: Record<string, string>): boolean => labels['azimuth.admin-port'] !== undefined || labels['azimuth.role'] === 'link';
    const expected = [...(await containers())].filter(([, { Config, State }]) => State.Running && hasMetrics(Config.Labels)).map(([service]) => service);
    expect(expected).toEqual(expect.arrayContaining(['front-door', 'az1-link', 'az2-link', 'az3-link']));
    const { answer: targets } = await waitUntil('every target is up', 30_000, async () => {
      const found = await targetsOf();
      const down = found.filter(({ health }) => health !== 'up');
      if (down.length > 0) throw new Error(down.map(({ labels, lastError }) => `${labels['instance']}: ${lastError}`).join('; '));
      return found.length > 0 ? found : null;
    });
    const instances = targets.filter(({ labels }) => labels['job'] === 'azimuth').map(({ labels }) => labels['instance'] ?? '');
    expect(instances.toSorted()).toEqual(expected.toSorted());
    const kitchen = targets.find(({ labels }) => labels['instance'] === 'az2-kitchen-b');
    expect(kitchen?.labels).toMatchObject({ az: 'az2', dc: 'az2-dc2', role: 'service', service: 'kitchen' });
    const link = targets.find(({ labels }) => labels['instance'] === 'az3-link');
    expect(link?.labels).toMatchObject({ az: 'az3', role: 'link' });
    tell(`Prometheus: ${targets.length} targets up`);
  });

  it('evaluates every rule without an error, and no alert is pending or firing at rest', async () => {
    const { answer: rules } = await waitUntil('every rule was evaluated and no alert is left of earlier faults', 150_000, async () => {
      const found = await rulesOf();
      const wrong = found.filter(({ health, state }) => health !== 'ok' || (state !== undefined && state !== 'inactive'));
      if (wrong.length > 0) throw new Error(wrong.map(({ name, health, state, lastError }) => `${name} is ${state ?? health} ${lastError ?? ''}`).join('; '));
      return found.length > 0 ? found : null;
    });
    const alerts = rules.filter(({ type }) => type === 'alerting');
    tell(`Prometheus: ${rules.length - alerts.length} recording rules, ${alerts.length} alerts, none active`);
    expect(alerts.length).toBeGreaterThan(0);
    expect(rules.length).toBeGreaterThan(alerts.length);
  }, 160_000);

  it('sees what customers get', async () => {
    const [orders] = await query(`sum(rate(${METRIC.customerOrders}{result="answered"}[30s]))`);
    expect(Number(orders?.value[1])).toBeGreaterThan(1);
  });

  it('has the bytes over each link for their panel, as Toxiproxy itself counts them', async () => {
    const expr = panelQuery('chaos', 'Bytes over the links').expr.replaceAll('$__rate_interval', RATE_INTERVAL);
    expect(expr).toContain(METRIC.toxiproxySent);
    const { answer: series } = await waitUntil('bytes over every link', 30_000, async () => {
      const found = await query(expr);
      return found.length > 0 && found.every(({ value: [, bytes] }) => Number(bytes) > 0) ? found : null;
    });
    expect(series.map(({ metric }) => metric['az']).toSorted()).toEqual(['az1', 'az2', 'az3']);
    tell(`bytes over the links: ${series.map(({ metric, value: [, bytes] }) => `${metric['az']} ${(Number(bytes) / 1000).toFixed(1)} kB/s`).join(', ')}`);
  }, 60_000);

  it('costs the fleet what status states', async () => {
    const { answer: share } = await waitUntil('status states what scraping costs', 30_000, async () => (await status()).scrapeCpuShare);
    tell(`being scraped costs ${(share * 100).toFixed(1)} % of a core`);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.5);
  });
});

describe('Grafana in the region', () => {
  let leftOut: LeftOut | null;

  beforeAll(async () => {
    await regionIsUp();
    leftOut = await grafanaLeftOut();
    if (leftOut !== null) tell(leftOut.why);
  }, 180_000);
  beforeEach(({ skip }) => {
    if (leftOut !== null) skip(leftOut.why);
  });

  it('shows the four dashboards to anybody', async () => {
    const found = (await (await fetch(`${GRAFANA}/api/search?type=dash-db`)).json()) as { title: string }[];
    expect(found.map(({ title }) => title).sort()).toEqual(['AZ', 'Chaos', 'Load balancer', 'Region']);
  });

  it('gives anybody what a panel asks of Prometheus', async () => {
    const asked = { ...panelQuery('chaos', 'Orders'), range: true, intervalMs: 2000, maxDataPoints: 100 };
    const { answer: values } = await waitUntil('the panel "Orders" has data', 30_000, async () => {
      const body = JSON.stringify({ from: 'now-1m', to: 'now', queries: [asked] });
      const answer = await fetch(`${GRAFANA}/api/ds/query`, { method: 'POST', headers: { 'content-type': 'application/json' }, body, signal: AbortSignal.timeout(10_000) });
      const { results } = (await answer.json()) as GrafanaAnswer;
      const { error, frames = [] } = results?.[asked.refId] ?? {};
      if (!answer.ok || error !== undefined) throw new Error(`${answer.status} ${error ?? ''}`);
      const found = frames.flatMap(({ data }) => data.values[1]).filter((value) => value !== null);
      return found.length > 0 ? found : null;
    });
    expect(Math.max(...values)).toBeGreaterThan(1);
  }, 60_000);
});

async function targetsOf(): Promise<Target[]> {
  return ((await ask('/api/v1/targets?state=active')) as { activeTargets: Target[] }).activeTargets;
}

async function rulesOf(): Promise<Rule[]> {
  return ((await ask('/api/v1/rules')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
}

async function query(text: string): Promise<Series[]> {
  return ((await ask(`/api/v1/query?query=${encodeURIComponent(text)}`)) as { result: Series[] }).result;
}

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(`${PROMETHEUS}${path}`, { signal: AbortSignal.timeout(10_000) });
  return ((await answer.json()) as { data: unknown }).data;
}
