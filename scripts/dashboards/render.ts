/**
 * `node scripts/dashboards/render.ts [--rate 150]`: runs the region at its designed peak, or another rate, under a real
 * Prometheus, lets an AZ lose power in the middle, and draws every dashboard from what its own queries then say, into
 * docs/dashboards. Takes about eight minutes; the machine should have nothing else to do. Grafana is not needed and not imitated.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { GENERATED } from '../../dashboards/generated-files.ts';
import { findPrometheus } from '../reference/prometheus-binary.ts';
import { ROOT } from '../tool.ts';
import { dataOf, type Dashboard, type Shown } from './dashboard-data.ts';
import { drawDashboard } from './drawing/dashboard.ts';
import { renderingsPage, type Rendering, type RunFacts } from './renderings-page.ts';
import { startWatchedRegion, type WatchedRegion } from './watched-region.ts';

const FOLDER = 'docs/dashboards';
const [LOST, EXAMINED] = AVAILABILITY_ZONES;
/** Before, during and after the loss; figures over a minute need more than one. */
const BEFORE_S = 80;
const LOST_S = 80;
const AFTER_S = 110;
const STEP_S = 3;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const RATE_PER_SECOND = rateOf(parseArgs({ options: { rate: { type: 'string', default: '300' } } }).values.rate);

const found = await findPrometheus(say);
if ('missing' in found) {
  say(`Nothing can be drawn without Prometheus. ${found.missing}`);
  process.exit(5);
}
const watched = await startWatchedRegion({ name: `rendered-${process.pid}`, ratePerSecond: RATE_PER_SECOND, prometheusProgram: found.path });
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void watched.close().then(() => process.exit(4)));
try {
  await render(watched);
} finally {
  await watched.close();
}

async function render({ injector, prometheus, running, environment }: WatchedRegion): Promise<void> {
  say(`an experiment first, so that there is a verdict to show: az-power-loss of ${EXAMINED} …`);
  const verdict = verdictOf(running.region, environment);
  await injector.put('/v1/traffic', { ratePerSecond: RATE_PER_SECOND });
  const fromS = Math.round(Date.now() / 1000);
  say(`${BEFORE_S} s at ${RATE_PER_SECOND} orders/s …`);
  await sleep(BEFORE_S * 1000);
  say(`${LOST} loses power, for ${LOST_S} s …`);
  await injector.post('/v1/faults', { verb: 'kill', target: LOST });
  await sleep(LOST_S * 1000);
  const lostS = Math.round(Date.now() / 1000) - STEP_S;
  say(`${LOST} comes back; another ${AFTER_S} s …`);
  await injector.post('/v1/heal', {});
  await sleep(AFTER_S * 1000);
  const shown: Shown = { fromS, toS: Math.round(Date.now() / 1000), stepS: STEP_S, az: LOST, instance: 'front-door' };

  const facts: RunFacts = { id: `${running.region} ${new Date(fromS * 1000).toISOString()}`, commit: git('rev-parse', '--short', 'HEAD'), processor: `${cpus()[0]?.model.trim() ?? 'unknown'} × ${cpus().length}`, lost: LOST, ratePerSecond: RATE_PER_SECOND, verdict, examined: EXAMINED };
  const renderings: Rendering[] = [];
  mkdirSync(join(ROOT, FOLDER), { recursive: true });
  for (const file of readdirSync(join(ROOT, GENERATED.grafana)).sort()) {
    const dashboard = JSON.parse(readFileSync(join(ROOT, GENERATED.grafana, file), 'utf8')) as Dashboard;
    const name = file.replace('.json', '');
    renderings.push(await draw(name, dashboard, shown, 'after it came back'));
    if (name === 'region') renderings.push(await draw('region-while-lost', dashboard, { ...shown, toS: lostS }, `while ${LOST} is dead`));
  }
  writeFileSync(join(ROOT, FOLDER, 'README.md'), renderingsPage(facts, renderings));
  say(`${renderings.length} drawings and their page are in ${FOLDER}`);

  async function draw(name: string, dashboard: Dashboard, when: Shown, moment: string): Promise<Rendering> {
    const to = new Date(when.toS * 1000).toISOString().replace('T', ' ').slice(0, 19);
    const svg = drawDashboard({
      title: dashboard.title,
      description: dashboard.description,
      panels: dashboard.panels.map((panel) => ({ ...panel, title: panel.title.replaceAll('$az', when.az) })),
      dataOf: await dataOf(prometheus, dashboard, when),
      footer: `Drawn by scripts/dashboards/render.ts from the dashboard's own queries, not a screenshot of Grafana · run ${facts.id} · figures as of ${to} UTC · commit ${facts.commit}`,
    });
    writeFileSync(join(ROOT, FOLDER, `${name}.svg`), svg);
    return { file: `${name}.svg`, title: dashboard.title, moment };
  }
}

/** Of a real run on this region; FAIL and INCONCLUSIVE are shown as they are. */
function verdictOf(region: string, environment: NodeJS.ProcessEnv): string {
  const words = ['run', 'az-power-loss', '--az', EXAMINED, '--rate', String(RATE_PER_SECOND), '--region', region, '--json'];
  const { stdout } = spawnSync(process.execPath, [join(ROOT, 'scripts/azimuth.ts'), ...words], { env: environment, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  if (stdout === '') throw new Error('The experiment gave no verdict; what it said stands above.');
  return (JSON.parse(stdout) as { verdict: string }).verdict;
}

/** Orders per second. @throws Error for what is no rate */
function rateOf(text: string): number {
  const rate = Number(text);
  if (!(rate >= 1 && rate <= 1000)) throw new Error(`--rate takes orders per second between 1 and 1000, not "${text}"`);
  return rate;
}

function git(...args: string[]): string {
  return execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim();
}
