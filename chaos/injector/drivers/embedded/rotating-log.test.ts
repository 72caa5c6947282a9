import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { RotatingLog } from './rotating-log.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-log-'));
});
afterEach(() => {
  chmodSync(folder, 0o700);
  rmSync(folder, { recursive: true, force: true });
});

async function print(log: RotatingLog, chunks: readonly string[]): Promise<void> {
  const stream = new PassThrough();
  log.take(stream);
  for (const chunk of chunks) {
    stream.write(chunk);
    await sleep(1);
  }
  stream.end();
  await sleep(20);
}

it('keeps what was printed, and its last lines at hand, also a line that came in pieces', async () => {
  const log = new RotatingLog(join(folder, 'a.log'));
  await print(log, ['one\ntw', 'o\n', '\nthree']);
  expect(readFileSync(log.path, 'utf8')).toBe('one\ntwo\n\nthree');
  expect(log.tail()).toEqual(['one', 'two', 'three']);
});

it('never holds more than two files of its size', async () => {
  const log = new RotatingLog(join(folder, 'a.log'), 1000);
  await print(log, Array.from({ length: 60 }, (_, index) => `${String(index).padStart(99, '.')}\n`));
  expect(statSync(log.path).size).toBeLessThanOrEqual(1000);
  expect(statSync(`${log.path}.1`).size).toBeLessThanOrEqual(1000);
  expect(log.tail()).toHaveLength(20);
});

it('goes on in the file of an earlier start', async () => {
  const path = join(folder, 'a.log');
  const first = new RotatingLog(path);
  await print(first, ['before\n']);
  first.close();
  await print(new RotatingLog(path), ['after\n']);
  expect(readFileSync(path, 'utf8')).toBe('before\nafter\n');
});

it('reads on and knows the last lines when the file cannot be written', async () => {
  const log = new RotatingLog(join(folder, 'missing', 'a.log'));
  await print(log, ['one\n', 'two\n']);
  expect(existsSync(log.path)).toBe(false);
  expect(log.tail()).toEqual(['one', 'two']);
});
