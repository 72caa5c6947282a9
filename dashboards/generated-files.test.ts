// What is committed is what the code makes; what is mounted is where it lies.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parse } from 'yaml';
import { describe, expect, test } from 'vitest';
import { GENERATED, generatedFiles } from './generated-files.ts';
import { DATA_SOURCE } from './grafana/panels.ts';
import { JOB, SCRAPE_INTERVAL_S } from './promql.ts';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const read = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

describe('generated files', () => {
  test('are up to date; else run `node scripts/dashboards/generate.ts`', () => {
    const stale = [...generatedFiles()].filter(([path, text]) => !existsSync(join(ROOT, path)) || read(path) !== text).map(([path]) => path);
    expect(stale).toEqual([]);
  });

  test('are all that lies there', () => {
    const files = generatedFiles();
    const others = Object.values(GENERATED).flatMap((folder) => readdirSync(join(ROOT, folder)).map((name) => `${folder}/${name}`)).filter((path) => !files.has(path));
    expect(others).toEqual([]);
  });
});

describe('provisioning', () => {
  interface Service { volumes: string[] }
  const compose = parse(read('docker-compose.yml'), { merge: true }) as { services: Record<'prometheus' | 'grafana', Service> };
  /** Where a folder of the checkout is inside a container. */
  const mounted = (service: 'prometheus' | 'grafana', folder: string): string => compose.services[service].volumes.map((volume) => volume.split(':')).find(([source]) => source === `./${folder}`)?.[1] ?? 'not mounted';
  /** The one file of a folder of Grafana's provisioning. */
  const provisioned = (kind: 'dashboards' | 'datasources'): Record<string, unknown> => {
    const folder = `compose/grafana/provisioning/${kind}`;
    return parse(read(`${folder}/${readdirSync(join(ROOT, folder))[0] ?? ''}`)) as Record<string, unknown>;
  };

  test('Prometheus reads the rules where they are mounted, and scrapes the job and at the interval that queries go by', () => {
    const prometheus = parse(read('compose/prometheus.yml')) as { global: { scrape_interval: string }; rule_files: string[]; scrape_configs: { job_name: string; scrape_interval?: string }[] };
    expect(prometheus.rule_files.map((path) => dirname(path))).toContain(mounted('prometheus', GENERATED.rules));
    const job = prometheus.scrape_configs.find(({ job_name: name }) => name === JOB);
    expect(job?.scrape_interval ?? prometheus.global.scrape_interval).toBe(`${SCRAPE_INTERVAL_S}s`);
  });

  test('Grafana reads the dashboards where they are mounted', () => {
    const { providers } = provisioned('dashboards') as { providers: { options: { path: string } }[] };
    expect(providers.map(({ options }) => options.path)).toEqual([mounted('grafana', GENERATED.grafana)]);
    expect(mounted('grafana', 'compose/grafana/provisioning')).toBe('/etc/grafana/provisioning');
  });

  test('the data source has the uid that panels ask, and says how often is scraped', () => {
    const { datasources } = provisioned('datasources') as { datasources: { uid: string; type: string; jsonData: { timeInterval: string } }[] };
    expect(datasources).toHaveLength(1);
    expect(datasources[0]).toMatchObject({ ...DATA_SOURCE, jsonData: { timeInterval: `${SCRAPE_INTERVAL_S}s` } });
  });
});
