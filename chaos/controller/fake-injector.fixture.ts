/** An injector as far as whoever passes calls on can tell: it keeps what it was asked and answers what a test says. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export class FakeInjector {
  /** `POST /v1/faults {"verb":"kill"}`. */
  readonly asked: string[] = [];
  /** Of the last call. */
  headers: IncomingMessage['headers'] = {};
  answer: (request: IncomingMessage, response: ServerResponse) => void = (_request, response) => response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
  url!: string;
  #server!: Server;

  static async start(): Promise<FakeInjector> {
    const injector = new FakeInjector();
    injector.#server = createServer((request, response) => {
      let text = '';
      injector.headers = request.headers;
      request.on('data', (chunk: Buffer) => (text += chunk.toString()));
      request.on('end', () => {
        injector.asked.push(`${request.method} ${request.url}${text === '' ? '' : ` ${text}`}`);
        injector.answer(request, response);
      });
    });
    await new Promise<void>((resolve) => injector.#server.listen(0, '127.0.0.1', resolve));
    injector.url = `http://127.0.0.1:${(injector.#server.address() as AddressInfo).port}`;
    return injector;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
