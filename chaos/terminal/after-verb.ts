/**
 * What every verb that breaks something does next: it tells, for some seconds, what customers got. Who
 * kills an AZ wants to know whether anybody noticed, without opening a second window.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { InvalidArgumentError, Option } from 'commander';
import type { CustomerSummary } from '#contracts/records.ts';
import { PATIENCE_MS } from '#contracts/records.ts';
import { printResult, type ApiClient } from '#kit/command-line.ts';
import { customersText } from './customers-text.ts';
import { LiveLine } from './live-line.ts';

const WATCH_DEFAULT = '10s';
const WATCH_S_MAX = 55;
/** The last order of the time watched is answered or given up by then. */
const SETTLE_MS = PATIENCE_MS + 100;

/** `--watch`, in seconds. */
export function watchOption(): Option {
  return new Option('--watch <time>', 'how long to tell what customers get').default(parseSeconds(WATCH_DEFAULT), `${WATCH_DEFAULT}, at most ${WATCH_S_MAX}s`).argParser(parseSeconds);
}

/** Seconds as typed: `10s`, `30`. @throws InvalidArgumentError */
export function parseSeconds(text: string): number {
  const seconds = Number(/^(\d{1,3}(?:\.\d+)?)s?$/.exec(text)?.[1]);
  if (seconds >= 0 && seconds <= WATCH_S_MAX) return seconds;
  throw new InvalidArgumentError(`It must be seconds from 0 to ${WATCH_S_MAX}, such as 10s.`);
}

/**
 * Watches the customers for `seconds`, with a live line on standard error.
 * @returns the orders intended in that time, all settled; null for no time
 */
export async function watchCustomers(api: ApiClient, seconds: number): Promise<CustomerSummary | null> {
  if (seconds === 0) return null;
  const startedMs = performance.now();
  const live = new LiveLine(process.stderr);
  const endsMs = startedMs + seconds * 1000;
  try {
    for (let nextMs = startedMs + 1000; nextMs < endsMs; nextMs += 1000) {
      await sleep(Math.max(0, nextMs - performance.now()));
      const summary = await summaryOf(api, performance.now() - startedMs);
      live.show(`${String(Math.round((performance.now() - startedMs) / 1000)).padStart(2)} s | ${customersText(summary)}`);
    }
    await sleep(Math.max(0, endsMs + SETTLE_MS - performance.now()));
    return await summaryOf(api, performance.now() - startedMs);
  } finally {
    live.end();
  }
}

/** The result for people, or nothing where nothing was watched. */
export function printCustomers(summary: CustomerSummary | null, seconds: number): void {
  if (summary !== null) printResult(`Customers, ${seconds} s from then on: ${customersText(summary)}`);
}

function summaryOf(api: ApiClient, windowMs: number): Promise<CustomerSummary> {
  return api.get<CustomerSummary>(`/v1/customers/summary?windowMs=${Math.max(1, Math.ceil(windowMs))}`);
}
