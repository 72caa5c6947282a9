/** Figures as people read them, the same in every rendering of a report. What is not known is said to be. */
import type { VerdictRun } from '#contracts/verdict.ts';

const UNKNOWN = 'unknown';

/** `12,000`; never `-0`. */
export function count(value: number): string {
  return (value + 0).toLocaleString('en-GB');
}

/** `138 ms`, `2.10 s`, `11.6 s`. */
export function duration(valueMs: number | null): string {
  if (valueMs === null) return UNKNOWN;
  const size = Math.abs(valueMs);
  if (size < 999.5) return `${count(Math.round(valueMs))} ms`;
  return `${(valueMs / 1000).toFixed(size < 9_995 ? 2 : 1)} s`;
}

/** A share of one, `67 %`. */
export function percent(share: number | null): string {
  return share === null ? UNKNOWN : `${(share * 100).toFixed(0)} %`;
}

/** Rounded down: 99.9996 % must not read as 100 %. */
export function percentDown(share: number | null): string {
  return share === null ? UNKNOWN : `${(Math.floor(share * 100_000) / 1000).toFixed(3)} %`;
}

/** `1.003`. */
export function ratio(value: number | null): string {
  return value === null ? UNKNOWN : value.toFixed(3);
}

/** `2026-11-29 19:10:44 UTC`. */
export function dateText(atMs: number | null): string {
  return atMs === null ? UNKNOWN : `${new Date(atMs).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}

/** `kill az1 (crash-stop: the kernel closed its connections)`. */
export function faultText({ fault, kind }: Pick<VerdictRun, 'fault' | 'kind'>): string {
  // A verdict of before it was kept has none.
  return kind == null ? fault : `${fault} (${kind})`;
}

/** What a verdict means for a document that does not expect a PASS; empty for one that does. */
export function expectationText({ expected, asExpected }: { expected: string; asExpected: boolean }): string {
  if (expected === 'PASS') return '';
  return asExpected ? 'as its document expects' : `where its document expects ${expected}`;
}
