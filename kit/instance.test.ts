import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { Type } from 'typebox';
import { readProgram, requireAddress } from './instance.ts';

const Own = Type.Object({ OVENS: Type.Integer({ minimum: 1, default: 8 }) });
const endpoint = {
  name: 'customers',
  role: 'customers',
  az: null,
  dc: null,
  service: null,
  scope: 'regional',
  address: null,
  admin: { host: '127.0.0.1', port: 20002 },
  program: null,
  networks: [],
  environment: {},
};

let folder: string;
let file: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'instance-'));
  file = join(folder, 'region.json');
  writeFileSync(file, JSON.stringify({ schema: 'azimuth.region/1', region: 'test', body: 'embedded', endpoints: [endpoint], links: [] }));
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a program learns who it is from two variables and the description', () => {
  const { config, instance, log } = readProgram(Own, { AZIMUTH_REGION_FILE: file, AZIMUTH_INSTANCE: 'customers', AZIMUTH_VERSION: '1.2.3', OVENS: '4' });
  expect(config.OVENS).toBe(4);
  expect(instance).toMatchObject({ id: 'customers', version: '1.2.3', endpoint, regionFile: file });
  expect(log.level).toBe('warn');
  expect(requireAddress(instance, 'admin')).toEqual({ host: '127.0.0.1', port: 20002 });
  expect(() => requireAddress(instance, 'address')).toThrow(/endpoint "customers" has no address in/);
});

test('every start has a boot id of its own', () => {
  const env = { AZIMUTH_REGION_FILE: file, AZIMUTH_INSTANCE: 'customers' };
  expect(readProgram(Own, env).instance.bootId).not.toBe(readProgram(Own, env).instance.bootId);
});

test('bad variables of the program and of the region come in one message', () => {
  const read = (): unknown => readProgram(Own, { OVENS: '0', LOG_LEVEL: 'loud' });
  for (const name of ['OVENS="0"', 'LOG_LEVEL="loud"', 'AZIMUTH_REGION_FILE is not set', 'AZIMUTH_INSTANCE is not set']) expect(read).toThrow(name);
});
