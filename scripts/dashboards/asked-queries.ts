/** Every query of dashboards and rules, watched on a real Prometheus: what it gave at rest, and whether it gives something else now. */
import { everyQuery, type AskedQuery } from '../../dashboards/queries.ts';
import { nameOf, type Expectation } from './causes.ts';
import { fillIn } from './placeholders.ts';
import type { PrometheusApi } from './prometheus-api.ts';
import { ValueRange } from './value-range.ts';

/** What "the time shown" is here; shorter than a run, so that a fault weighs in it. */
const RANGE_S = 120;

/** As Grafana asks, each with its name. */
export const ASKED: readonly (AskedQuery & { id: string })[] = everyQuery((expr) => fillIn(expr, { rangeS: RANGE_S })).map((query) => ({ ...query, id: nameOf(query) }));

/** An alert says nothing at rest; everything else must say something. */
export const SPEAKING = ASKED.filter(({ origin }) => origin !== 'alert');
export const ALERTS = ASKED.filter(({ origin }) => origin === 'alert');

/** Names of those that give no series now. */
export async function silentOf(prometheus: PrometheusApi, queries: typeof ASKED): Promise<string[]> {
  const answers = await Promise.all(queries.map(async ({ id, expr }) => ({ id, count: (await prometheus.query(expr)).filter(({ points }) => !Number.isNaN(points.at(-1)?.[1])).length })));
  return answers.filter(({ count }) => count === 0).map(({ id }) => id);
}

/** What queries gave over a stretch of time. */
export class Rest {
  readonly #ranges: ReadonlyMap<string, ValueRange>;

  private constructor(ranges: ReadonlyMap<string, ValueRange>) {
    this.#ranges = ranges;
  }

  static async between(prometheus: PrometheusApi, fromS: number, toS: number, stepS: number): Promise<Rest> {
    return new Rest(new Map(await Promise.all(ASKED.map(async ({ id, expr }) => [id, new ValueRange(await prometheus.queryRange(expr, fromS, toS, stepS))] as const))));
  }

  /** Alerts that were there already. */
  alarms(): string[] {
    return ALERTS.filter(({ id }) => this.#ranges.get(id)?.isEmpty === false).map(({ id }) => id);
  }

  /** Of the expectations, those that show now. The value is an example of the change. */
  async shown(prometheus: PrometheusApi, expectations: readonly Expectation[]): Promise<Map<Expectation, string>> {
    const found = new Map<Expectation, string>();
    await Promise.all(expectations.map(async (expectation) => {
      const expr = ASKED.find(({ id }) => id === expectation.name)?.expr ?? '';
      const example = this.#ranges.get(expectation.name)?.changes(await prometheus.query(expr)).get(expectation.change);
      if (example !== undefined) found.set(expectation, example);
    }));
    return found;
  }
}
