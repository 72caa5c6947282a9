import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { expect, it } from 'vitest';
import { ROOT } from '../tool.ts';
import { adaptConfig, hastenRules } from './prometheus-config.ts';

const PLACES = { region: '/state/b', rules: '/rules', itself: '127.0.0.1:4711' };
const SHIPPED = readFileSync(join(ROOT, 'compose/prometheus.yml'), 'utf8');

it('moves the paths of the shipped configuration and leaves everything else as it is', () => {
  const before = parse(SHIPPED) as { global: unknown; scrape_configs: { job_name: string }[] };
  const after = parse(adaptConfig(SHIPPED, PLACES)) as typeof before & { rule_files: string[] };
  expect(after.global).toEqual(before.global);
  expect(after.rule_files).toEqual(['/rules/*.yml']);
  expect(after.scrape_configs.map(({ job_name: job }) => job)).toEqual(before.scrape_configs.map(({ job_name: job }) => job));
  const text = JSON.stringify(after);
  expect(text).toContain('/state/b/targets.json');
  expect(text).toContain('127.0.0.1:4711');
  expect(text).not.toContain(':9090');
});

it('refuses a configuration that would make every query empty', () => {
  expect(() => adaptConfig('scrape_configs: []\nrule_files: [a.yml]', PLACES)).toThrow('no list of targets');
  expect(() => adaptConfig('scrape_configs: [{ file_sd_configs: [{ files: [t.json] }] }]', PLACES)).toThrow('loads no rules');
});

it('changes nothing of a rule file but how often its groups are evaluated', () => {
  const folder = join(ROOT, 'dashboards/generated/rules');
  for (const name of readdirSync(folder)) {
    const shipped = readFileSync(join(folder, name), 'utf8');
    const groups = (text: string): unknown => (parse(text) as { groups: object[] }).groups.map((group) => ({ ...group, interval: '' }));
    expect(groups(hastenRules(shipped))).toEqual(groups(shipped));
    expect(hastenRules(shipped)).toContain('interval: 2s');
  }
});
