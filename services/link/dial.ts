/**
 * Dials the upstream of one client: its addresses in turn, bounded as a whole, to be given up at any moment.
 * The reference dials in its accept loop without a limit, so that one deaf upstream makes the proxy deaf to
 * every later client and its API to whoever wants to disable it, for 25 s.
 */
import { connect as connectSocket, type Socket } from 'node:net';
import type { Clock } from '#kit/clock.ts';
import type { Lookup } from './lookup.ts';
import { parseHostPort, type HostPort } from './socket-address.ts';

const DIAL_TIMEOUT_MS = 10_000;

/** Why there is no connection. */
export type DialFailure = 'refused' | 'timeout' | 'unresolved' | 'failed';

export interface DialOutcome {
  connected(socket: Socket): void;
  /** @param detail for the log */
  failed(failure: DialFailure, detail: string): void;
}

/**
 * Starts to dial `host:port`; one of the outcomes is called, later, unless it is cancelled before.
 * @returns cancels
 */
export type Dialer = (upstream: string, outcome: DialOutcome) => () => void;

/** @param connect opens a socket to an IP address that reports `connect` or `error` */
export function createDialer(clock: Clock, lookup: Lookup, timeoutMs = DIAL_TIMEOUT_MS, connect: (address: HostPort) => Socket = connectTo): Dialer {
  return (upstream, outcome) => {
    const deadlineMs = clock.nowMs() + timeoutMs;
    let over = false;
    let stopTrying = (): void => {};
    const settle = (report: () => void): void => {
      if (over) return;
      over = true;
      stopClock();
      report();
    };
    const stopClock = clock.after(timeoutMs, () => {
      stopTrying();
      settle(() => outcome.failed('timeout', `${upstream} did not answer within ${timeoutMs} ms`));
    });

    const tryNext = (addresses: readonly string[], port: number, last: Error | null): void => {
      const [host, ...others] = addresses;
      if (host === undefined) return settle(() => outcome.failed(failureOf(last), last?.message ?? `${upstream} has no address`));
      const socket = connect({ host, port });
      // What is left is shared out, so that a deaf first address leaves time for the next.
      const share = others.length === 0 ? null : clock.after((deadlineMs - clock.nowMs()) / addresses.length, () => next(new Error(`${host} is silent`)));
      const next = (error: Error): void => {
        stopTrying();
        tryNext(others, port, error);
      };
      stopTrying = () => {
        share?.();
        socket.off('connect', onConnect).off('error', next);
        // An error that is still on its way is nobody's any more.
        socket.on('error', () => {}).destroy();
      };
      const onConnect = (): void => {
        share?.();
        socket.off('error', next).on('error', () => {});
        settle(() => outcome.connected(socket));
      };
      socket.once('connect', onConnect).once('error', next);
    };

    void resolve(upstream, lookup).then(
      ({ addresses, port }) => {
        if (!over) tryNext(addresses, port, null);
      },
      (error: Error) => settle(() => outcome.failed('unresolved', error.message)),
    );
    return () => {
      if (over) return;
      stopTrying();
      settle(() => {});
    };
  };
}

async function resolve(upstream: string, lookup: Lookup): Promise<{ addresses: readonly string[]; port: number }> {
  const { host, port } = parseHostPort(upstream);
  return { addresses: await lookup(host), port };
}

function connectTo({ host, port }: HostPort): Socket {
  return connectSocket({ host, port, allowHalfOpen: true, noDelay: true });
}

function failureOf(error: Error | null): DialFailure {
  return (error as NodeJS.ErrnoException | null)?.code === 'ECONNREFUSED' ? 'refused' : 'failed';
}
