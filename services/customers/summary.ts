/** What customers got in the last seconds, from their settled requests. */
import { isAnswered, LATE_MS, PATIENCE_MS, type CustomerRecord, type CustomerSummary } from '#contracts/records.ts';
import type { RecordRing } from './record-ring.ts';

/** A request is settled at the end of its patience at the latest, give or take a late timer. */
const SETTLED_MS_MAX = PATIENCE_MS + 1000;

/**
 * Counts the settled requests of the current arm that were intended in the last `windowMs`.
 * @param nowMs wall clock, as in the records
 */
export function summarise(
  ring: RecordRing,
  windowMs: number,
  nowMs: number,
  traffic: { arm: CustomerRecord['arm']; ratePerSecond: number },
): CustomerSummary {
  const orders = { offered: 0, answered: 0, failed: 0, late: 0 };
  const menu = { offered: 0, failed: 0 };
  const byAz: Record<string, number> = {};
  const latenciesMs: number[] = [];
  const lagsMs: number[] = [];
  const fromMs = nowMs - windowMs;
  for (let seq = ring.lastSeq; seq >= ring.firstSeq; seq -= 1) {
    const record = ring.get(seq);
    // Older than any request that could still have been intended in the window when it settled.
    if (record === null || record.intendedMs < fromMs - SETTLED_MS_MAX) break;
    if (record.intendedMs < fromMs || record.arm !== traffic.arm) continue;
    lagsMs.push(record.sentMs - record.intendedMs);
    const answered = isAnswered(record);
    if (record.kind === 'menu') {
      menu.offered += 1;
      if (!answered) menu.failed += 1;
      continue;
    }
    orders.offered += 1;
    if (!answered || record.answeredMs === null) {
      orders.failed += 1;
      continue;
    }
    orders.answered += 1;
    const latencyMs = record.answeredMs - record.intendedMs;
    latenciesMs.push(latencyMs);
    if (latencyMs > LATE_MS) orders.late += 1;
    if (record.az !== null) byAz[record.az] = (byAz[record.az] ?? 0) + 1;
  }
  latenciesMs.sort((a, b) => a - b);
  lagsMs.sort((a, b) => a - b);
  return {
    windowMs,
    arm: traffic.arm,
    ratePerSecond: traffic.ratePerSecond,
    orders,
    menu,
    shareByAz: Object.fromEntries(Object.entries(byAz).sort(byName).map(([az, count]) => [az, count / orders.answered])),
    latencyMs: latenciesMs.length === 0 ? null : { p50: quantile(latenciesMs, 0.5), p99: quantile(latenciesMs, 0.99), max: quantile(latenciesMs, 1) },
    generatorLagMsP99: quantile(lagsMs, 0.99),
    generatorLagMsMax: quantile(lagsMs, 1),
  };
}

function byName(a: [string, number], b: [string, number]): number {
  return a[0] < b[0] ? -1 : 1;
}

/** Nearest rank of sorted values; 0 of none. */
function quantile(sorted: readonly number[], share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}
