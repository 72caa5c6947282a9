import { setTimeout as sleep } from 'node:timers/promises';
import { findPrometheus } from '../reference/prometheus-binary.ts';
import { Rest, silentOf, SPEAKING } from './asked-queries.ts';
import { MAKERS, RATE_PER_SECOND, tellVerdict, orderWithKeys } from './cause-makers.ts';
import { CAUSES, EXPECTATIONS, type Cause } from './causes.ts';
import { startWatchedRegion } from './watched-region.ts';
const say = (t: string) => process.stderr.write(`${(performance.now() / 1000).toFixed(0)}s ${t}\n`);
const found = await findPrometheus(say);
if (!('path' in found)) throw new Error(found.missing);
const w = await startWatchedRegion({ name: `queries-${process.pid}`, ratePerSecond: RATE_PER_SECOND, prometheusProgram: found.path });
process.once('SIGTERM', () => void w.close().then(() => process.exit(1)));
say('up');
const causes = (process.env['CAUSES']?.split(',') ?? CAUSES) as Cause[];
try {
  await tellVerdict(w, 'PASS'); await orderWithKeys(w);
  for (let i = 0; i < 40; i++) { const s = await silentOf(w.prometheus, SPEAKING); if (s.length === 0) break; if (i > 20) say(`silent: ${s.join('; ')}`); await sleep(1000); }
  say('data');
  let rest!: Rest;
  for (let i = 0; i < 4; i++) {
    await sleep(14_000);
    rest = await Rest.between(w.prometheus, Date.now() / 1000 - 14, Date.now() / 1000, 2);
    say(`alarms at rest: ${rest.alarms().join(', ')}`);
    if (rest.alarms().length === 0) break;
    if (i === 3) { await w.close(); process.exit(9); }
  }
  for (const cause of causes) {
    const all = EXPECTATIONS.filter((one) => one.cause === cause);
    let t = performance.now();
    let already = await rest.shown(w.prometheus, all);
    while (already.size > 0 && performance.now() - t < 30_000) { await sleep(500); already = await rest.shown(w.prometheus, all); }
    say(`${cause}: rest after ${((performance.now() - t) / 1000).toFixed(1)} s; already: ${[...already].map(([e, x]) => `${e.name} ${x}`).join('; ')}`);
    t = performance.now();
    const end = await MAKERS[cause](w);
    const open = new Set(all);
    while (open.size > 0 && performance.now() - t < 40_000) {
      await sleep(500);
      for (const [e] of await rest.shown(w.prometheus, [...open])) { open.delete(e); if (performance.now() - t > 9_000) say(`   late: ${e.name}`); }
    }
    say(`${cause}: ${all.length - open.size}/${all.length} after ${((performance.now() - t) / 1000).toFixed(1)} s; not: ${[...open].map((e) => `${e.name} ${e.change}`).join('; ')}`);
    const L = await rest.shown(w.prometheus, (['rises','falls'] as const).map((change) => ({ name: 'Load balancer / Latency / A', cause, change }))); if (L.size) say(`LATENCY ${[...L.values()]}`);
    for (const i of ['.+', 'front-door', 'az1-load-balancer']) say(`   p50 ${i} ${(await w.prometheus.query(`histogram_quantile(0.5, sum by (le) (rate(azimuth_http_request_duration_seconds_bucket{instance=~"${i}"}[8s])))`)).map((x) => x.points[0]![1])}`);
    t = performance.now();
    await end();
    say(`${cause}: ended after ${((performance.now() - t) / 1000).toFixed(1)} s`);
  }
  say((await w.prometheus.query('count by (alertname) (count_over_time(ALERTS[1h]))')).map(({ labels }) => labels['alertname']).join(' '));
} finally { await w.close(); say('closed'); }
