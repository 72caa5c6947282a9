/**
 * What the differential suite does to a server, as data: a case is a list of steps, the same for both servers.
 * Texts may hold symbols, which each server's surroundings fill in and which stand in what is observed too, so
 * that two servers on different ports say the same:
 *
 *   <port a>  a port of its own for the name "a"      <echo>, <greet>, …  an upstream (upstreams.ts)
 *   <taken>   a port on which somebody else listens   <dead>              an address on which nobody does
 *
 * Idea: tables of calls with exact answers, as in Go's own `net/http/serve_test.go`.
 */
import type { RuleId } from './allowances.ts';
import type { UpstreamName } from './upstreams.ts';

/** An observation that is agreed to differ. Both sides are pinned: a rule that no step needs any more is an error. */
export interface Differs {
  rule: RuleId;
  reference: string | RegExp;
  ours: string | RegExp;
}

/** Bounds in which something has to happen; only the side of them is compared, never the milliseconds. */
export type BetweenMs = readonly [min: number, max: number];

export interface CallStep {
  /** Method and path as they stand in the request line. */
  call: string;
  /** Text goes out as it is, anything else as JSON. */
  body?: unknown;
  headers?: Readonly<Record<string, string>>;
  /** Also compare when the answer came. */
  betweenMs?: BetweenMs;
  /** Compare only the status, where the reference's own choice is a random one. */
  statusOnly?: boolean;
}

export type Step = (
  | CallStep
  /** Opens a client's connection of that name to an address, with `count` many of them. */
  | { connect: string; to: string; count?: number }
  | { send: string; text?: string; bytes?: number }
  /** Waits for so many bytes (or the end, or the time), and takes them. Time counts from the last thing done. */
  | { receives: string; bytes: number; waitMs?: number; betweenMs?: BetweenMs }
  | { ends: string; waitMs?: number; betweenMs?: BetweenMs }
  /** The client's half-close, and its sudden end. */
  | { finish: string }
  | { drop: string }
  /** What the newest connection of an upstream has got so far. */
  | { upstream: UpstreamName; hasGot: number; waitMs?: number }
  | { upstream: UpstreamName; ends: true; waitMs?: number; betweenMs?: BetweenMs }
  /** Which of many connections are answered: all, none or some of them, each by its place, or whether the same as at the last look. */
  | { survey: string; show?: 'share' | 'places' | 'change' }
  /** Lines of /metrics that match, symbols filled in. */
  | { metrics: string; show: 'samples' | 'names' }
  | { waitMs: number }
) & { differs?: Differs };

export interface Case {
  /** A sentence about behaviour. */
  name: string;
  steps: readonly Step[];
  /** Flags of both servers; cases with the same ones share them. */
  flags?: readonly string[];
  /** The reference is not to be used after it: it died or hangs. */
  breaksReference?: boolean;
}
