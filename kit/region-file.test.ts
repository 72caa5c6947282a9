import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Endpoint, Region } from '#contracts/region.ts';
import { ConfigError } from './config.ts';
import { findInstance, readRegion, watchRegion } from './region-file.ts';

/** A busy machine is given time; a pass never waits for it. */
const SOON = { timeout: 10_000 };

const kitchen: Endpoint = {
  name: 'az1-kitchen-a',
  role: 'service',
  az: 'az1',
  dc: 'az1-dc1',
  service: 'kitchen',
  scope: 'zonal',
  address: { host: '127.0.0.1', port: 20001 },
  admin: { host: '127.0.0.1', port: 20002 },
  program: 'services/kitchen/main.ts',
  networks: [],
  environment: {},
};
const region = (name: string): Region => ({ schema: 'azimuth.region/1', region: name, body: 'embedded', endpoints: [kitchen], links: [] });

let folder: string;
let path: string;
let stop: () => void = () => {};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'region-'));
  path = join(folder, 'region.json');
});
afterEach(() => {
  stop();
  rmSync(folder, { recursive: true });
});

const write = (text: string): void => writeFileSync(path, text);

test('a good description is read, and an endpoint is found by its name', () => {
  write(JSON.stringify(region('one')));
  expect(findInstance(readRegion(path), 'az1-kitchen-a')).toEqual(kitchen);
});

test('an unknown endpoint is an error that names those there are', () => {
  expect(() => findInstance(region('one'), 'az9-kitchen-a')).toThrow(/no endpoint "az9-kitchen-a"; it has: az1-kitchen-a/);
});

test.each([
  ['missing', null, /cannot read the region's description/],
  ['half written', JSON.stringify(region('one')).slice(0, 80), /is not JSON \(half written\?\)/],
  ['of another schema', JSON.stringify({ ...region('one'), schema: 'azimuth.region/2' }), /is no azimuth.region\/1 document: \/schema/],
  ['with an unknown AZ', JSON.stringify({ ...region('one'), endpoints: [{ ...kitchen, az: 'az7' }] }), /\/endpoints\/0\/az/],
])('a file that is %s is one clear error', (_what, text, message) => {
  if (text !== null) write(text);
  expect(() => readRegion(path)).toThrow(ConfigError);
  expect(() => readRegion(path)).toThrow(message);
});

test('a change is followed, also one that replaces the file; what is half written is ignored', async () => {
  write(JSON.stringify(region('one')));
  const changes: string[] = [];
  const ignored: string[] = [];
  stop = watchRegion(path, (changed) => changes.push(changed.region), (error) => ignored.push(error.message), 10);
  await new Promise((resolve) => setTimeout(resolve, 40));
  write(JSON.stringify(region('two')).slice(0, 50));
  await vi.waitFor(() => expect(ignored).not.toEqual([]), SOON);
  expect(changes).toEqual([]);
  write(JSON.stringify(region('two')));
  await vi.waitFor(() => expect(changes).toEqual(['two']), SOON);
  writeFileSync(`${path}.new`, JSON.stringify(region('three')));
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(changes).toEqual(['two', 'three']), SOON);
  rmSync(path);
  await vi.waitFor(() => expect(ignored.at(-1)).toMatch(/cannot read/), SOON);
  expect(changes).toEqual(['two', 'three']);
});
