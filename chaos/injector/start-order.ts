/**
 * In which order components start, and how many at once. Who is called starts before who calls, so that no
 * balancer's first round of checks finds an empty house and the region serves from the first request. Links come
 * first of all: whoever calls another AZ calls through one.
 */
import type { Endpoint } from '#contracts/region.ts';
import type { Driver } from './driver.ts';

/** Leaves first. */
const LATE: readonly string[] = ['load-balancer', 'front-door', 'customers', 'controller'];

/**
 * Endpoints in starting order; equals keep the description's order. The description lists services as a
 * request meets them (storefront, then kitchen), so the last one named starts first.
 */
export function startOrder(endpoints: readonly Endpoint[]): Endpoint[] {
  const services = [...new Set(endpoints.map((endpoint) => endpoint.service))].reverse();
  const rank = (endpoint: Endpoint): number => {
    if (endpoint.role === 'link') return -1;
    const late = LATE.indexOf(endpoint.role);
    return late === -1 ? services.indexOf(endpoint.service) : services.length + late;
  };
  return [...endpoints].sort((a, b) => rank(a) - rank(b));
}

export interface StartPlan {
  /** How many may boot at the same time, ≥ 1. */
  atOnce: number;
  gently: boolean;
  onReady?: (name: string, ready: number, total: number) => void;
  onFailure?: (name: string, error: Error) => void;
  /** Starts nothing further. */
  signal?: AbortSignal;
}

/**
 * Starts the endpoints in the given order, the next as soon as one is ready.
 * @returns what did not start, with its error; the rest was still started
 */
export async function startAll(driver: Driver, endpoints: readonly Endpoint[], plan: StartPlan): Promise<Map<string, Error>> {
  const failures = new Map<string, Error>();
  const waiting = [...endpoints];
  let ready = 0;
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next !== undefined && plan.signal?.aborted !== true; next = waiting.shift()) {
      try {
        await driver.start(next.name, { gently: plan.gently });
        ready += 1;
        plan.onReady?.(next.name, ready, endpoints.length);
      } catch (reason) {
        const error = reason instanceof Error ? reason : new Error(String(reason));
        failures.set(next.name, error);
        plan.onFailure?.(next.name, error);
      }
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, plan.atOnce) }, work));
  return failures;
}
