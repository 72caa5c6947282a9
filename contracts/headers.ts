/**
 * HTTP headers that programs of the region exchange, in lower case as Node delivers them.
 */
export const HEADER = {
  /** Milliseconds of the caller's patience that are left, relative, so that clocks need not agree. */
  deadlineMs: 'x-deadline-ms',
  /** `critical-plus`, `critical`, `sheddable-plus` or `sheddable`; absent means `critical`. */
  criticality: 'x-criticality',
  /** 1 for a first try, 2 for a re-send. */
  attempt: 'x-attempt',
  /** Of a re-send: the AZ that failed. Hops below send it elsewhere too, since they may not know yet. */
  avoidAz: 'x-avoid-az',
  /** Makes a POST safe to send again: a kitchen bakes one key once per replica. */
  idempotencyKey: 'idempotency-key',
  requestId: 'x-request-id',
  /** Availability Zone whose storefront answered. */
  az: 'x-az',
  /** Instance that answered. */
  servedBy: 'x-served-by',
  /** The AZ that failed, when a hop below had to send again. */
  retried: 'x-retried',
  /** Code of the catalogue (`errors.ts`) when a program of the region, not the application, answered. */
  error: 'x-azimuth-error',
  serverTiming: 'server-timing',
  traceparent: 'traceparent',
  forwardedFor: 'x-forwarded-for',
  forwardedHost: 'x-forwarded-host',
  forwardedProto: 'x-forwarded-proto',
  forwarded: 'forwarded',
  via: 'via',
} as const;
