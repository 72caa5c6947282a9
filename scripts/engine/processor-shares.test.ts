import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { endGroups, groupsOf, processorHierarchy, shareProcessors, weightOf } from './processor-shares.ts';

const GROUPS = { engine: 'here-engine', containers: 'here-containers' };
const HYBRID = `tmpfs /sys/fs/cgroup tmpfs rw 0 0
cgroup /sys/fs/cgroup/cpuset cgroup rw,relatime,cpuset 0 0
cgroup /sys/fs/cgroup/cpu,cpuacct cgroup rw,relatime,cpu,cpuacct 0 0
cgroup2 /sys/fs/cgroup/unified cgroup2 rw,relatime 0 0`;

test('where both versions are mounted, the one with the cpu controller shares out processors', () => {
  expect(processorHierarchy(HYBRID)).toEqual({ version: 1, root: '/sys/fs/cgroup/cpu,cpuacct' });
});

test('version 2 alone is taken, and a machine without either is seen', () => {
  expect(processorHierarchy('cgroup2 /sys/fs/cgroup cgroup2 rw,nsdelegate 0 0')).toEqual({ version: 2, root: '/sys/fs/cgroup' });
  expect(processorHierarchy('cgroup /sys/fs/cgroup/cpuset cgroup rw,cpuset 0 0')).toBeNull();
});

test('a group of containers weighs what they would weigh side by side, up to what the kernel takes', () => {
  expect([1, 28].map((containers) => weightOf(containers, 1))).toEqual([1024, 28_672]);
  expect([1, 28].map((containers) => weightOf(containers, 2))).toEqual([100, 2800]);
  expect([weightOf(0, 1), weightOf(1000, 1), weightOf(1000, 2)]).toEqual([1024, 262_144, 10_000]);
});

test('the containers get the weight and the engine a group beside them', () => {
  const root = mkdtempSync(join(tmpdir(), 'azimuth-cgroup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  expect(shareProcessors(GROUPS, 28, 4711, `cgroup ${root} cgroup rw,cpu 0 0`)).toBeNull();
  expect(readFileSync(join(root, 'here-containers/cpu.shares'), 'utf8')).toBe('28672');
  expect(readFileSync(join(root, 'here-engine/cgroup.procs'), 'utf8')).toBe('4711');
});

test('a kernel that refuses is told of in one sentence', () => {
  const root = mkdtempSync(join(tmpdir(), 'azimuth-cgroup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  mkdirSync(join(root, 'here-containers'));
  writeFileSync(join(root, 'here-engine'), 'in the way');
  expect(shareProcessors(GROUPS, 28, 4711, `cgroup ${root} cgroup rw,cpu 0 0`)).toMatch(/^All containers together .*refuses.*here-engine/);
  expect(shareProcessors(GROUPS, 28, 4711, '')).toMatch(/no cgroups mounted/);
});

test('two engines have groups of their own', () => {
  const [one, other] = [groupsOf('/home/one/engine'), groupsOf('/home/other/engine')];
  expect(new Set([one.engine, one.containers, other.engine, other.containers]).size).toBe(4);
  expect(groupsOf('/home/one/engine')).toEqual(one);
});

test('what an engine that was killed left running is ended, with its groups and nobody else’s', async () => {
  const root = mkdtempSync(join(tmpdir(), 'azimuth-cgroup-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
  const left = spawn('sleep', ['30']);
  const ended = new Promise((resolve) => left.once('exit', (_code, signal) => resolve(signal)));
  for (const group of ['here-engine', 'here-containers/4711', 'other-engine']) mkdirSync(join(root, group), { recursive: true });
  // A directory of the kernel's is removed with its files in it; one of a test is not.
  writeFileSync(join(root, 'here-containers/4711/cgroup.procs'), `${left.pid}\n`);
  for (const group of ['here-engine', 'here-containers']) writeFileSync(join(root, group, 'cgroup.procs'), '');
  await endGroups(GROUPS, `cgroup ${root} cgroup rw,cpu 0 0`);
  expect(await ended).toBe('SIGKILL');
  expect(existsSync(join(root, 'other-engine'))).toBe(true);
});
