/**
 * What the customers wrote down: one record per request, the only evidence that a verdict is computed
 * from. Times are wall clock, milliseconds since the epoch with fractions, all stamped by one process.
 */
export interface CustomerRecord {
  /** Grows by one per record of one customers process; records are published once they are settled. */
  seq: number;
  kind: 'order' | 'menu';
  /** `balanced` goes through the front door; `bare` is the control arm: one try, straight to a storefront. */
  arm: 'balanced' | 'bare';
  /** When the open-loop schedule wanted it sent. Latency counts from here, so a late generator cannot hide it. */
  intendedMs: number;
  /** When it was handed to the socket. */
  sentMs: number;
  /** When the last byte of the answer was in; null if the customer's patience ended first or the connection broke. */
  answeredMs: number | null;
  /** HTTP status; null where there was no answer. */
  status: number | null;
  /** AZ that answered (`x-az`). */
  az: string | null;
  /** AZ that failed first, when the request was sent again below (`x-retried`). */
  retried: string | null;
  /** The order's own oven time from `Server-Timing`, milliseconds; null for menus and failures. */
  bakeMs: number | null;
  /** AZ of the kitchen that baked it, from `Server-Timing`; null for menus and failures. */
  bakedIn: string | null;
}

/** Limits that make an answer count, in milliseconds from the intended send time. */
export const PATIENCE_MS = 1000;
export const LATE_MS = 500;
/** This long after its intended time a request is settled, and its record was published and pulled. */
export const SETTLED_MS = PATIENCE_MS + 700;

/** Answered in time with 2xx. */
export function isAnswered(record: Pick<CustomerRecord, 'status' | 'answeredMs' | 'intendedMs'>): boolean {
  return (
    record.status !== null && record.status >= 200 && record.status < 300 &&
    record.answeredMs !== null && record.answeredMs - record.intendedMs <= PATIENCE_MS
  );
}

/** Counters of a stretch of time, over requests by their intended send time. Requests not yet settled are not in it. */
export interface CustomerSummary {
  windowMs: number;
  arm: 'balanced' | 'bare';
  ratePerSecond: number;
  orders: { offered: number; answered: number; failed: number; late: number };
  menu: { offered: number; failed: number };
  /** Share of answered orders per AZ, 0..1. */
  shareByAz: Record<string, number>;
  latencyMs: { p50: number; p99: number; max: number } | null;
  /** How late the customers handed requests to their sockets. Above a few milliseconds the figures are not the region's. */
  generatorLagMsP99: number;
  generatorLagMsMax: number;
}
