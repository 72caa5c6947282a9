/**
 * When a process was gone, told by its kernel: whoever holds a connection to it hears the close at once. The engine knows
 * it later, by a tenth of a second, or by more than half a second on a busy machine, and what a fault cost its customers
 * until then would be taken for what went before it.
 */
import { connect } from 'node:net';
import type { NetworkAddress } from '#contracts/region.ts';

/** To a neighbour on the same host it takes a thousandth of this. */
const CONNECT_LIMIT_MS = 100;

export interface DeathWatch {
  /** Wall clock, milliseconds; null while the connection is open. */
  readonly endedMs: number | null;
  close(): void;
}

/** Null when nobody takes the connection, such as one that is off its networks. */
export async function watchDeath({ host, port }: NetworkAddress): Promise<DeathWatch | null> {
  const socket = connect({ host, port });
  let endedMs: number | null = null;
  const end = (): void => void (endedMs ??= Date.now());
  // A reset is followed by the close. A close is heard only by who reads.
  socket.on('error', () => undefined).on('end', end).on('close', end).resume();
  const { promise: isOpen, resolve } = Promise.withResolvers<boolean>();
  const timer = setTimeout(() => resolve(false), CONNECT_LIMIT_MS);
  socket.once('connect', () => resolve(true)).once('close', () => resolve(false));
  const opened = await isOpen;
  clearTimeout(timer);
  if (opened) return { get endedMs() { return endedMs; }, close: () => socket.destroy() };
  socket.destroy();
  return null;
}
