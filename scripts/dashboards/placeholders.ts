/** What Grafana puts in place of a dashboard's variables, for those who ask Prometheus without it. */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { JOB, SCRAPE_INTERVAL_S, SCRAPES_PER_RATE_MIN } from '../../dashboards/promql.ts';

/** Grafana's own: never fewer than four scrapes, and one more than a pixel's. */
const RATE_INTERVAL_S = SCRAPE_INTERVAL_S * SCRAPES_PER_RATE_MIN;

interface Placeholders {
  /** The AZ that is picked in the dashboard of that name. */
  az?: string;
  instance?: string;
  /** Time that the dashboard shows. */
  rangeS: number;
  /** Seconds between two points that are drawn. */
  stepS?: number;
}

/** @throws Error when a variable is left that nobody gave */
export function fillIn(expr: string, { az = AVAILABILITY_ZONES[0], instance = '.+', rangeS, stepS = SCRAPE_INTERVAL_S }: Placeholders): string {
  const values: Readonly<Record<string, string>> = {
    __rate_interval: `${Math.max(RATE_INTERVAL_S, stepS + SCRAPE_INTERVAL_S)}s`,
    __range: `${Math.round(rangeS)}s`,
    job: JOB,
    az,
    instance,
  };
  return expr.replace(/\$([a-z_]\w*)/g, (_text, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`Nobody knows what $${name} stands for, in ${expr}`);
    return value;
  });
}
