import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';
import { call, closeAll, connectTo, echo, endOf, openUpstream } from './link.fixture.ts';
import { startToxiproxy } from './toxiproxy.ts';

afterEach(closeAll);

const CHECKOUT = join(import.meta.dirname, '../..');

test('it starts on a free port with its proxies, and ends with everything that it opened', async () => {
  const { address } = await openUpstream();
  const server = await startToxiproxy({ proxies: [{ name: 'echo', upstream: address }, { name: 'off', upstream: address, enabled: false }] });
  expect(server.url).toBe(`http://127.0.0.1:${server.port}`);
  const proxies = (await (await fetch(`${server.url}/proxies`)).json()) as Record<string, { listen: string; enabled: boolean }>;
  expect(proxies['off']?.enabled).toBe(false);
  const listen = proxies['echo']?.listen ?? '';
  const socket = await connectTo(listen);
  expect(await echo(socket, 'hello')).toBe('hello');
  await Promise.all([server.close(), server.close()]);
  expect(await endOf(socket)).toBe('end');
  await expect(connectTo(listen)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  await expect(connectTo(`127.0.0.1:${server.port}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('several stand side by side, each with a seed that it tells', async () => {
  const servers = await Promise.all([startToxiproxy(), startToxiproxy(), startToxiproxy({ seed: 7 })]);
  expect(new Set(servers.map(({ port }) => port)).size).toBe(3);
  expect(servers[2]?.seed).toBe(7);
  await Promise.all(servers.map((server) => server.close()));
});

test('a proxy that cannot be made, and a taken port, are errors that leave nothing open', async () => {
  const taken = await openUpstream();
  await expect(startToxiproxy({ port: taken.port })).rejects.toThrow(`port taken: another process listens on 127.0.0.1:${taken.port}`);
  const { address, server } = await openUpstream();
  await new Promise((resolve) => server.close(resolve));
  const proxies = [{ name: 'a', listen: address, upstream: 'x:1' }, { name: 'b', listen: taken.address, upstream: 'x:1' }];
  await expect(startToxiproxy({ proxies })).rejects.toThrow(`listen tcp ${taken.address}: bind: address already in use`);
  await expect(connectTo(address)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
});

test('metrics are there when they are asked for', async () => {
  const none = await startToxiproxy();
  expect((await call(none.port, 'GET', '/metrics')).status).toBe(404);
  await none.close();
  const both = await startToxiproxy({ proxyMetrics: true, runtimeMetrics: true });
  await call(both.port, 'GET', '/version');
  for (const method of ['GET', 'POST', 'PUT']) {
    const { status, headers, text } = await call(both.port, method, '/metrics');
    expect(status).toBe(200);
    expect(headers['content-type']).toMatch(/^text\/plain; version=0\.0\.4/);
    expect(text).toContain('# TYPE toxiproxy_proxy_received_bytes_total counter');
    expect(text).toContain('azimuth_http_request_duration_seconds_count{route="/version",status="200"} 1');
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_version_info');
  }
  await both.close();
});

test('a project uses it through the link that npm makes of a folder', async () => {
  const project = mkdtempSync(join(tmpdir(), 'toxiproxy-user-'));
  mkdirSync(join(project, 'node_modules'));
  symlinkSync(CHECKOUT, join(project, 'node_modules', 'azimuth'));
  writeFileSync(
    join(project, 'use.mjs'),
    "import { startToxiproxy } from 'azimuth/toxiproxy';\nconst server = await startToxiproxy();\nconsole.log((await fetch(`${server.url}/version`)).status);\nawait server.close();\n",
  );
  try {
    // It ends by itself: nothing of the server keeps the process alive.
    const { stdout } = await promisify(execFile)(process.execPath, ['use.mjs'], { cwd: project });
    expect(stdout).toBe('200\n');
  } finally {
    rmSync(project, { recursive: true });
  }
});
