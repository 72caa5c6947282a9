/**
 * What the customers wrote down: one record per request, the only evidence that a verdict is computed
 * from. Times are wall clock, milliseconds since the epoch with fractions, all stamped by one process.
 */
import { Type, type Static } from 'typebox';
import { Nullable } from './json-types.ts';

const Arm = Type.Enum(['balanced', 'bare'], { description: 'balanced goes through the front door; bare is the control arm: one try, straight to a storefront' });

export const CustomerRecordSchema = Type.Object({
  seq: Type.Integer({ description: 'Grows by one per record of one customers process; records are published once they are settled' }),
  kind: Type.Enum(['order', 'menu']),
  arm: Arm,
  /** Latency counts from here, so a late generator cannot hide it. */
  intendedMs: Type.Number({ description: 'Wall clock, when the open-loop schedule wanted it sent' }),
  sentMs: Type.Number({ description: 'Wall clock, when it was handed to the socket' }),
  answeredMs: Nullable(Type.Number(), { description: "Wall clock, when the last byte of the answer was in; null if the customer's patience ended first or the connection broke" }),
  status: Nullable(Type.Integer(), { description: 'HTTP status; null where there was no answer' }),
  az: Nullable(Type.String(), { description: 'AZ that answered (x-az)' }),
  retried: Nullable(Type.String(), { description: 'AZ that failed first, when the request was sent again below (x-retried)' }),
  bakeMs: Nullable(Type.Number(), { description: "The order's own oven time from Server-Timing, milliseconds; null for menus and failures" }),
  bakedIn: Nullable(Type.String(), { description: 'AZ of the kitchen that baked it, from Server-Timing; null for menus and failures' }),
});
export type CustomerRecord = Static<typeof CustomerRecordSchema>;

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

const Count = Type.Integer();
/** Counters of a stretch of time, over requests by their intended send time. Requests not yet settled are not in it. */
export const CustomerSummarySchema = Type.Object({
  windowMs: Type.Number(),
  arm: Arm,
  ratePerSecond: Type.Number({ description: 'Orders' }),
  orders: Type.Object(
    { offered: Count, answered: Count, failed: Count, late: Count },
    { description: `failed: no 2xx within ${PATIENCE_MS} ms of the intended send time; late: answered, but after ${LATE_MS} ms` },
  ),
  menu: Type.Object({ offered: Count, failed: Count }),
  shareByAz: Type.Record(Type.String(), Type.Number(), { description: 'Share of answered orders per AZ, 0..1' }),
  latencyMs: Nullable(Type.Object({ p50: Type.Number(), p99: Type.Number(), max: Type.Number() })),
  generatorLagMsP99: Type.Number({ description: "How late the customers handed requests to their sockets. Above a few milliseconds the figures are not the region's" }),
  generatorLagMsMax: Type.Number(),
});
export type CustomerSummary = Static<typeof CustomerSummarySchema>;
