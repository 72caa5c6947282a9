/** What changed in what the injector holds, between two looks at it. Pure. */
import type { Fault, Lever } from '#contracts/faults.ts';
import type { RegionEvent } from '#contracts/runs.ts';

/** A lease ends on the injector's clock, and it is looked at once a second. */
const LAPSE_SLACK_MS = 250;

export interface HeldView {
  faults: readonly Fault[];
  lever: Lever;
  /** When it was looked at, the injector's wall clock. */
  atMs: number;
}

/** Null for an injector that did not answer. Nothing is told of what came and went in between. */
export function regionChanges(before: HeldView | null, now: HeldView | null, atMs: number): RegionEvent[] {
  if (before === null && now === null) return [];
  if (now === null) return [{ type: 'injector.lost', atMs }];
  if (before === null) return [{ type: 'injector.found', atMs }];
  const was = new Set(before.faults.map(({ id }) => id));
  const is = new Set(now.faults.map(({ id }) => id));
  const over = before.faults.filter(({ id }) => !is.has(id));
  return [
    ...over.map((fault): RegionEvent => ({ type: fault.leaseEndsMs <= now.atMs + LAPSE_SLACK_MS ? 'fault.lapsed' : 'fault.over', atMs: now.atMs, fault })),
    ...now.faults.filter(({ id }) => !was.has(id)).map((fault): RegionEvent => ({ type: 'fault.made', atMs: now.atMs, fault })),
    ...(sameLever(before.lever, now.lever) ? [] : [{ type: 'lever.set' as const, atMs: now.atMs, lever: now.lever }]),
  ];
}

function sameLever(one: Lever, other: Lever): boolean {
  return one.blocked === other.blocked && one.reason === other.reason && one.sinceMs === other.sinceMs;
}
