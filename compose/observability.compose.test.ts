/** Prometheus as it is deployed: it finds every program, its rules are valid where they run, and a region at rest alarms nobody. */
import { beforeAll, describe, expect, it } from 'vitest';
import { METRIC } from '#contracts/metrics.ts';
import { containers } from './testing/containers.fixture.ts';
import { printLogsOfFailures } from './testing/failure-logs.fixture.ts';
import { GRAFANA, PROMETHEUS, tell } from './testing/place.fixture.ts';
import { everyAzTakesOrders, regionIsUp, status } from './testing/region.fixture.ts';
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

describe('Prometheus in the region', () => {
  printLogsOfFailures();
  beforeAll(async () => {
    await regionIsUp();
    await everyAzTakesOrders(30_000);
  }, 180_000);

  it('scrapes every program that has metrics, with the labels of the description', async () => {
    const expected = [...(await containers())].filter(([, { Config, State }]) => State.Running && Config.Labels['azimuth.admin-port'] !== undefined).map(([service]) => service);
    const { answer: targets } = await waitUntil('every target is up', 30_000, async () => {
      const found = await targetsOf();
      const down = found.filter(({ health }) => health !== 'up');
      if (down.length > 0) throw new Error(down.map(({ labels, lastError }) => `${labels['instance']}: ${lastError}`).join('; '));
      return found.length > 0 ? found : null;
    });
    const instances = targets.map(({ labels }) => labels['instance'] ?? '');
    expect(instances).toEqual(expect.arrayContaining(expected));
    const kitchen = targets.find(({ labels }) => labels['instance'] === 'az2-kitchen-b');
    expect(kitchen?.labels).toMatchObject({ az: 'az2', dc: 'az2-dc2', role: 'service', service: 'kitchen' });
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
    const orders = await query(`sum(rate(${METRIC.customerOrders}{result="answered"}[30s]))`);
    expect(orders).toBeGreaterThan(1);
  });

  it('costs the fleet what status states', async () => {
    const { answer: share } = await waitUntil('status states what scraping costs', 30_000, async () => (await status()).scrapeCpuShare);
    tell(`being scraped costs ${(share * 100).toFixed(1)} % of a core`);
    expect(share).toBeGreaterThan(0);
    expect(share).toBeLessThan(0.5);
  });
});

describe('Grafana in the region', () => {
  it('shows the four dashboards to anybody, and has Prometheus as its source', async () => {
    if ((await containers()).get('grafana')?.State.Running !== true) {
      tell('Grafana is not here: its provisioning is not tested in this run.');
      return;
    }
    const found = (await (await fetch(`${GRAFANA}/api/search?type=dash-db`)).json()) as { title: string }[];
    expect(found.map(({ title }) => title).sort()).toEqual(['AZ', 'Chaos', 'Load balancer', 'Region']);
  });
});

async function targetsOf(): Promise<Target[]> {
  return ((await ask('/api/v1/targets?state=active')) as { activeTargets: Target[] }).activeTargets;
}

async function rulesOf(): Promise<Rule[]> {
  return ((await ask('/api/v1/rules')) as { groups: { rules: Rule[] }[] }).groups.flatMap(({ rules }) => rules);
}

async function query(text: string): Promise<number> {
  const { result } = (await ask(`/api/v1/query?query=${encodeURIComponent(text)}`)) as { result: { value: [number, string] }[] };
  return Number(result[0]?.value[1] ?? Number.NaN);
}

async function ask(path: string): Promise<unknown> {
  const answer = await fetch(`${PROMETHEUS}${path}`, { signal: AbortSignal.timeout(10_000) });
  return ((await answer.json()) as { data: unknown }).data;
}
