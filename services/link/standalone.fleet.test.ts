import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { call, closeAll, connectTo, echo, openUpstream } from './link.fixture.ts';

const AZIMUTH = join(import.meta.dirname, '../../scripts/azimuth.ts');
/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 20_000 };

let folder: string;
const running: (() => void)[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'toxiproxy-'));
});
afterEach(async () => {
  for (const kill of running.splice(0)) kill();
  await closeAll();
  rmSync(folder, { recursive: true });
});

interface Run {
  signal(name: NodeJS.Signals): void;
  out(): string;
  /** Log lines. */
  lines(): Record<string, unknown>[];
  err(): string;
  code: Promise<number | null>;
  /** Where its API listens, once it does. */
  port(): Promise<number>;
}

function toxiproxy(words: string[], env: Record<string, string> = {}): Run {
  const child = spawn(process.execPath, [AZIMUTH, 'toxiproxy', ...words], { env: { PATH: process.env['PATH'] ?? '', ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  running.push(() => child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const port = async (): Promise<number> => Number((await vi.waitFor(() => expect(out).toMatch(/^toxiproxy: http:\/\/\S+:\d+\n$/), SOON).then(() => /:(\d+)\n$/.exec(out)))?.[1]);
  return {
    signal: (name) => child.kill(name),
    out: () => out,
    err: () => err,
    lines: () => err.trim().split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Record<string, unknown>),
    code: once(child, 'close').then(([code]) => code as number | null),
    port,
  };
}

test('it serves the proxies of its configuration, with the flags of the reference, until it is told to end', async () => {
  const { address } = await openUpstream();
  const config = join(folder, 'toxiproxy.json');
  writeFileSync(config, JSON.stringify([{ name: 'echo', listen: '127.0.0.1:0', upstream: address }]));
  const run = toxiproxy(['-host', '127.0.0.1', '-port=0', '-config', config, '-seed', '7', '-proxy-metrics', '--runtime-metrics']);
  const port = await run.port();
  const { listen } = (await call(port, 'GET', '/proxies/echo')).json as { listen: string };
  const socket = await connectTo(listen);
  expect(await echo(socket, 'hello')).toBe('hello');
  const { text } = await call(port, 'GET', '/metrics');
  expect(text).toContain(`toxiproxy_proxy_sent_bytes_total{direction="downstream",listener="${listen}",proxy="echo",upstream="${address}"} 5\n`);
  expect(text).toContain('nodejs_version_info');
  run.signal('SIGTERM');
  expect(await run.code).toBe(0);
  await expect(connectTo(listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  const lines = run.lines();
  expect(lines.map(({ message }) => message)).toEqual(['proxy.started', 'config.populated', 'server.started', 'proxy.stopped', 'server.stopped']);
  expect(lines[2]).toMatchObject({ level: 'info', seed: 7, address: `127.0.0.1:${port}`, time: expect.stringMatching(/^\d{4}-.*Z$/) as string });
});

test.each([
  ['that is not there', null, /ENOENT/],
  ['that is half written', '[{"name": "a"', /unexpected EOF/],
  ['that lacks something', '[{"name": "a"}]', /missing required field: upstream at proxy 1/],
  ['whose second proxy cannot listen', '[{"name": "a", "listen": "127.0.0.1:0", "upstream": "x:1"}, {"name": "b", "listen": "nowhere", "upstream": "x:1"}]', /missing port in address/],
])('a configuration %s is logged, and it serves all the same', async (_what, text, reason) => {
  const config = join(folder, 'toxiproxy.json');
  if (text !== null) writeFileSync(config, text);
  const run = toxiproxy(['-port', '0', '-config', config]);
  const proxies = (await call(await run.port(), 'GET', '/proxies')).json as object;
  expect(Object.keys(proxies)).toEqual(text?.includes('nowhere') === true ? ['a'] : []);
  expect(run.lines().find(({ message }) => message === 'config.failed')).toMatchObject({ level: 'error', config, reason: expect.stringMatching(reason) as string });
  run.signal('SIGINT');
  expect(await run.code).toBe(0);
});

test('a signal ends it with 0 although a client holds a connection of its API half sent', async () => {
  const run = toxiproxy(['-port', '0']);
  const socket = await connectTo(`127.0.0.1:${await run.port()}`);
  socket.write('POST /proxies HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\n{');
  run.signal('SIGINT');
  expect(await run.code).toBe(0);
});

test('without a seed it takes one and says which; a large one counts with its lowest 32 bits', async () => {
  const run = toxiproxy(['-port', '0']);
  await run.port();
  expect(run.lines().at(-1)?.['seed']).toEqual(expect.any(Number));
  const large = toxiproxy(['-port', '0', '-seed', '4294967303']);
  await large.port();
  expect(large.lines().at(-1)?.['seed']).toBe(7);
});

test('LOG_LEVEL decides what is logged; a wrong one is exit 2', async () => {
  const quiet = toxiproxy(['-port', '0'], { LOG_LEVEL: 'error' });
  await quiet.port();
  quiet.signal('SIGTERM');
  await quiet.code;
  expect(quiet.err()).toBe('');
  const wrong = toxiproxy(['-port', '0'], { LOG_LEVEL: 'loud' });
  expect(await wrong.code).toBe(2);
  expect(wrong.err()).toMatch(/^azimuth: LOG_LEVEL="loud" is not allowed: it must be one of trace, /);
});

test('a taken port is one error that names it, exit 2', async () => {
  const { port } = await openUpstream();
  const run = toxiproxy(['-port', String(port)]);
  expect(await run.code).toBe(2);
  expect(run.err()).toBe(`azimuth: port taken: another process listens on 127.0.0.1:${port}; stop it or choose another port\n`);
});

test('version and help are printed with exit 0, a wrong flag is exit 2', async () => {
  const version = toxiproxy(['-version']);
  expect(await version.code).toBe(0);
  expect(version.out()).toMatch(/^toxiproxy-server version 2\.12\.0 \(azimuth \d+\.\d+\.\d+\)\n$/);
  const help = toxiproxy(['--help']);
  expect(await help.code).toBe(0);
  expect(help.out()).toContain('--full-close');
  for (const words of [['-port', 'x'], ['-port', '70000'], ['-seed', '1.5'], ['-nope']]) {
    const wrong = toxiproxy(words);
    expect(await wrong.code, words.join(' ')).toBe(2);
    expect(wrong.err()).toMatch(/^azimuth: .*\nSee ".\/azimuth toxiproxy --help"/);
  }
});
