/**
 * What a toxic is: a kind of fault on one direction of one connection, as a state machine without clock, dice
 * or socket. It is given what arrives and the time, and says what goes on; whoever drives it asks again at
 * `wakeAtMs`. So every fault can be tested in virtual time, and none can make the server wait.
 *
 * Times are milliseconds of one monotonic clock. Nothing here throws, whatever the attributes are.
 */
export interface Chunk {
  readonly bytes: Buffer;
  /** When it arrived at the proxy; a toxic that delayed it has moved this on, so that delays add up. */
  readonly arrivedMs: number;
}

/** What flows: data, and its end. */
export type Flow = { readonly type: 'data'; readonly chunk: Chunk } | { readonly type: 'end' };

export type Output =
  | Flow
  /** Bytes that reach nobody. */
  | { readonly type: 'discard'; readonly bytes: number }
  /** Both directions end: `reset` with RST, the others cleanly. */
  | { readonly type: 'close'; readonly cause: 'timeout' | 'limit' | 'reset' };

export type Attributes = Readonly<Record<string, number>>;

/** One toxic at work on one direction of one connection. */
export interface Stage {
  take(flow: Flow, nowMs: number): Output[];
  /** When it wants {@link Stage.wake}; Infinity for never. */
  readonly wakeAtMs: number;
  wake(nowMs: number): Output[];
  /** It should be given nothing more for now. It still takes what comes, in order. */
  readonly isFull: boolean;
  /** It is removed: everything that it holds, in order. */
  release(): Output[];
  /** New values: what it was just holding goes on at once, the rest is held by the new ones. */
  configure(attributes: Attributes, nowMs: number): Output[];
}

export interface ToxicKind {
  readonly type: string;
  /** Names of its attributes, in the order in which they are shown; integers, 0 by default. */
  readonly attributes: readonly string[];
  /** Removing it closes the connections that it governed, because bytes of theirs are lost. */
  readonly removalCloses?: true;
  /** @param random uniform in [0, 1) */
  start(attributes: Attributes, nowMs: number, random: () => number): Stage;
}

export const END: Flow = { type: 'end' };

export function data(bytes: Buffer, arrivedMs: number): Flow {
  return { type: 'data', chunk: { bytes, arrivedMs } };
}

export function sizeOf(flow: Flow): number {
  return flow.type === 'data' ? flow.chunk.bytes.length : 0;
}
