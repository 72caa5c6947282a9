/** What being scraped costs the fleet, as Prometheus itself knows it from everybody's own account. */
import { METRIC } from '#contracts/metrics.ts';
import type { Endpoint } from '#contracts/region.ts';
import { callInstance } from './instance-call.ts';

const QUERY = `sum(rate(${METRIC.scrapeSeconds}[1m]))`;
const ASK_TIMEOUT_MS = 500;

interface QueryAnswer {
  data?: { result?: { value?: [number, string] }[] };
}

/** Share of one core; null where no Prometheus runs, or it knows nothing yet. */
export async function scrapeCpuShare(endpoints: readonly Endpoint[]): Promise<number | null> {
  const address = endpoints.find(({ name, role }) => role === 'observer' && name === 'prometheus')?.address ?? null;
  if (address === null) return null;
  try {
    const path = `/api/v1/query?${new URLSearchParams({ query: QUERY }).toString()}`;
    const { status, text } = await callInstance(address, { method: 'GET', path, timeoutMs: ASK_TIMEOUT_MS });
    const share = status === 200 ? Number((JSON.parse(text) as QueryAnswer).data?.result?.[0]?.value?.[1]) : NaN;
    return Number.isFinite(share) ? share : null;
  } catch {
    return null;
  }
}
