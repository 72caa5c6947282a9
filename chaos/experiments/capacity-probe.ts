/**
 * Tries one rate on one AZ, the others shifted away: it holds if at least 99.9 % of at least 20,000 orders
 * are answered within 500 ms. A rate that cannot hold any more is given up at once: as soon as more orders
 * missed than the 20 that a whole probe may miss, no future can save it.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { CapacityProbe } from '#contracts/capacity.ts';
import type { AvailabilityZone } from '#contracts/labels.ts';
import { LATE_MS, PATIENCE_MS, isAnswered, type CustomerRecord } from '#contracts/records.ts';
import { latencyQuantiles } from '#chaos/verdict/latency-quantiles.ts';
import { latencyMs } from '#chaos/verdict/order-windows.ts';
import { cpuTimes } from '../capacity/host.ts';
import { RecordCollector } from './record-collector.ts';
import type { RegionApi } from './region-api.ts';

export const PROBE_ORDERS = 20_000;
const MISSED_SHARE_MAX = 0.001;
/**
 * A rate that was too high leaves a region that stays collapsed at lower ones too, because every order is baked
 * twice (a metastable failure): only far less traffic lets it drain, and each rate is tried on a region that has.
 */
const DRAIN_MS = 4_000;
const DRAIN_RATE_SHARE = 0.25;
/**
 * Programs that have just started are compiled while they serve, and a rate that an AZ holds for hours would be found too
 * high for it: an AZ takes this share of a probe's orders at this share of its rate first.
 */
const WARM_ORDERS_SHARE = 0.1;
const WARM_RATE_SHARE = 0.5;
/** Queues of this rate build up. */
const SETTLE_MS = 5_000;
const CHECK_MS = 1_000;
/** After this an order is settled and its record is published. */
const PUBLISHED_MS = PATIENCE_MS + 300;

export interface ProbeProgress {
  orders: number;
  missed: number;
  remainingS: number;
}

/** All rates that a probe may have the customers order at, one after the other, orders per second. */
export function ratesOfProbe(ratePerSecond: number): [warm: number, drain: number, rate: number] {
  return [ratePerSecond * WARM_RATE_SHARE, ratePerSecond * DRAIN_RATE_SHARE, ratePerSecond];
}

/** Tries a rate on an AZ; rejects when it is stopped by hand or the region cannot be asked. */
export type TryRate = (az: AvailabilityZone, ratePerSecond: number, signal: AbortSignal, onProgress: (progress: ProbeProgress) => void) => Promise<CapacityProbe>;

/** Seconds that a probe of this rate takes when it holds. */
export function probeSeconds(ratePerSecond: number): number {
  return Math.ceil(PROBE_ORDERS / ratePerSecond + (DRAIN_MS + SETTLE_MS + PUBLISHED_MS) / 1000) + 1;
}

function isMissed(record: CustomerRecord): boolean {
  return !isAnswered(record) || latencyMs(record) > LATE_MS;
}

/** Orders that `planned` of them may miss; one more and the rate does not hold. */
export function missedMax(planned: number): number {
  return Math.floor(planned * MISSED_SHARE_MAX);
}

/** `plannedOrders`: how many must be answered for a rate that holds. An AZ is warmed before its first rate. Traffic stays at the rate afterwards. */
export function prober(api: Pick<RegionApi, 'traffic' | 'records'>, seed: number, plannedOrders = PROBE_ORDERS): TryRate {
  const warm = new Set<AvailabilityZone>();
  return async (az, ratePerSecond, signal, onProgress) => {
    if (!warm.has(az)) await warmUp({ api, seed, plannedOrders }, ratePerSecond, signal);
    warm.add(az);
    return probe({ api, seed, plannedOrders }, az, ratePerSecond, signal, onProgress);
  };
}

interface ProbeSetting {
  api: Pick<RegionApi, 'traffic' | 'records'>;
  seed: number;
  plannedOrders: number;
}

async function warmUp({ api, plannedOrders }: ProbeSetting, ratePerSecond: number, signal: AbortSignal): Promise<void> {
  const [warmRate] = ratesOfProbe(ratePerSecond);
  await api.traffic({ ratePerSecond: warmRate, arm: 'balanced' });
  await delay(((plannedOrders * WARM_ORDERS_SHARE) / warmRate) * 1000, undefined, { signal });
}

async function probe({ api, seed, plannedOrders }: ProbeSetting, ...[az, ratePerSecond, signal, onProgress]: Parameters<TryRate>): Promise<CapacityProbe> {
  const [, drainRate] = ratesOfProbe(ratePerSecond);
  await api.traffic({ ratePerSecond: drainRate, arm: 'balanced' });
  await delay(DRAIN_MS, undefined, { signal });
  await api.traffic({ ratePerSecond, arm: 'balanced', seed });
  await delay(SETTLE_MS, undefined, { signal });
  const fromMs = Date.now();
  const collector = new RecordCollector(api);
  await collector.start();
  let cpu = cpuTimes();
  let cpuMax = 0;
  try {
    for (;;) {
      await delay(CHECK_MS, undefined, { signal });
      const now = cpuTimes();
      if (now.total > cpu.total) cpuMax = Math.max(cpuMax, (now.busy - cpu.busy) / (now.total - cpu.total));
      cpu = now;
      const toMs = Date.now() - PUBLISHED_MS;
      const orders = collector.records.filter((record) => record.kind === 'order' && record.intendedMs >= fromMs && record.intendedMs < toMs);
      const missed = orders.filter(isMissed).length;
      onProgress({ orders: orders.length, missed, remainingS: Math.max(0, Math.ceil((plannedOrders - orders.length) / ratePerSecond)) });
      const hopeless = missed > missedMax(Math.max(plannedOrders, orders.length));
      if (hopeless || (orders.length >= plannedOrders && !collector.lost)) return result(az, ratePerSecond, orders, missed, cpuMax, !hopeless);
      if (collector.lost) throw new Error('The customers overwrote records before they were read, or were restarted.');
    }
  } finally {
    await collector.stop().catch(() => undefined);
  }
}

function result(az: AvailabilityZone, ratePerSecond: number, orders: CustomerRecord[], missed: number, cpuMax: number, held: boolean): CapacityProbe {
  const latency = latencyQuantiles(orders);
  return {
    az, ratePerSecond, orders: orders.length, missed, failed: orders.filter((record) => !isAnswered(record)).length,
    latencyMsP50: latency?.p50 ?? null, latencyMsP99: latency?.p99 ?? null, cpuMax, held, date: new Date().toISOString(),
  };
}
