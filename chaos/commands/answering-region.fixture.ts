/** A region as far as a verb can tell: it is found, its API answers what a test says, and what the verb prints is kept. */
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import { vi } from 'vitest';
import { publishRunning } from '#kit/state-folder.ts';
import { Printed } from './printed.fixture.ts';

export interface Answer {
  status: number;
  value: unknown;
}

export class AnsweringRegion {
  /** What was asked: `PUT /v1/lever {"blocked":false}`. */
  readonly asked: string[] = [];
  answer: Answer = { status: 200, value: {} };
  readonly #folder = mkdtempSync(join(tmpdir(), 'azimuth-verbs-'));
  #server!: Server;
  #kept!: Printed;

  static async start(): Promise<AnsweringRegion> {
    const region = new AnsweringRegion();
    region.#server = createServer((request, response) => {
      let text = '';
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        region.asked.push(`${request.method} ${request.url}${text === '' ? '' : ` ${text}`}`);
        response.writeHead(region.answer.status, { 'content-type': 'application/json' }).end(JSON.stringify(region.answer.value));
      });
    });
    await new Promise<void>((resolve) => region.#server.listen(0, '127.0.0.1', resolve));
    vi.stubEnv('AZIMUTH_STATE_DIR', region.#folder);
    vi.stubEnv('AZIMUTH_REGION', '');
    // Whatever else runs on this machine: nobody listens there.
    vi.stubEnv('AZIMUTH_API_PORT', '1');
    const api = `http://127.0.0.1:${(region.#server.address() as AddressInfo).port}`;
    publishRunning({ schema: 'azimuth.running/1', region: 'small', body: 'embedded', pid: process.pid, startedMs: 0, api, urls: {} });
    region.#kept = Printed.keep();
    return region;
  }

  get printed(): string {
    return this.#kept.out;
  }

  get complained(): string {
    return this.#kept.err;
  }

  stop(): void {
    this.#kept.restore();
    vi.unstubAllEnvs();
    this.#server.close();
    this.#server.closeAllConnections();
    rmSync(this.#folder, { recursive: true });
  }

  run(command: Command, ...words: string[]): Promise<Command> {
    return command.exitOverride().parseAsync(words, { from: 'user' });
  }
}
