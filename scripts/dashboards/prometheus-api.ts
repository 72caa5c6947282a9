/** Prometheus's HTTP API as far as tests and renderings ask it. https://prometheus.io/docs/prometheus/latest/querying/api/ */
export type Labels = Readonly<Record<string, string>>;

/** One series over time: seconds since the epoch and the value. */
export interface Series {
  labels: Labels;
  points: readonly (readonly [atS: number, value: number])[];
}

interface Rule {
  name: string;
  type: 'recording' | 'alerting';
  health: string;
  lastError?: string;
}

interface Target {
  health: string;
  lastError: string;
  labels: Labels;
}

interface RawSeries {
  metric: Labels;
  value?: [number, string];
  values?: [number, string][];
}

const ANSWER_MS_MAX = 30_000;

export class PrometheusApi {
  readonly url: string;

  constructor(url: string) {
    this.url = url;
  }

  /** Series at a point in time, now by default; each has one point. */
  async query(expr: string, atS?: number): Promise<Series[]> {
    return this.#series('query', { query: expr, ...(atS === undefined ? {} : { time: String(atS) }) });
  }

  async queryRange(expr: string, fromS: number, toS: number, stepS: number): Promise<Series[]> {
    return this.#series('query_range', { query: expr, start: String(fromS), end: String(toS), step: String(stepS) });
  }

  async rules(): Promise<Rule[]> {
    return (await this.#ask<{ groups: { rules: Rule[] }[] }>('rules')).groups.flatMap(({ rules }) => rules);
  }

  async targets(): Promise<Target[]> {
    return (await this.#ask<{ activeTargets: Target[] }>('targets', { state: 'active' })).activeTargets;
  }

  async #series(path: string, parameters: Record<string, string>): Promise<Series[]> {
    const { result } = await this.#ask<{ result: RawSeries[] }>(path, parameters);
    return result.map(({ metric, value, values }) => ({
      labels: metric,
      points: (values ?? (value === undefined ? [] : [value])).map(([at, text]): [number, number] => [at, numberOf(text)]),
    }));
  }

  async #ask<T>(path: string, parameters: Record<string, string> = {}): Promise<T> {
    const answer = await fetch(`${this.url}/api/v1/${path}?${new URLSearchParams(parameters).toString()}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const { status, data, error } = (await answer.json()) as { status: string; data: T; error?: string };
    if (status !== 'success') throw new Error(`Prometheus refuses ${parameters['query'] ?? path}: ${error ?? answer.status}`);
    return data;
  }
}

/** As Prometheus writes numbers. */
function numberOf(text: string): number {
  if (text === '+Inf') return Infinity;
  if (text === '-Inf') return -Infinity;
  return Number(text);
}
