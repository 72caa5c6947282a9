/** What a person is told of a run while it goes on: phase, offered, answered, and the share of each AZ. Pure, over the run's records. */
import { AVAILABILITY_ZONES } from '#contracts/labels.ts';
import { PATIENCE_MS, SETTLED_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import type { LiveFigures } from '#contracts/runs.ts';
import { statedFaultText, statedFault } from '#chaos/verdict/stated-fault.ts';
import type { RunView } from './run-request.ts';

const WINDOW_MS = 1000;

/** About `nowMs`, wall clock: the last second that is settled. */
export function liveFigures({ phase, phaseStartedMs, request, records, baselineMs }: RunView, nowMs: number): LiveFigures {
  const toMs = nowMs - SETTLED_MS;
  const orders = recentOrders(records, toMs - WINDOW_MS).filter(({ intendedMs }) => intendedMs < toMs);
  const answered = orders.filter(isAnswered);
  const shareOf = (az: string): number => (answered.length === 0 ? 0 : answered.filter((record) => record.az === az).length / answered.length);
  return {
    what: phase === 'fault' ? statedFaultText(statedFault(request.document.fault, request.az)) : phase,
    elapsedS: Math.max(0, Math.floor((nowMs - phaseStartedMs) / 1000)),
    offered: orders.length,
    answered: answered.length,
    shares: Object.fromEntries(AVAILABILITY_ZONES.map((az) => [az, shareOf(az)])),
    run: totals(records, baselineMs),
  };
}

/** Records come in the order in which they settled, so the last stretch is near the end. */
function recentOrders(records: readonly CustomerRecord[], fromMs: number): CustomerRecord[] {
  const found: CustomerRecord[] = [];
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const record = records[index] as CustomerRecord;
    if (record.intendedMs < fromMs - PATIENCE_MS) break;
    if (record.kind === 'order' && record.intendedMs >= fromMs) found.push(record);
  }
  return found;
}

function totals(records: readonly CustomerRecord[], baselineMs: number | null): LiveFigures['run'] {
  if (baselineMs === null) return null;
  let offered = 0;
  let failed = 0;
  for (const record of records) {
    if (record.kind !== 'order' || record.intendedMs < baselineMs) continue;
    offered += 1;
    if (!isAnswered(record)) failed += 1;
  }
  return { offered, failed };
}
