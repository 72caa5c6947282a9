/** Times as documents and flags write them: `500ms`, `8s`, `1.5s`, `3m`. */
const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };
const DURATION = /^(\d{1,6}(?:\.\d{1,3})?)(ms|s|m)$/;

/** Milliseconds, fractions included; NaN for text that is no time. */
export function durationMs(text: string): number {
  const [, amount, unit = ''] = DURATION.exec(text) ?? [];
  return Number(amount) * (UNITS_MS[unit] ?? Number.NaN);
}
