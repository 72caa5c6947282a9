/**
 * The life of a program: start or say in one message why not, serve, and on SIGTERM leave so that no
 * request notices. What no code foresaw ends the process: a replica in an unknown state is worse than a
 * dead one, which the balancers route around.
 */
import { flushCompileCache } from 'node:module';
import { EXIT } from '#contracts/exit-codes.ts';
import { ConfigError } from './config.ts';
import type { Health } from './health.ts';

/** Draining longer than this is ended; the embedded parent and Docker kill after 10 s. */
const DRAIN_MS_MAX = 5000;
/** By then everything that a program loads is loaded. */
const COMPILED_MS = 3000;

export interface Program {
  /** Fails the health check, finishes what is in flight and closes everything. */
  drain(): Promise<void>;
}

/**
 * Runs `start` and stays until a signal: SIGTERM or SIGINT drains (at most 5 s) and exits 0, a second signal
 * exits at once. A {@link ConfigError} or a taken port is printed as one message and exits 2, whatever else
 * goes wrong exits 6.
 */
export async function runProgram(start: () => Promise<Program>): Promise<void> {
  process.on('uncaughtException', (error) => crash(error));
  process.on('unhandledRejection', (reason) => crash(reason));
  let program: Program | null = null;
  let leaving = false;
  const leave = (): void => {
    // Before the start is through nothing is in flight.
    if (leaving || program === null) process.exit(EXIT.PASS);
    leaving = true;
    const limit = setTimeout(() => {
      process.stderr.write(`drain: requests were still in flight after ${DRAIN_MS_MAX} ms and are cut\n`);
      process.exit(EXIT.PASS);
    }, DRAIN_MS_MAX);
    program.drain().then(
      () => {
        clearTimeout(limit);
        process.exit(EXIT.PASS);
      },
      (error) => crash(error),
    );
  };
  process.on('SIGTERM', leave);
  process.on('SIGINT', leave);
  try {
    program = await start();
    // Node would write its compile cache at a clean exit only, and programs of this region are killed. With a
    // cache (NODE_COMPILE_CACHE) the next boot costs two thirds of the CPU and needs no type stripper in memory.
    setTimeout(flushCompileCache, COMPILED_MS).unref();
  } catch (error) {
    refuse(error);
  }
}

/**
 * Connections that the kernel holds until they are accepted: a queue that nobody sees. In an overload a long one is full
 * of clients who have given up, and serving them is all that the program then does: no request succeeds, for good
 * (4,096 at 600 a second were seven seconds of it). A short one drops, when the program stands still for a moment, who could
 * still be served: they try again after a second, which is a customer's patience (128 were full after 0.4 s at half the peak).
 * So it is what comes at peak in less than half of that patience.
 * Reference: N. Bronson et al., "Metastable Failures in Distributed Systems", HotOS 2021.
 */
export const BACKLOG = 256;

export interface ListenAddress {
  host: string;
  port: number;
  backlog?: number;
}

/** A Fastify instance, or a server that opens its port the same way. */
export interface Listener {
  listen(address: ListenAddress): PromiseLike<unknown>;
}

/** Opens the port; a taken or foreign address becomes a {@link ConfigError} that says what to do. */
export async function listen(app: Listener, address: { host: string; port: number }): Promise<void> {
  try {
    await app.listen({ ...address, backlog: BACKLOG });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const where = `${address.host}:${address.port}`;
    if (code === 'EADDRINUSE') throw new ConfigError(`port taken: another process listens on ${where}; stop it or choose another port`);
    if (code === 'EADDRNOTAVAIL') throw new ConfigError(`this machine has no address ${address.host} to listen on (${where})`);
    if (code === 'EACCES') throw new ConfigError(`not allowed to listen on ${where}; choose a port above 1023`);
    throw error;
  }
}

/**
 * The drain of a program with a traffic port: health fails first and requests are still served for
 * `graceMs`, so that every balancer's check sees it; then what is in flight finishes, then all closes.
 */
export async function drainServers(health: Health, graceMs: number, servers: readonly { close(): Promise<unknown> }[]): Promise<void> {
  health.drain();
  await new Promise((resolve) => setTimeout(resolve, graceMs));
  for (const server of servers) await server.close();
}

function refuse(error: unknown): never {
  if (!(error instanceof ConfigError)) crash(error);
  process.stderr.write(`${error.message}\n`);
  process.exit(EXIT.USAGE);
}

function crash(error: unknown): never {
  process.stderr.write(`the program failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
  process.exit(EXIT.ERROR);
}
