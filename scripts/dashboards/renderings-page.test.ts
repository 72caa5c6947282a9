import { readFileSync, readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { expect, it } from 'vitest';
import { GENERATED } from '../../dashboards/generated-files.ts';
import { ROOT } from '../tool.ts';
import { renderingsPage } from './renderings-page.ts';

const FOLDER = join(ROOT, 'docs/dashboards');

it('says what the drawings are, of which run, and shows each of them', () => {
  const page = renderingsPage(
    { id: 'r 2026', commit: 'abc1234', processor: 'CPU × 2', ratePerSecond: 300, lost: 'az1', examined: 'az2', verdict: 'INCONCLUSIVE' },
    [{ file: 'region.svg', title: 'Region', moment: 'after it came back' }],
  );
  for (const text of ['not screenshots of Grafana', 'r 2026', 'abc1234', 'INCONCLUSIVE', '![Region](region.svg)']) expect(page).toContain(text);
});

it('is there with a drawing of every dashboard, all of one run that it names with its time', () => {
  const page = readFileSync(join(FOLDER, 'README.md'), 'utf8');
  const drawings = readdirSync(FOLDER).filter((file) => file.endsWith('.svg')).sort();
  // One that is shown at a second moment has the moment behind its name.
  const dashboards = readdirSync(join(ROOT, GENERATED.grafana)).map((file) => basename(file, '.json')).sort();
  expect(drawings.map((file) => basename(file, '.svg')).filter((name) => !name.endsWith('-while-lost'))).toEqual(dashboards);
  expect([...page.matchAll(/^!\[[^\]]+\]\((.+)\)$/gm)].map(([, file]) => file).sort()).toEqual(drawings);
  const [, run = 'none'] = /^\| run \| (\S+ \d{4}-\d\d-\d\dT[\d:.]+Z) \|$/m.exec(page) ?? [];
  expect(drawings.filter((file) => !readFileSync(join(FOLDER, file), 'utf8').includes(`run ${run}`))).toEqual([]);
});
