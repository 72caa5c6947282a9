import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '#kit/config.ts';
import { readRegion } from '#kit/region-file.ts';
import { describeRegion } from './app.ts';

const DESCRIPTION = fileURLToPath(new URL('../../docker-compose.yml', import.meta.url));

let folder: string;
let out: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-region-'));
  out = join(folder, 'region.json');
});

afterEach(() => rmSync(folder, { recursive: true }));

describe('the region program', () => {
  it('writes what every other program can read, with the variables it was handed', () => {
    const said = describeRegion({ AZIMUTH_DESCRIPTION_FILE: DESCRIPTION, AZIMUTH_REGION_FILE: out, AZIMUTH_REGION: 'b', AZIMUTH_SUBNET: '10.90' });
    expect(said).toBe(`region b: 24 endpoints written to ${out}`);
    const region = readRegion(out);
    expect(region.body).toBe('compose');
    expect(region.endpoints.find(({ name }) => name === 'az3-kitchen-b')?.address).toEqual({ host: '10.90.3.32', port: 8080 });
    expect(readdirSync(folder).sort()).toEqual(['region.json', 'targets.json']);
  });

  it('leaves the old file alone when the description is broken', () => {
    writeFileSync(out, 'old');
    const broken = join(folder, 'broken.yml');
    writeFileSync(broken, 'services: [');
    expect(() => describeRegion({ AZIMUTH_DESCRIPTION_FILE: broken, AZIMUTH_REGION_FILE: out })).toThrow(/broken\.yml:1:\d+: is not YAML/);
    expect(readFileSync(out, 'utf8')).toBe('old');
  });

  it('names every missing variable at once', () => {
    expect(() => describeRegion({})).toThrow(/AZIMUTH_DESCRIPTION_FILE[\s\S]*AZIMUTH_REGION_FILE/);
  });

  it('replaces regular files only, and leaves nothing half-written', () => {
    symlinkSync('/dev/null', out);
    const env = { AZIMUTH_DESCRIPTION_FILE: DESCRIPTION, AZIMUTH_REGION_FILE: out };
    expect(() => describeRegion(env)).toThrow(new ConfigError(`cannot write ${out}: it exists and is no regular file`));
    expect(() => describeRegion({ ...env, AZIMUTH_REGION_FILE: join(folder, 'none', 'region.json') })).toThrow(/cannot write .*ENOENT/);
    expect(readdirSync(folder)).toEqual(['region.json']);
  });
});
