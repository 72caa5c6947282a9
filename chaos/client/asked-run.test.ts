/** A run as it is asked for, of programs that answer in a controller's place. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningRegion } from '#contracts/running.ts';
import type { RunEvent } from '#contracts/runs.ts';
import { experimentNamed } from '../experiments/documents.ts';
import { runToItsEnd } from './asked-run.ts';
import { followRun } from './controller-run.ts';

const END = { endedMs: 9, verdict: 'PASS', outcome: 'PASS', trouble: null } as const;
const never = new AbortController().signal;

let answer: (path: string, response: ServerResponse) => void;
let server: Server;
let running: RunningRegion;
beforeEach(async () => {
  server = createServer((request: IncomingMessage, response) => answer(request.url ?? '', response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const api = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  running = { schema: 'azimuth.running/1', region: 'small', body: 'embedded', pid: null, startedMs: 0, api, urls: {} };
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const stream = (response: ServerResponse, text: string): void => void response.writeHead(200, { 'content-type': 'text/event-stream' }).end(text);
const eventText = (event: object): string => `id: a-1\ndata: ${JSON.stringify(event)}\n\n`;

test.each<[string, (response: ServerResponse) => void]>([
  ['a page', (response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Welcome</h1>')],
  ['events that say nothing', (response) => stream(response, 'data: hello\n\n')],
])('whoever answers with %s is no controller, and is not asked again', async (_what, say) => {
  let asks = 0;
  answer = (_path, response) => {
    asks += 1;
    say(response);
  };
  await expect(followRun(running, 'r1', never, () => undefined)).rejects.toMatchObject({ exitCode: 6, message: expect.stringMatching(/as no controller does/) as string });
  expect(asks).toBe(1);
});

test('a stream that is cut is taken up where it was', async () => {
  const asked: (string | undefined)[] = [];
  server.prependListener('request', ({ headers }: IncomingMessage) => void asked.push(headers['last-event-id'] as string | undefined));
  const texts = [eventText({ run: 'r1', type: 'run.told', atMs: 1, text: 'one' }), eventText({ run: 'r1', type: 'run.ended', atMs: 9, end: END })];
  answer = (_path, response) => stream(response, texts.shift() ?? '');
  const heard: RunEvent[] = [];
  expect(await followRun(running, 'r1', never, (event) => heard.push(event))).toEqual(END);
  expect([heard.map(({ type }) => type), asked]).toEqual([['run.told', 'run.ended'], [undefined, 'a-1']]);
});

test('how a run ended is told although its report cannot be had', async () => {
  answer = (path, response) => {
    if (path === '/v1/runs') response.writeHead(202, { 'content-type': 'application/json' }).end(JSON.stringify({ id: 'r1' }));
    else if (path.endsWith('/events')) stream(response, eventText({ run: 'r1', type: 'run.ended', atMs: 9, end: END }));
    else response.writeHead(500, { 'content-type': 'application/json' }).end('{}');
  };
  expect(await runToItsEnd(running, { document: experimentNamed('az-freeze') }, never)).toMatchObject({ end: END, report: null, lost: expect.stringMatching(/^The report of run r1 could not be fetched: .*500/) as string });
});
