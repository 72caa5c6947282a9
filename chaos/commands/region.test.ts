import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Value } from 'typebox/value';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { RegionSchema } from '#contracts/region.ts';
import { Printed } from './printed.fixture.ts';
import { regionCommand } from './region.ts';

let folder: string;
let printed: Printed;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-region-'));
  printed = Printed.keep();
});

afterEach(() => {
  printed.restore();
  rmSync(folder, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  await regionCommand().exitOverride().parseAsync(words, { from: 'user' });
  return printed.out;
}

describe('./azimuth region', () => {
  it('prints the shipped region as two tables: what is in it, and the ways over its links', async () => {
    const table = await run('compile');
    expect(table).toMatch(/^region \S+, embedded body, 24 endpoints\n/);
    expect(table).toMatch(/az2-kitchen-b +kitchen +az2-dc2 +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+ +services\/kitchen\/main\.ts\n/);
    expect(table).toMatch(/az1-link +link +az1 +- +- +services\/link\/main\.ts\n/);
    expect(table).toMatch(/az1-link +its API +- +127\.0\.0\.1:\d+ +-\n/);
    expect(table).toMatch(/az1-link +az2-kitchen-b +az1 +127\.0\.0\.1:\d+ +127\.0\.0\.1:\d+\n/);
  });

  it('says where links listen and what is not ours in the other body', async () => {
    const table = await run('compile', '--body', 'compose');
    expect(table).toMatch(/az1-link +link +az1 +- +- +not ours\n/);
    expect(table).toMatch(/az2-link +az1-kitchen-a +az2 +\d+\.\d+\.2\.102:10004 +\d+\.\d+\.1\.31:8080\n/);
  });

  it('prints region.json and nothing else with --json', async () => {
    const region: unknown = JSON.parse(await run('compile', '--body', 'compose', '--json'));
    expect(Value.Check(RegionSchema, region)).toBe(true);
  });

  it('moves the embedded ports with --port-base', async () => {
    expect(await run('compile', '--port-base', '25000')).toContain('127.0.0.1:25003');
    await expect(run('compile', '--port-base', '99')).rejects.toThrow(/must be a port from 1024 to 32767/);
  });

  it('ends with exit code 2 and every problem of a broken file', async () => {
    const file = join(folder, 'broken.yml');
    writeFileSync(file, 'name: Azimuth\nservices:\n  x: { extends: y }\n');
    await expect(run('compile', '--file', file)).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringMatching(/broken\.yml:1:7: .*\n.*broken\.yml:3:3: .*\n.*broken\.yml:3:8: /),
    });
    expect(printed.out).toBe('');
  });

  it.each([
    ['is not there', () => join(folder, 'none.yml'), /there is no .*none\.yml/],
    ['is a folder', () => folder, /is no file/],
    ['is not text', () => written(Buffer.from([0xff, 0xfe, 0x00])), /is not UTF-8 text/],
    ['is far too large', () => written(Buffer.alloc(1_048_577, 0x20)), /has 1048577 bytes; a description has at most 1048576/],
  ])('ends with exit code 2 for a file that %s', async (_title, file, message) => {
    await expect(run('compile', '--file', file())).rejects.toMatchObject({ exitCode: 2, message: expect.stringMatching(message) });
  });

  it('prints the JSON Schema of region.json, which the shipped region meets', async () => {
    const schema = JSON.parse(await run('schema')) as Record<string, unknown>;
    expect(schema).toMatchObject({ $id: 'azimuth.region/1', type: 'object', additionalProperties: false });
    printed.out = '';
    const region = JSON.parse(await run('compile', '--json')) as Record<string, unknown>;
    expect(Value.Check(schema, region)).toBe(true);
    expect(Value.Check(schema, { ...region, schema: 'azimuth.region/2' })).toBe(false);
  });

  it('prints the variables of a further region', async () => {
    expect(await run('env', 'b')).toMatch(/^AZIMUTH_REGION=b\nAZIMUTH_SUBNET=10\.\d+\nAZIMUTH_SHOP_PORT=\d+\nAZIMUTH_API_PORT=\d+\nAZIMUTH_GRAFANA_PORT=\d+\nAZIMUTH_PROMETHEUS_PORT=\d+\n$/);
    await expect(run('env', 'Not a name')).rejects.toMatchObject({ exitCode: 2 });
  });
});

function written(content: Buffer): string {
  const file = join(folder, 'f.yml');
  writeFileSync(file, content);
  return file;
}
