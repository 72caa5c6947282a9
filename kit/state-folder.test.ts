import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { RunningRegion } from '#contracts/running.ts';
import { evidenceFolder, listRunning, publishRunning, reportsFolder, stateFolder, stateRoot, withdrawRunning } from './state-folder.ts';

let root: string;
let env: Record<string, string>;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'azimuth-state-'));
  env = { AZIMUTH_STATE_DIR: root };
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function region(name: string, pid = process.pid): RunningRegion {
  return { schema: 'azimuth.running/1', region: name, body: 'embedded', pid, startedMs: 1, api: 'http://127.0.0.1:1', urls: {} };
}

test('the folder is the own variable, else the XDG one, else the one under home', () => {
  expect(stateRoot({ AZIMUTH_STATE_DIR: '/a', XDG_STATE_HOME: '/b' })).toBe('/a');
  expect(stateRoot({ XDG_STATE_HOME: '/b' })).toBe('/b/azimuth');
  expect(stateRoot({ AZIMUTH_STATE_DIR: '', XDG_STATE_HOME: 'relative' })).toMatch(/\/\.local\/state\/azimuth$/);
});

test('a name that would leave the folder is refused', () => {
  expect(stateFolder('b', env)).toBe(join(root, 'b'));
  for (const name of ['..', '../x', 'a/b', '', 'A', '-a', 'a'.repeat(32)]) expect(() => stateFolder(name, env), name).toThrow(RangeError);
});

test('what was published is listed, by name, and nothing half-written stays beside it', () => {
  publishRunning(region('pre-production'), env);
  publishRunning(region('azimuth'), env);
  expect(listRunning(env).map((one) => one.region)).toEqual(['azimuth', 'pre-production']);
  expect(listRunning(env)[0]).toMatchObject(region('azimuth'));
  expect(readdirSync(join(root, 'azimuth'))).toEqual(['running.json']);
});

test('a region whose process is gone does not run, nor does one whose pid another process has by now', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await once(child, 'spawn');
  const path = publishRunning(region('azimuth', child.pid), env);
  expect(listRunning(env)).toHaveLength(1);
  child.kill('SIGKILL');
  await once(child, 'close');
  expect(listRunning(env)).toEqual([]);
  // The same pid, now somebody else's: this test's.
  writeFileSync(path, readFileSync(path, 'utf8').replace(`"pid": ${child.pid}`, `"pid": ${process.pid}`));
  expect(listRunning(env)).toHaveLength(process.platform === 'linux' ? 0 : 1);
});

test('broken files, foreign files and files in the wrong folder are passed over', () => {
  const contents = ['', '{', 'null', '[]', '{"schema":"azimuth.running/2"}', JSON.stringify({ ...region('a'), pid: -1 }), JSON.stringify(region('elsewhere'))];
  for (const [index, content] of contents.entries()) {
    mkdirSync(join(root, `a${index}`));
    writeFileSync(join(root, `a${index}`, 'running.json'), content);
  }
  mkdirSync(join(root, 'empty'));
  writeFileSync(join(root, 'file'), '');
  expect(listRunning(env)).toEqual([]);
  expect(listRunning({ AZIMUTH_STATE_DIR: join(root, 'nowhere') })).toEqual([]);
});

test('withdrawing leaves alone what another process has published since', () => {
  publishRunning(region('azimuth'), env);
  withdrawRunning('azimuth', process.pid + 1, env);
  expect(listRunning(env)).toHaveLength(1);
  withdrawRunning('azimuth', process.pid, env);
  withdrawRunning('azimuth', process.pid, env);
  expect(listRunning(env)).toEqual([]);
});

test('what was found out about a region in containers lies apart from what was found out about one of processes', () => {
  expect(evidenceFolder({ region: 'b', body: 'embedded' }, env)).toBe(join(root, 'b'));
  expect(evidenceFolder({ region: 'b', body: 'compose' }, env)).toBe(join(root, 'b', 'compose'));
  expect(reportsFolder({ region: 'b', body: 'embedded' }, env)).toBe(join(root, 'b', 'reports'));
});

test('in a container reports lie in the mounted folder itself and the rest beside them, without a home', () => {
  const inside = { AZIMUTH_IN_CONTAINER: '1' };
  expect(reportsFolder({ region: 'b', body: 'compose' }, inside)).toBe('/reports');
  expect(stateRoot(inside)).toBe('/reports/.state');
});
