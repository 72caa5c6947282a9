import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Region } from '#contracts/region.ts';
import { compileRegion } from './compile.ts';
import { scrapeTargets, writeTargets } from './scrape-targets.ts';
import { SMALL_REGION } from './small-region.fixture.ts';

function compiled(body: Region['body'], text = SMALL_REGION): Region {
  const result = compileRegion({ text, file: 'f.yml', body, variables: {} });
  if ('errors' in result) throw new Error(JSON.stringify(result.errors));
  return result.region;
}

const SHIPPED = readFileSync(join(import.meta.dirname, '..', '..', 'docker-compose.yml'), 'utf8');

it('names every program at its admin address and every link at its API, with what the description says of them', () => {
  expect(scrapeTargets(compiled('compose'))).toEqual([
    { targets: ['10.83.0.10:9000'], labels: { region: 'azimuth', role: 'front-door', instance: 'front-door' } },
    { targets: ['10.83.0.101:8474'], labels: { region: 'azimuth', az: 'az1', role: 'link', instance: 'az1-link' } },
    { targets: ['10.83.1.10:9000'], labels: { region: 'azimuth', az: 'az1', role: 'load-balancer', instance: 'az1-load-balancer' } },
    { targets: ['10.83.1.31:9000'], labels: { region: 'azimuth', az: 'az1', dc: 'az1-dc1', role: 'service', service: 'kitchen', instance: 'az1-kitchen-a' } },
  ]);
});

it('of processes, names ports of this machine', () => {
  const targets = scrapeTargets(compiled('embedded')).map(({ targets: [at] }) => at);
  expect(targets).toHaveLength(4);
  expect(targets.filter((at) => !/^127\.0\.0\.1:2\d{4}$/.test(at))).toEqual([]);
});

it('leaves out those who watch and what ends by itself, each of the others has one target', () => {
  const region = compiled('compose', SHIPPED);
  const named = scrapeTargets(region).map(({ labels }) => labels['instance']);
  expect(named).toEqual(region.endpoints.filter(({ role }) => role !== 'observer').map(({ name }) => name));
  expect(named).toHaveLength(22);
});

it('is written beside region.json, whole', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-targets-'));
  try {
    const region = compiled('compose');
    writeTargets(join(folder, 'region.json'), region);
    expect(readdirSync(folder)).toEqual(['targets.json']);
    expect(JSON.parse(readFileSync(join(folder, 'targets.json'), 'utf8'))).toEqual(scrapeTargets(region));
  } finally {
    rmSync(folder, { recursive: true });
  }
});
