/**
 * A Toxiproxy with one defect planted: the real server behind a front that changes what it asks or answers.
 * Proves that the suite can fail; the data path is the real one's, so a defect of effect is planted by
 * asking the real server for something else than was asked of the front.
 */
import { createServer, request } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { ServerProcess } from '../reference/server-process.ts';

export interface Planted {
  method: string;
  path: string;
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

export interface Defect {
  /** What is asked of the real server instead. */
  ask?(body: string, method: string, path: string): string;
  /** What is answered instead. */
  answer?(answer: Planted): Planted;
}

/** `close` ends the real server too. */
export async function plant(real: ServerProcess, defect: Defect): Promise<ServerProcess> {
  const front = createServer((asked, reply) => {
    const chunks: Buffer[] = [];
    asked.on('data', (chunk: Buffer) => chunks.push(chunk));
    asked.on('end', () => {
      const { method = '', url: path = '' } = asked;
      const text = Buffer.concat(chunks).toString();
      const body = defect.ask?.(text, method, path) ?? text;
      const { 'content-length': _, ...headers } = asked.headers;
      const length = chunks.length === 0 ? {} : { 'content-length': Buffer.byteLength(body) };
      const forwarded = request({ host: real.host, port: real.port, method, path, headers: { ...headers, ...length }, agent: false }, (response) => {
        const received: Buffer[] = [];
        response.on('data', (chunk: Buffer) => received.push(chunk));
        response.on('end', () => {
          const { 'content-length': _length, 'transfer-encoding': _encoding, ...kept } = response.headers;
          const answer = { method, path, status: response.statusCode ?? 0, headers: kept, body: Buffer.concat(received).toString() };
          const changed = defect.answer?.(answer) ?? answer;
          reply.writeHead(changed.status, changed.headers as Record<string, string>).end(method === 'HEAD' ? undefined : changed.body);
        });
      });
      forwarded.on('error', () => reply.destroy());
      forwarded.end(chunks.length === 0 ? undefined : body);
    });
  });
  front.listen(0, '127.0.0.1');
  await once(front, 'listening');
  return {
    ...real,
    port: (front.address() as AddressInfo).port,
    close: async () => {
      front.closeAllConnections();
      front.close();
      await real.close();
    },
  };
}
