/** One server under measurement, and how it is spoken to: the same calls for ours and for the real Toxiproxy. */
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { startServer, type ServerProcess } from '../../reference/server-process.ts';

/** A call that takes longer is not waited for. */
const CALL_MS_MAX = 30_000;

export interface Upstream {
  echo: number;
  source: number;
}

export interface Called {
  /** 0 when no answer came. */
  status: number;
  tookMs: number;
  /** Of a proxy that was created. */
  listen: string;
}

export class Arm {
  readonly name: 'ours' | 'reference';
  readonly command: readonly string[];
  #server: ServerProcess;

  private constructor(name: Arm['name'], command: readonly string[], server: ServerProcess) {
    this.name = name;
    this.command = command;
    this.#server = server;
  }

  static async start(name: Arm['name'], command: readonly string[]): Promise<Arm> {
    return new Arm(name, command, await startServer(command));
  }

  get isUp(): boolean {
    return this.#server.isUp();
  }

  /** Another process in the place of one that died or hangs. */
  async restart(): Promise<void> {
    await this.#server.close();
    this.#server = await startServer(this.command);
  }

  close(): Promise<void> {
    return this.#server.close();
  }

  /** Never throws: a dead or silent server is status 0. */
  async call(method: string, path: string, body?: unknown, waitMs = CALL_MS_MAX): Promise<Called> {
    const beganMs = performance.now();
    try {
      const response = await fetch(`http://${this.#server.host}:${this.#server.port}${path}`, {
        method,
        signal: AbortSignal.timeout(waitMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      const text = await response.text();
      const tookMs = performance.now() - beganMs;
      return { status: response.status, tookMs, listen: /"listen":"([^"]*)"/.exec(text)?.[1] ?? '' };
    } catch {
      return { status: 0, tookMs: performance.now() - beganMs, listen: '' };
    }
  }

  /** Creates a proxy on a free port; returns the port. Throws when the server refuses. */
  async proxy(name: string, upstreamPort: number): Promise<number> {
    await this.call('DELETE', `/proxies/${name}`);
    const { status, listen } = await this.call('POST', '/proxies', { name, listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstreamPort}` });
    if (status !== 201) throw new Error(`${this.name} answered ${status} to a new proxy`);
    return Number(listen.split(':').at(-1));
  }
}

/** A connected client. Its later errors are its end and nothing more. */
export async function client(port: number): Promise<Socket> {
  const socket = connect({ host: '127.0.0.1', port, noDelay: true });
  await once(socket, 'connect');
  socket.on('error', () => socket.destroy());
  return socket;
}
