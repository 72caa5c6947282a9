import type Docker from 'dockerode';
import { expect, test } from 'vitest';
import { readDetail, readSample, readSummary } from './engine-answers.ts';
import { logLines } from './log-frames.ts';

const stats = (memory: object): Docker.ContainerStats => ({ memory_stats: memory, cpu_stats: { cpu_usage: { total_usage: 2_500_000_000 } } }) as unknown as Docker.ContainerStats;

test.each([
  ['cgroup v2', { usage: 100, stats: { inactive_file: 30 } }, 70],
  ['cgroup v1, which counts children apart', { usage: 100, stats: { inactive_file: 0, total_inactive_file: 30 } }, 70],
  ['one that counts more as inactive than is used', { usage: 10, stats: { inactive_file: 30 } }, 0],
  ['a container that ended', {}, null],
])('the working set of %s', (_what, memory, memoryBytes) => {
  expect(readSample(stats(memory))).toEqual({ memoryBytes, cpuSeconds: 2.5 });
});

const inspected = (finishedAt: string, memory: number): Docker.ContainerInspectInfo =>
  ({ State: { Pid: 0, ExitCode: 137, OOMKilled: false, FinishedAt: finishedAt }, HostConfig: { Memory: memory } }) as unknown as Docker.ContainerInspectInfo;

test('an end is told to the millisecond, none where it never ended, and no limit where there is none', () => {
  expect(readDetail(inspected('2026-11-29T15:26:25.495071074Z', 64))).toEqual({ pid: null, exitCode: 137, oomKilled: false, finishedMs: Date.UTC(2026, 10, 29, 15, 26, 25, 495), memoryLimitBytes: 64 });
  expect(readDetail(inspected('0001-01-01T00:00:00Z', 0))).toMatchObject({ finishedMs: null, memoryLimitBytes: null });
});

test('a network that the engine could not give its address is there, and not live', () => {
  const info = {
    Id: 'x', Names: ['/x-1'], State: 'running', Created: 5, Labels: {}, Ports: [{ PrivatePort: 80, PublicPort: 8080 }, { PrivatePort: 9000 }],
    NetworkSettings: { Networks: { one: { IPAMConfig: { IPv4Address: '10.0.0.9' }, IPAddress: '10.0.0.9' }, two: { IPAMConfig: { IPv4Address: '10.0.1.9' }, IPAddress: '' }, three: { IPAMConfig: null, IPAddress: '10.0.2.9' } } },
  } as unknown as Docker.ContainerInfo;
  expect(readSummary(info)).toMatchObject({
    createdMs: 5000, published: new Map([[80, 8080]]),
    networks: new Map([['one', { address: '10.0.0.9', live: true }], ['two', { address: '10.0.1.9', live: false }], ['three', { address: '10.0.2.9', live: true }]]),
  });
});

test('a log is lines of both streams, whole across chunks, without what stands before them', () => {
  const frame = (stream: number, text: string): Buffer => {
    const head = Buffer.alloc(8);
    head.writeUInt8(stream, 0);
    head.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([head, Buffer.from(text)]);
  };
  expect(logLines(Buffer.concat([frame(1, 'one\nt'), frame(1, 'wo\r\n'), frame(2, '\nthree')]))).toEqual(['one', 'two', 'three']);
  expect(logLines(Buffer.alloc(0))).toEqual([]);
});
