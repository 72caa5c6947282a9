/**
 * Every query of every panel, rule, annotation and variable, on a real Prometheus that scrapes a real fleet under load:
 * it must give data at rest, and something else under its cause (`causes.ts`). Each cause begins only when what it is
 * to change is as it was at rest, so that no fault is taken for the one before it.
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findPrometheus } from '../reference/prometheus-binary.ts';
import { ALERTS, ASKED, Rest, silentOf, SPEAKING } from './asked-queries.ts';
import { MAKERS, orderWithKeys, RATE_PER_SECOND, tellVerdict } from './cause-makers.ts';
import { CAUSES, EXPECTATIONS, type Cause, type Expectation } from './causes.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { waitUntil } from './wait-until.ts';
import { startWatchedRegion, type WatchedRegion } from './watched-region.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);

/** Of rest, long enough to know the noise; one sample for each scrape. */
const REST_S = 14;
const STEP_S = 2;
const DATA_MS_MAX = 60_000;
const CALM_MS_MAX = 60_000;
const CHANGE_MS_MAX = 40_000;
/** For all causes together: on a machine that is too busy for any of them, each would wait to its own end. */
const CAUSES_MS_MAX = 270_000;

const WAIVER = 'AZIMUTH_WITHOUT_PROMETHEUS';
const found = await findPrometheus(say);
const isWaived = 'missing' in found && process.env[WAIVER] === '1';
if (isWaived && 'missing' in found) say(`Left out, because ${WAIVER}=1: the queries of dashboards and rules on a real Prometheus. ${found.missing}`);

describe.skipIf(isWaived)('queries of dashboards and rules', () => {
  let watched: WatchedRegion;
  let prometheus: PrometheusApi;
  let rest: Rest | null = null;
  let causesLeftMs = CAUSES_MS_MAX;

  beforeAll(async () => {
    if ('missing' in found) throw new Error(`${found.missing} To go without these tests, set ${WAIVER}=1.`);
    watched = await startWatchedRegion({ name: `queries-${process.pid}`, ratePerSecond: RATE_PER_SECOND, prometheusProgram: found.path });
    ({ prometheus } = watched);
    await tellVerdict(watched, 'PASS');
    await orderWithKeys(watched);
  });
  afterAll(() => watched?.close());

  it('find every program of the region, and rules that can be evaluated', async () => {
    const expected = (await watched.status()).components.map(({ name }) => name);
    await waitUntil('every program is scraped', DATA_MS_MAX, async () => {
      const targets = await prometheus.targets();
      const up = targets.filter(({ health }) => health === 'up').map(({ labels }) => labels['instance']);
      const missing = expected.filter((name) => !up.includes(name));
      if (missing.length > 0) throw new Error(`not ${missing.join(', ')}`);
      return true;
    });
    await waitUntil('every rule is evaluated', DATA_MS_MAX, async () => {
      const ill = (await prometheus.rules()).filter(({ health }) => health !== 'ok');
      if (ill.length > 0) throw new Error(ill.map(({ name, health, lastError = '' }) => `${name} is ${health} ${lastError}`).join('; '));
      return true;
    });
  });

  it('give data at rest, and no alert has a reason', async () => {
    await waitUntil('every query has data', DATA_MS_MAX, async () => {
      const silent = await silentOf(prometheus, SPEAKING);
      if (silent.length > 0) throw new Error(`none for ${silent.join('; ')}`);
      return true;
    });
    let fromMs = Date.now();
    await waitUntil(`no alert has a reason for ${REST_S} s; on a machine that is busy with something else there is no rest`, CALM_MS_MAX, async () => {
      const alarms = ALERTS.length - (await silentOf(prometheus, ALERTS)).length;
      if (alarms > 0) fromMs = Date.now();
      if (Date.now() - fromMs < REST_S * 1000) return false;
      const toS = Date.now() / 1000;
      rest = await Rest.between(prometheus, toS - REST_S, toS, STEP_S);
      const there = rest.alarms();
      if (there.length > 0) throw new Error(there.join(', '));
      return true;
    });
    say(`${ASKED.length} queries: ${SPEAKING.length} give data at rest, ${ALERTS.length} alerts are quiet`);
  }, DATA_MS_MAX + CALM_MS_MAX + 10_000);

  for (const cause of CAUSES) {
    it(`show something else under "${cause}"`, () => shows(cause), 2 * CHANGE_MS_MAX + 90_000);
  }

  it('were raised as alerts by the rules that Prometheus had loaded', async () => {
    const raised = (await prometheus.query('count by (alertname) (count_over_time(ALERTS[1h]))')).map(({ labels }) => `alert ${labels['alertname']}`);
    expect(raised.sort()).toEqual(ALERTS.map(({ id }) => id).sort());
  });

  async function shows(cause: Cause): Promise<void> {
    const expectations = EXPECTATIONS.filter((one) => one.cause === cause);
    const before = rest;
    if (before === null) throw new Error('There was no rest to compare with; see the test above.');
    if (causesLeftMs <= 0) throw new Error(`The causes before it took more than ${seconds(CAUSES_MS_MAX)}: the machine is busy with something else.`);
    const beganMs = performance.now();
    await waitUntil(`what "${cause}" is to change is as it was at rest`, CHANGE_MS_MAX, async () => {
      const already = await before.shown(prometheus, expectations);
      if (already.size > 0) throw new Error(`already there: ${textOf(already)}`);
      return true;
    });
    const makesMs = performance.now();
    const end = await MAKERS[cause](watched);
    const open = new Set(expectations);
    try {
      await waitUntil(`"${cause}" is seen by every query that is for it`, CHANGE_MS_MAX, async () => {
        for (const seen of (await before.shown(prometheus, [...open])).keys()) open.delete(seen);
        if (open.size > 0) throw new Error(`not by ${[...open].map(({ name, change }) => `${name} (${change})`).join('; ')}`);
        return true;
      });
    } finally {
      const seenMs = performance.now();
      await end();
      causesLeftMs -= performance.now() - beganMs;
      say(`${cause}: ${expectations.length - open.size} of ${expectations.length} queries; ${seconds(makesMs - beganMs)} to rest, ${seconds(seenMs - makesMs)} to be seen, ${seconds(performance.now() - seenMs)} to end`);
    }
  }
});

function textOf(shown: ReadonlyMap<Expectation, string>): string {
  return [...shown].map(([{ name, change }, example]) => `${name} (${change}: ${example})`).join('; ');
}

function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
