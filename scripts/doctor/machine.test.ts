import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { examineCores, examineDisk, examineMemory, examineNode, type ReadText } from './machine.ts';

const files = (given: Record<string, string>): ReadText => (path) => given[path] ?? null;
const GIB_IN_KB = 1024 * 1024;

test('a Node that cannot run TypeScript is a problem', () => {
  expect(examineNode('24.0.0', '/n').state).toBe('ok');
  expect(examineNode('26.1.0', '/n').state).toBe('ok');
  expect(examineNode('22.20.0', '/n')).toMatchObject({ state: 'problem', remedy: expect.stringContaining('./azimuth doctor') });
});

test('a CPU quota of a container counts, not the cores of its host', () => {
  expect(examineCores(files({}), 2)).toMatchObject({ state: 'ok', found: '2' });
  expect(examineCores(files({ '/sys/fs/cgroup/cpu.max': 'max 100000\n' }), 8).state).toBe('ok');
  expect(examineCores(files({ '/sys/fs/cgroup/cpu.max': '150000 100000\n' }), 8)).toMatchObject({ state: 'problem', found: '1.5 of 8 (limited by the container)' });
  expect(examineCores(files({}), 1).state).toBe('problem');
});

test('memory is what is available, bounded by the container', () => {
  const meminfo = { '/proc/meminfo': `MemTotal: 9 kB\nMemAvailable:    ${8 * GIB_IN_KB} kB\n` };
  expect(examineMemory(files(meminfo))).toMatchObject({ state: 'ok', found: '8192 MiB available' });
  expect(examineMemory(files({ ...meminfo, '/sys/fs/cgroup/memory.max': 'max\n', '/sys/fs/cgroup/memory.current': '1' })).state).toBe('ok');
  const limited = files({ ...meminfo, '/sys/fs/cgroup/memory.max': `${2 ** 30}\n`, '/sys/fs/cgroup/memory.current': `${2 ** 29}\n` });
  expect(examineMemory(limited)).toMatchObject({ state: 'problem', found: '512 MiB available', remedy: expect.stringContaining('1536 MiB') });
});

test('where the system tells only what is unused, too little of it is a note', () => {
  expect(examineMemory(files({}), 2 ** 28).state).toBe('note');
});

test('the disk is that of the nearest folder that exists', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-disk-'));
  expect(examineDisk(join(folder, 'not', 'yet'))).toMatchObject({ name: 'disk', found: expect.stringContaining(folder) });
  rmSync(folder, { recursive: true });
});
