/**
 * Open-loop load at a steady rate, and how long each answer took from the moment its request was handed
 * over. The generator's own lateness is told beside, not mixed in: all arms share it.
 */
import { Pool } from 'undici';

export interface LoadFigures {
  requests: number;
  failed: number;
  p50Ms: number;
  p99Ms: number;
}

/** Sends `ratePerSecond` for `seconds`. */
export async function generate(origin: string, ratePerSecond: number, seconds: number): Promise<LoadFigures> {
  const pool = new Pool(origin, { pipelining: 1, connections: null });
  const tookMs: number[] = [];
  let failed = 0;
  const startedMs = performance.now();
  const total = Math.round(ratePerSecond * seconds);
  let sent = 0;
  await new Promise<void>((resolve) => {
    let settled = 0;
    const settle = (sentMs: number, ok: boolean): void => {
      if (ok) tookMs.push(performance.now() - sentMs);
      else failed += 1;
      settled += 1;
      if (settled === total) resolve();
    };
    const send = (): void => {
      const sentMs = performance.now();
      let status = 0;
      pool.dispatch(
        { path: '/menu', method: 'GET', headers: ['accept', 'text/plain', 'user-agent', 'azimuth-bench'] },
        {
          onRequestStart() {},
          onResponseStart: (_controller, statusCode) => void (status = statusCode),
          onResponseData() {},
          onResponseEnd: () => settle(sentMs, status === 200),
          onResponseError: () => settle(sentMs, false),
        },
      );
    };
    const timer = setInterval(() => {
      const due = Math.min(total, Math.floor(((performance.now() - startedMs) / 1000) * ratePerSecond));
      while (sent < due) {
        sent += 1;
        send();
      }
      if (sent === total) clearInterval(timer);
    }, 1);
  });
  await pool.close();
  tookMs.sort((a, b) => a - b);
  const at = (share: number): number => tookMs[Math.min(tookMs.length - 1, Math.floor(share * tookMs.length))] ?? Number.NaN;
  return { requests: tookMs.length + failed, failed, p50Ms: at(0.5), p99Ms: at(0.99) };
}
