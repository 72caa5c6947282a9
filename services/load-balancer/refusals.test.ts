import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Server } from 'node:http';
import { openBalancer, openTarget, talk, type Bench } from './balancer.fixture.ts';

const HOST = 'Host: shop.example\r\n';
const CHUNKED = `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`;
const post = (field: string): string => `POST / HTTP/1.1\r\n${HOST}${field}\r\n\r\n0\r\n\r\n`;
const get = (target: string): string => `GET ${target} HTTP/1.1\r\n${HOST}\r\n`;
const field = (text: string): string => `GET / HTTP/1.1\r\n${HOST}${text}\r\n\r\n`;
const host = (text: string): string => `GET / HTTP/1.1\r\n${text}\r\n`;

/** What is sent, and how it must be refused. */
const REFUSED: [string, string, number, string][] = [
  ['no Host', host(''), 400, 'AZ_BAD_HOST'],
  ['two Hosts', host(`${HOST}${HOST}`), 400, 'AZ_BAD_HOST'],
  ['an empty Host', host('Host:\r\n'), 400, 'AZ_BAD_HOST'],
  ['a Host with a space', host('Host: a b\r\n'), 400, 'AZ_BAD_HOST'],
  ['a Host with a path', host('Host: a/b\r\n'), 400, 'AZ_BAD_HOST'],
  ['a Host with user information', host('Host: u@a\r\n'), 400, 'AZ_BAD_HOST'],
  ['a Host with an impossible port', host('Host: a:65536\r\n'), 400, 'AZ_BAD_HOST'],
  ['a Host with half an IPv6 address', host('Host: [::1\r\n'), 400, 'AZ_BAD_HOST'],
  ['a NUL in Host', host('Host: a\0b\r\n'), 400, 'AZ_BAD_HEADER'],
  ['a NUL in a value', field('X: a\0b'), 400, 'AZ_BAD_HEADER'],
  ['a control character in a value', field('X: a\x01b'), 400, 'AZ_BAD_HEADER'],
  ['a bare CR in a value', field('X: a\rb'), 400, 'AZ_BAD_HEADER'],
  ['a folded line', field('X: a\r\n b'), 400, 'AZ_BAD_HEADER'],
  ['a space before the colon', field('X : a'), 400, 'AZ_BAD_HEADER'],
  ['a field without colon', field('X'), 400, 'AZ_BAD_HEADER'],
  ['a field without name', field(': a'), 400, 'AZ_BAD_HEADER'],
  ['a field name that is no token', field('X(: a'), 400, 'AZ_BAD_HEADER'],
  ['a space before the first field', 'GET / HTTP/1.1\r\n Host: a\r\n\r\n', 400, 'AZ_BAD_HEADER'],
  ['lines that end without CR', 'GET / HTTP/1.1\nHost: a\n\n', 400, 'AZ_MALFORMED'],
  ['a NUL in the target', get('/\0'), 400, 'AZ_BAD_TARGET'],
  ['a control character in the target', get('/\x01'), 400, 'AZ_BAD_TARGET'],
  ['a DEL in the target', get('/\x7f'), 400, 'AZ_BAD_TARGET'],
  ['a byte above ASCII in the target', get('/\xe4'), 400, 'AZ_BAD_TARGET'],
  ['a tab in the target', get('/a\tb'), 400, 'AZ_BAD_TARGET'],
  ['a space in the target', get('/a b'), 400, 'AZ_MALFORMED'],
  ['a fragment', get('/a#b'), 400, 'AZ_BAD_TARGET'],
  ['a target without slash', get('menu'), 400, 'AZ_BAD_TARGET'],
  ['an asterisk with GET', get('*'), 400, 'AZ_BAD_TARGET'],
  ['an absolute target with user information', get('http://u:p@a/'), 400, 'AZ_BAD_TARGET'],
  ['an absolute target without authority', get('http:///x'), 400, 'AZ_BAD_TARGET'],
  ['length and chunks', `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['chunks and length', `POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['two lengths', post('Content-Length: 5\r\nContent-Length: 6'), 400, 'AZ_BAD_FRAMING'],
  ['the same length twice', post('Content-Length: 5\r\nContent-Length: 5'), 400, 'AZ_BAD_FRAMING'],
  ['a list of lengths', post('Content-Length: 5, 5'), 400, 'AZ_BAD_FRAMING'],
  ['a signed length', post('Content-Length: +5'), 400, 'AZ_BAD_FRAMING'],
  ['a hexadecimal length', post('Content-Length: 0x5'), 400, 'AZ_BAD_FRAMING'],
  ['an empty length', post('Content-Length:'), 400, 'AZ_BAD_FRAMING'],
  ['a length beyond all numbers', post('Content-Length: 99999999999999999999'), 400, 'AZ_BAD_FRAMING'],
  ['chunked twice in one field', post('Transfer-Encoding: chunked, chunked'), 400, 'AZ_BAD_FRAMING'],
  ['chunked in two fields', post('Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked'), 400, 'AZ_BAD_FRAMING'],
  ['identity', post('Transfer-Encoding: identity'), 400, 'AZ_BAD_FRAMING'],
  ['a coding before chunked', post('Transfer-Encoding: gzip, chunked'), 400, 'AZ_BAD_FRAMING'],
  ['a coding after chunked', post('Transfer-Encoding: chunked, gzip'), 400, 'AZ_BAD_FRAMING'],
  ['a coding that resembles chunked', post('Transfer-Encoding: xchunked'), 400, 'AZ_BAD_FRAMING'],
  ['a quoted coding', post('Transfer-Encoding: "chunked"'), 400, 'AZ_BAD_FRAMING'],
  ['chunks in HTTP/1.0', `POST / HTTP/1.0\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['a chunk size that is no number', `${CHUNKED}zz\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['a negative chunk size', `${CHUNKED}-1\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['a prefixed chunk size', `${CHUNKED}0x5\r\nhello\r\n0\r\n\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['a chunk size beyond all numbers', `${CHUNKED}fffffffffffffffff\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['a chunk longer than its size', `${CHUNKED}5\r\nhelloX\r\n0\r\n\r\n`, 400, 'AZ_BAD_FRAMING'],
  ['chunks whose lines end without CR', `${CHUNKED}5\nhello\n0\n\n`, 400, 'AZ_BAD_HEADER'],
  ['an unknown method', 'BREW / HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'AZ_METHOD'],
  ['a method that is no token', 'G(T / HTTP/1.1\r\nHost: a\r\n\r\n', 400, 'AZ_MALFORMED'],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'AZ_METHOD'],
  ['TRACE', 'TRACE / HTTP/1.1\r\nHost: a\r\n\r\n', 501, 'AZ_METHOD'],
  ['HTTP/2.0', 'GET / HTTP/2.0\r\nHost: a\r\n\r\n', 505, 'AZ_VERSION'],
  ['HTTP/1.2', 'GET / HTTP/1.2\r\nHost: a\r\n\r\n', 505, 'AZ_VERSION'],
  ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', 400, 'AZ_MALFORMED'],
  ['an upgrade', `GET / HTTP/1.1\r\n${HOST}Connection: upgrade\r\nUpgrade: websocket\r\n\r\n`, 501, 'AZ_UPGRADE'],
  ['an unknown expectation', post('Expect: tea\r\nContent-Length: 5'), 417, 'AZ_EXPECT'],
  ['a head above 16 KiB', field(`X: ${'a'.repeat(17_000)}`), 431, 'AZ_HEADERS_TOO_LARGE'],
  ['more than 100 fields', field('X: a\r\n'.repeat(101)), 431, 'AZ_HEADERS_TOO_LARGE'],
  ['a target above 8 KiB', get(`/${'a'.repeat(9000)}`), 414, 'AZ_URI_TOO_LONG'],
  ['a target above 16 KiB', get(`/${'a'.repeat(20_000)}`), 414, 'AZ_URI_TOO_LONG'],
  ['a length above the limit', post('Content-Length: 1048577'), 413, 'AZ_BODY_TOO_LARGE'],
];

let target: { port: number; server: Server };
let bench: Bench;
const served: string[] = [];

beforeAll(async () => {
  target = await openTarget((request, response) => {
    served.push(request.url ?? '');
    request.resume().on('end', () => response.end('hi'));
  });
  bench = await openBalancer([target.port]);
});
afterAll(async () => {
  await bench.close();
  target.server.closeAllConnections();
  target.server.close();
});

describe('a request that must not be forwarded is refused, and nothing after it on the connection is read', () => {
  test.each(REFUSED)('%s', async (_name, bytes, status, code) => {
    served.length = 0;
    const answer = await talk(bench.port, `${bytes}GET /smuggled HTTP/1.1\r\n${HOST}\r\n`);
    const heads = answer.text.match(/HTTP\/1\.1 \d{3}/g);
    expect(heads).toEqual([`HTTP/1.1 ${status}`]);
    expect(answer.text).toContain(`x-azimuth-error: ${code}`);
    expect(answer.text).toContain('x-served-by: lb');
    expect(answer.text).toMatch(/connection: close/i);
    expect(JSON.parse(answer.text.slice(answer.text.indexOf('\r\n\r\n') + 4))).toMatchObject({ error: { code } });
    expect(answer.end).toBe('fin');
    expect(served.filter((url) => url !== '/healthz')).toEqual([]);
  });
});

test('a refusal waits for the answers to what was pipelined before it', async () => {
  const answer = await talk(bench.port, `${get('/first')}${get('/second')}GET / HTTP/1.1\r\nX : a\r\n\r\n`);
  expect(answer.text.match(/HTTP\/1\.1 \d{3}/g)).toEqual(['HTTP/1.1 200', 'HTTP/1.1 200', 'HTTP/1.1 400']);
  expect(answer.end).toBe('fin');
});

test('a body that is no HTTP in its middle is refused although its head was fine, and no target saw it', async () => {
  served.length = 0;
  const answer = await talk(bench.port, [`${CHUNKED}5\r\nhello\r\n`, 'nonsense\r\n']);
  expect(answer.text).toContain('HTTP/1.1 400');
  expect(served).toEqual([]);
});

test('a body that was announced too long is refused before any of it is read', async () => {
  const answer = await talk(bench.port, `POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 1073741824\r\n\r\n`);
  expect(answer.text).toMatch(/^HTTP\/1\.1 413/);
});

test('a chunked body is refused when it passes the limit', async () => {
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
  const answer = await talk(bench.port, [CHUNKED, ...Array<string>(18).fill(chunk)]);
  expect(answer.text).toMatch(/^HTTP\/1\.1 413/);
  expect(answer.text).toContain('AZ_BODY_TOO_LARGE');
});

test('a head or a body that does not arrive in time is answered 408', async () => {
  const slow = await openBalancer([target.port], { timeouts: { headersMs: 200, requestMs: 300, checkMs: 50 } });
  const head = await talk(slow.port, 'GET / HTTP/1.1\r\nHost: a\r\n');
  expect(head.text).toMatch(/^HTTP\/1\.1 408/);
  expect(head.text).toContain('AZ_REQUEST_TIMEOUT');
  const body = await talk(slow.port, `POST / HTTP/1.1\r\n${HOST}Content-Length: 5\r\n\r\nab`);
  expect(body.text).toMatch(/^HTTP\/1\.1 408/);
  expect(body.end).toBe('fin');
  await slow.close();
});
