/**
 * The front door's attempts per request in the worst 10 seconds of a run, from its counters sampled once a
 * second. Guards against a failover that passes by multiplying the traffic: what is sent twice at the peak
 * of one region is an outage in the next. Counters that went backwards (a restart) give no figure.
 */
import type { JournalEvent } from '#contracts/journal.ts';
import { allOf, type Interval } from './run-facts.ts';

const STRETCH_MS = 10_000;
/** Samples come a second apart, give or take a timer's delay. */
const SLACK_MS = 500;
/** A front door that said nothing for longer spreads what it did meanwhile over a stretch that hides it. */
const SILENCE_MS_MAX = 3_000;

/** ≥ 0, about 1; null when the front door's counters are not known over the whole stretch. */
export function attemptsPerRequest(journal: readonly JournalEvent[], measured: Interval | null): number | null {
  if (measured === null) return null;
  const samples = allOf(journal, 'host.sampled')
    .filter((sample) => sample.atMs >= measured.fromMs - STRETCH_MS && sample.atMs <= measured.toMs + SLACK_MS)
    .flatMap(({ atMs, frontDoor }) => (frontDoor === null ? [] : [{ atMs, ...frontDoor }]))
    .sort((one, other) => one.atMs - other.atMs);
  const [first, last] = [samples[0], samples.at(-1)];
  if (first === undefined || last === undefined || first.atMs > measured.fromMs + SILENCE_MS_MAX || last.atMs < measured.toMs - SILENCE_MS_MAX) return null;
  let worst: number | null = null;
  for (const [index, from] of samples.entries()) {
    const next = samples[index + 1];
    if (next !== undefined && (next.requests < from.requests || next.attempts < from.attempts)) return null;
    const to = samples.find((sample) => sample.atMs >= from.atMs + STRETCH_MS - SLACK_MS);
    if (to === undefined) continue;
    if (to.atMs - from.atMs > STRETCH_MS + SILENCE_MS_MAX) return null;
    if (to.requests <= from.requests) continue;
    worst = Math.max(worst ?? 0, (to.attempts - from.attempts) / (to.requests - from.requests));
  }
  return worst;
}
