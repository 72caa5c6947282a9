import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './tool.ts';

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'azimuth-no-engine-'));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** The command on a machine whose client finds no engine, neither somebody's nor one of ours. */
async function withoutEngine(environment: Record<string, string> = {}): Promise<{ code: number; out: string; err: string }> {
  const { PATH } = process.env;
  const env = { PATH, HOME: home, DOCKER_HOST: `unix://${join(home, 'no.sock')}`, ...environment };
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', join(ROOT, 'scripts/azimuth.ts'), 'test-compose'], { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close') as Promise<[number]>]);
  return { code, out, err };
}

test('without an engine it fails, and says what to do', async () => {
  const { code, out, err } = await withoutEngine();
  expect([code, out]).toEqual([5, '']);
  expect(err).toMatch(/No Docker engine answers|There is no "docker" on the PATH/);
  expect(err).toContain('Start Docker');
});

test('waived by name it succeeds, and says that nothing was tested', async () => {
  const { code, out } = await withoutEngine({ AZIMUTH_WAIVE_COMPOSE: '1' });
  expect(code).toBe(0);
  expect(out).toMatch(/^WAIVED by AZIMUTH_WAIVE_COMPOSE: .* NOT tested\.\n$/);
});

test('waived by another word it fails as it did', async () => {
  expect((await withoutEngine({ AZIMUTH_WAIVE_COMPOSE: 'yes' })).code).toBe(5);
});
