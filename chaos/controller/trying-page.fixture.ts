/**
 * The server of a page that tries to use the API, and what such a page found. What is not its own it passes on to the API as
 * it came: where a browser is made to take a name for this server, the page is of that name's origin, and the API gets
 * from it what it would get after the name was bound anew to its own address (DNS rebinding).
 */
import { readFileSync } from 'node:fs';
import { createServer, request as httpRequest, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

const PAGE = new URL('trying-page.fixture.html', import.meta.url);

export interface Task {
  /** Origin of the API as the page names it. */
  api: string;
  changes: readonly { method: string; path: string; body: object | null }[];
  /** Paths. */
  reads: readonly string[];
}

export interface Finding {
  /** `fetch, JSON: POST /v1/heal`. */
  name: string;
  /** What the page could read, a refusal too; null for nothing. */
  read: string | null;
}

export class TryingPage {
  /** Of the page on this server. */
  readonly path = '/own/page';
  /** Resolves when the page has tried everything. */
  readonly findings: Promise<Finding[]>;
  port!: number;
  readonly #task: Task;
  readonly #apiPort: number;
  readonly #server: Server;
  #tell!: (findings: Finding[]) => void;

  private constructor(task: Task, apiPort: number) {
    this.#task = task;
    this.#apiPort = apiPort;
    this.findings = new Promise((resolve) => (this.#tell = resolve));
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** @param apiPort where the API is in truth */
  static async serve(task: Task, apiPort: number): Promise<TryingPage> {
    const page = new TryingPage(task, apiPort);
    await new Promise<void>((resolve) => page.#server.listen(0, '127.0.0.1', resolve));
    page.port = (page.#server.address() as AddressInfo).port;
    return page;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    switch (request.url) {
      case this.path:
        response.writeHead(200, { 'content-type': 'text/html' }).end(readFileSync(PAGE));
        return;
      case '/own/task':
        response.end(JSON.stringify(this.#task));
        return;
      case '/own/told':
        this.#tell(JSON.parse(await text(request)) as Finding[]);
        response.end();
        return;
      default:
        this.#passOn(request, response);
    }
  }

  #passOn(request: IncomingMessage, response: ServerResponse): void {
    const { method, url, headers } = request;
    const passed = httpRequest({ host: '127.0.0.1', port: this.#apiPort, method, path: url, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    passed.on('error', () => response.destroy());
    response.once('close', () => passed.destroy());
    request.pipe(passed);
  }
}
