/**
 * The answer of `GET /healthz`: shallow on purpose (this process, never its dependencies), because a deep
 * check over a shared dependency ejects a whole fleet at once. It carries who answers, so that a recycled
 * address is noticed, and how loaded it is, so that callers can spill before it is full.
 */
export interface HealthAnswer {
  /** `draining` goes with status 503: finish what is in flight, send nothing new. So does `ill`, which only a fault makes a program say. */
  status: 'ok' | 'draining' | 'ill';
  /** Endpoint name in `region.json`. */
  instanceId: string;
  /** New at every start of the process. */
  bootId: string;
  version: string;
  /** Worst delay of the event loop in the last second, in milliseconds. */
  eventLoopLagMs: number;
  /** What bounds this program, in its own unit (ovens for a kitchen); null where nothing does. */
  load: { busy: number; waiting: number; limit: number } | null;
  /** First attempts per zone since boot, for balancers above that cannot see failures a rescue below hid. */
  firstAttempts: Record<string, { sent: number; failed: number }> | null;
}
