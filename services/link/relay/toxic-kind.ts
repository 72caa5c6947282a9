/**
 * What a toxic is: a state machine without clock, dice or socket. It takes what arrives, gives what may go on, and says
 * when time alone will change its answer (`wakeAtMs`); whoever drives it asks again then. So every fault is tested
 * in virtual time, none can make the server wait, and back-pressure needs no code in a toxic: one that is full is
 * given nothing, and gives nothing while what follows it has no room.
 *
 *   take ──▶ holds ──▶ give                  restart: new values, what it was just holding is free
 *                                            release: it goes, all that it holds is free, in order
 *
 * Times are milliseconds of one monotonic clock. Nothing here throws, whatever the attributes are.
 * Reference: Toxiproxy's CREATING_TOXICS.md, where a toxic is a goroutine between two channels.
 */
export interface Chunk {
  readonly type: 'data';
  /** 1 byte to 32 KiB. */
  readonly bytes: Uint8Array;
  /** When it arrived at the proxy; a toxic that delayed it has moved this on, so that delays add up. */
  readonly arrivedMs: number;
}

/** Why a toxic closes a connection; `reset` with RST, the others cleanly. */
export type ToxicCause = 'timeout' | 'limit' | 'reset' | 'toxic-removed';

/** The end of the stream. A close by a toxic is one too, so that what was let pass before it arrives before it. */
export interface End {
  readonly type: 'end';
  /** Null when the source itself ended. */
  readonly cause: ToxicCause | null;
}

export type Flow = Chunk | End;

/** By name; absent is 0. */
export type Attributes = Readonly<Record<string, number>>;

/** One toxic at work on one direction of one connection. After an end it is given nothing more, and not asked again. */
export interface Toxic {
  /** There is no room: `take` must wait. */
  readonly isFull: boolean;
  /** Of data that it holds. */
  readonly heldBytes: number;
  /** When time alone will let it give something; Infinity for never. In the past if it could give already. */
  readonly wakeAtMs: number;
  /** @returns bytes of `flow` that reach nobody: 0, but for those that swallow */
  take(flow: Flow, nowMs: number): number;
  /** What goes on now, one at a time; null for nothing. */
  give(nowMs: number): Flow | null;
  /** New values. What it was just holding is interrupted: returned, in order, to go on at once. */
  restart(attributes: Attributes, nowMs: number): Flow[];
  /** It is removed, or no longer active here. All that it holds, in order, and an end if the connection cannot go on. */
  release(): Flow[];
}

export interface ToxicKind {
  /** The name that the API gives it. */
  readonly type: string;
  /** Names of its attributes, whole numbers, in the order in which they are shown. */
  readonly attributes: readonly string[];
  /** @param random uniform in [0, 1) */
  create(attributes: Attributes, nowMs: number, random: () => number): Toxic;
}

export const END: End = { type: 'end', cause: null };

export function sizeOf(flow: Flow | null): number {
  return flow?.type === 'data' ? flow.bytes.length : 0;
}

/** A number that sums and products of times and sizes stay finite with: any real one is far below. */
const ATTRIBUTE_MAX = Number.MAX_SAFE_INTEGER;

export function attribute(attributes: Attributes, name: string): number {
  const value = Math.trunc(attributes[name] ?? 0);
  return Number.isNaN(value) ? 0 : Math.min(ATTRIBUTE_MAX, Math.max(-ATTRIBUTE_MAX, value));
}
