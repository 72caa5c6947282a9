import { afterEach, expect, test } from 'vitest';
import { request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import type { Server as RawServer } from 'node:net';
import { openBalancer, openRawTarget, openTarget, talk, type Bench } from './balancer.fixture.ts';

const HOST = 'Host: a\r\n';
const GET = `GET / HTTP/1.1\r\n${HOST}\r\n`;
const MEBIBYTE = 1024 * 1024;

const open: { close(): unknown }[] = [];
afterEach(async () => {
  for (const one of open.splice(0)) {
    if ('closeAllConnections' in one) (one as Server).closeAllConnections();
    await one.close();
  }
});

async function bench(targets: { port: number; server: RawServer }[], options?: Parameters<typeof openBalancer>[1]): Promise<Bench> {
  const balancer = await openBalancer(targets.map(({ port }) => port), options);
  open.push(balancer, ...targets.map(({ server }) => server));
  return balancer;
}

/** The target writes these bytes as its answer, then ends or resets the connection. */
async function answering(bytes: string, then: 'keep' | 'end' | 'reset' = 'keep'): Promise<Bench> {
  const target = await openRawTarget((socket) => {
    socket.write(Buffer.from(bytes, 'latin1'), () => {
      if (then === 'end') socket.end();
      if (then === 'reset') setTimeout(() => socket.resetAndDestroy(), 30);
    });
  });
  return bench([target]);
}

test('the beginning of a response arrives while its end is not yet written', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n');
  const { text } = await talk(port, GET, (all) => all.includes('hello'));
  expect(text).toContain('5\r\nhello\r\n');
});

test('a head without body so far is passed on at once', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-early: 1\r\n\r\n');
  const { text } = await talk(port, GET, (all) => all.includes('\r\n\r\n'));
  expect(text).toContain('x-early: 1');
});

test('a small response leaves in one piece', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello');
  const pieces = await new Promise<number>((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(GET));
    let count = 0;
    socket.on('data', () => (count += 1));
    setTimeout(() => {
      socket.destroy();
      resolve(count);
    }, 200);
  });
  expect(pieces).toBe(1);
});

test.each([
  ['with a length, by FIN', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', 'end'],
  ['with a length, by RST', 'HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhello', 'reset'],
  ['with a length and close, by FIN', 'HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 10\r\n\r\nhello', 'end'],
  ['in chunks, by FIN', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', 'end'],
  ['in chunks, by RST', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n', 'reset'],
  ['in chunks that turn into nonsense', 'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\nzz\r\n', 'keep'],
  ['to the close, by RST', 'HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello', 'reset'],
] as const)('a response that breaks in the middle never looks complete: %s', async (_name, bytes, then) => {
  const { port } = await answering(bytes, then);
  const modern = await talk(port, GET);
  expect(modern.text).not.toContain('0\r\n\r\n');
  expect(modern.end).not.toBe('open');
  // An HTTP/1.0 client can only tell by the way the connection ends.
  const old = await talk(port, `GET / HTTP/1.0\r\n${HOST}\r\n`);
  if (!/content-length/i.test(old.text) && old.text.includes('200 OK')) expect(old.end).toBe('reset');
});

test('a response to the close that ends cleanly is complete', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\nconnection: close\r\n\r\nhello', 'end');
  const { text } = await talk(port, GET, (all) => all.endsWith('0\r\n\r\n'));
  expect(text).toContain('5\r\nhello\r\n0\r\n\r\n');
});

test.each([
  ['nonsense', 'nonsense\r\n\r\n'],
  ['a version that does not exist', 'HTTP/1.7 200 OK\r\ncontent-length: 0\r\n\r\n'],
  ['length and chunks', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n'],
  ['two lengths', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\nhello'],
  ['a control character in a field', 'HTTP/1.1 200 OK\r\nx: a\x01b\r\ncontent-length: 0\r\n\r\n'],
  ['a bare CR in a field', 'HTTP/1.1 200 OK\r\nx: a\rset-cookie: b\r\ncontent-length: 0\r\n\r\n'],
  ['a NUL in the reason', 'HTTP/1.1 200 O\0K\r\ncontent-length: 0\r\n\r\n'],
  ['a field name that is no token', 'HTTP/1.1 200 OK\r\nx(: a\r\ncontent-length: 0\r\n\r\n'],
  ['a switch of protocols that nobody asked for', 'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n'],
  ['a head above 64 KiB', `HTTP/1.1 200 OK\r\nx: ${'a'.repeat(70_000)}\r\n\r\n`],
])('a target that answers no HTTP is a bad gateway: %s', async (_name, bytes) => {
  const { port } = await answering(bytes);
  const { text } = await talk(port, GET, (all) => all.endsWith('}\n'));
  expect(text).toMatch(/^HTTP\/1\.1 502/);
  expect(text).toContain('x-azimuth-error: AZ_');
  expect(text).not.toContain('set-cookie');
});

test('interim responses are not taken for the answer', async () => {
  const { port } = await answering('HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  const { text } = await talk(port, GET, (all) => all.endsWith('ok'));
  expect(text).toMatch(/^HTTP\/1\.1 200/);
});

test('trailers are passed on, except those that a head has to settle', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\nx-sum: 42\r\nset-cookie: a=1\r\n\r\n');
  const { text } = await talk(port, GET, (all) => all.endsWith('\r\n\r\n') && all.includes('\r\n0\r\n'));
  expect(text).toMatch(/0\r\nx-sum: 42\r\n\r\n$/);
});

test.each([
  ['HEAD', 'HEAD', 'HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n', /content-length: 5/],
  ['204', 'GET', 'HTTP/1.1 204 No Content\r\n\r\n', /^HTTP\/1\.1 204/],
  ['304', 'GET', 'HTTP/1.1 304 Not Modified\r\netag: "a"\r\n\r\n', /etag: "a"/],
])('a response to %s has no body and the connection serves the next request', async (_name, method, bytes, expected) => {
  const { port } = await answering(bytes);
  const one = `${method} / HTTP/1.1\r\n${HOST}\r\n`;
  const { text } = await talk(port, one + one, (all) => (all.match(/HTTP\/1\.1/g) ?? []).length === 2 && all.endsWith('\r\n\r\n'));
  expect(text).toMatch(expected);
  expect(text.match(/HTTP\/1\.1 \d+/g)).toHaveLength(2);
  expect(text).not.toMatch(/transfer-encoding/i);
});

test('an HTTP/1.0 client gets no chunks, and the close ends what has no length', async () => {
  const { port } = await answering('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n');
  const { text, end } = await talk(port, `GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n`);
  expect(text).not.toMatch(/transfer-encoding/i);
  expect(text).toMatch(/\r\n\r\nhello$/);
  expect(end).toBe('fin');
});

test('pipelined requests are sent one after the other and answered in order', async () => {
  let running = 0;
  let most = 0;
  const target = await openTarget((incoming, response) => {
    most = Math.max(most, (running += 1));
    setTimeout(() => {
      running -= 1;
      response.end(`<${incoming.url}>`);
    }, incoming.url === '/1' ? 60 : 5);
  });
  const { port } = await bench([target]);
  const count = 40;
  const bytes = Array.from({ length: count }, (_, i) => `POST /${i + 1} HTTP/1.1\r\n${HOST}Content-Length: 1\r\n\r\nx`).join('');
  const { text } = await talk(port, bytes, (all) => all.includes(`</${count}>`));
  expect(text.match(/<\/\d+>/g)).toEqual(Array.from({ length: count }, (_, i) => `</${i + 1}>`));
  expect(most).toBe(1);
});

test('a flood of pipelined requests is not read while the first is served', async () => {
  const target = await openTarget(() => {});
  const { port, balancer } = await bench([target]);
  let parsed = 0;
  balancer.server.on('request', () => (parsed += 1));
  await talk(port, GET.repeat(50_000), undefined, 500);
  expect(parsed).toBeGreaterThan(1);
  // What a read of 64 KiB holds, and one or two that were under way.
  expect(parsed).toBeLessThan(15_000);
});

test('a body that passes the limit after the answer has begun breaks the connection', async () => {
  const target = await openTarget((incoming, response) => {
    incoming.resume();
    response.write('begun');
  });
  const { port } = await bench([target]);
  const chunk = `10000\r\n${'a'.repeat(0x10000)}\r\n`;
  const { text, end } = await talk(port, [`POST / HTTP/1.1\r\n${HOST}Transfer-Encoding: chunked\r\n\r\n`, ...Array<string>(20).fill(chunk)]);
  expect(text).toContain('begun');
  expect(text).not.toContain('HTTP/1.1 413');
  expect(end).not.toBe('open');
});

test('what follows a request that closes the connection is not sent', async () => {
  const urls: string[] = [];
  const target = await openTarget((incoming, response) => {
    urls.push(incoming.url ?? '');
    setTimeout(() => response.end('complete'), 30);
  });
  const { port } = await bench([target]);
  const { text, end } = await talk(port, `GET /1 HTTP/1.1\r\n${HOST}Connection: close\r\n\r\nGET /2 HTTP/1.1\r\n${HOST}\r\n`);
  expect(text).toMatch(/complete$/);
  expect(end).toBe('fin');
  expect(urls).toEqual(['/1']);
});

test('a large body streams both ways without being kept in memory', { timeout: 60_000 }, async () => {
  const total = 256 * MEBIBYTE;
  const target = await openTarget((incoming, response) => {
    let received = 0;
    incoming.on('data', (chunk: Buffer) => (received += chunk.length));
    incoming.on('end', () => {
      response.setHeader('x-received', String(received));
      response.setHeader('content-length', String(total));
      let sent = 0;
      const chunk = Buffer.alloc(MEBIBYTE);
      const more = (): void => {
        while (sent < total) {
          sent += chunk.length;
          if (!response.write(chunk)) return void response.once('drain', more);
        }
        response.end();
      };
      more();
    });
  });
  // Everything shares this process, which is too busy to answer checks in time.
  const { port } = await bench([target], { rules: { bodyBytesMax: Infinity }, upstream: { rescue: false, parameters: { checkTimeoutMs: 20_000 } } });
  const before = process.memoryUsage.rss();
  let peak = 0;
  const result = await new Promise<{ received: string; got: number }>((resolve, reject) => {
    const outgoing = request({ port, host: '127.0.0.1', method: 'POST', headers: { 'content-length': String(total) } }, (answer) => {
      let got = 0;
      answer.on('data', (chunk: Buffer) => {
        got += chunk.length;
        if (got % (16 * MEBIBYTE) < chunk.length) peak = Math.max(peak, process.memoryUsage.rss());
      });
      answer.on('end', () => resolve({ received: String(answer.headers['x-received']), got }));
    });
    outgoing.on('error', reject);
    let sent = 0;
    const chunk = Buffer.alloc(MEBIBYTE);
    const more = (): void => {
      while (sent < total) {
        sent += chunk.length;
        peak = Math.max(peak, process.memoryUsage.rss());
        if (!outgoing.write(chunk)) return void outgoing.once('drain', more);
      }
      outgoing.end();
    };
    more();
  });
  expect(result).toEqual({ received: String(total), got: total });
  // Client, balancer and target share this process.
  expect(peak - before).toBeLessThan(150 * MEBIBYTE);
});

test('a client that does not read stops the target from sending', async () => {
  let written = 0;
  const target = await openTarget((_incoming, response) => {
    const chunk = Buffer.alloc(MEBIBYTE);
    const more = (): void => {
      while (written < 200) {
        written += 1;
        if (!response.write(chunk)) return void response.once('drain', more);
      }
    };
    more();
  });
  const { port } = await bench([target]);
  const socket = await new Promise<Socket>((resolve) => {
    const one = connect(port, '127.0.0.1', () => {
      one.write(GET);
      one.pause();
      resolve(one);
    });
  });
  await new Promise((next) => setTimeout(next, 500));
  socket.destroy();
  expect(written).toBeLessThan(60);
});

test('a client that leaves aborts what its target is doing, while it waits and while it is sent to', async () => {
  const aborted: string[] = [];
  const target = await openTarget((incoming, response) => {
    incoming.resume();
    response.on('close', () => {
      if (!response.writableFinished) aborted.push(incoming.url ?? '');
    });
    if (incoming.url === '/streaming') response.write('part');
  });
  const { port, client } = await bench([target]);
  await talk(port, `GET /waiting HTTP/1.1\r\n${HOST}\r\n`, undefined, 100);
  await talk(port, `GET /streaming HTTP/1.1\r\n${HOST}\r\n`, (all) => all.includes('part'));
  await talk(port, `POST /sending HTTP/1.1\r\n${HOST}Content-Length: 500000\r\n\r\n${'x'.repeat(100_000)}`, undefined, 150);
  await new Promise((next) => setTimeout(next, 100));
  expect(aborted).toEqual(['/waiting', '/streaming', '/sending']);
  expect(client.opinion().targets[0]).toMatchObject({ state: 'up', inFlight: 0 });
});

test('an early answer to a large body reaches the client, and the connection stays usable', async () => {
  const target = await openTarget((_incoming, response) => {
    response.writeHead(403, { connection: 'close' }).end('no');
  });
  const { port } = await bench([target], { rules: { bodyBytesMax: Infinity } });
  const size = 5 * MEBIBYTE;
  const { text } = await talk(
    port,
    [`POST / HTTP/1.1\r\n${HOST}Content-Length: ${size}\r\n\r\n${'x'.repeat(100_000)}`, `${'x'.repeat(size - 100_000)}GET /2 HTTP/1.1\r\n${HOST}\r\n`],
    (all) => (all.match(/HTTP\/1\.1 403/g) ?? []).length === 2,
  );
  expect(text.match(/HTTP\/1\.1 \d+/g)).toEqual(['HTTP/1.1 403', 'HTTP/1.1 403']);
});

test('100-continue is answered here once the request is acceptable, and the target never sees Expect', async () => {
  const heads: string[] = [];
  const target = await openRawTarget((socket, head) => {
    heads.push(head);
    socket.write('HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok');
  });
  const { port } = await bench([target]);
  const { text } = await talk(port, [`POST / HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nContent-Length: 5\r\n\r\n`, 'hello'], (all) => all.endsWith('ok'));
  expect(text).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 200/);
  expect(heads[0]?.toLowerCase()).not.toContain('expect');
});
