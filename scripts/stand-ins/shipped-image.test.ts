import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { secretsFor } from './shipped-image.ts';

test('a build is lent what this machine has of what the Dockerfile asks for, and nothing else', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-secrets-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const npmrc = join(folder, 'npmrc');
  writeFileSync(npmrc, 'fund=false\n');
  const environment = { NPM_CONFIG_USERCONFIG: npmrc, NODE_EXTRA_CA_CERTS: join(folder, 'gone.pem') };
  expect(secretsFor(['npmrc', 'ca-certificates', 'something'], environment)).toEqual({ npmrc });
  expect(secretsFor([], environment)).toEqual({});
});
