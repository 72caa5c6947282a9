import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { runScript, runTool } from './tool.ts';

const folder = mkdtempSync(join(tmpdir(), 'azimuth-tool-'));

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function script(text: string): string {
  const path = join(folder, 'script.mjs');
  writeFileSync(path, text);
  return path;
}

test('a script’s exit code and both its streams come back', async () => {
  const path = script("console.log('out', ...process.argv.slice(2)); console.error('err'); process.exitCode = 7;");
  const run = await runScript(path, ['two words'], 'collect');
  expect(run.exitCode).toBe(7);
  expect(run.output.split('\n').toSorted()).toEqual(['', 'err', 'out two words']);
});

test.each([
  ['SIGKILL', 137],
  ['SIGTERM', 143],
])('a script that dies of %s counts as %i', async (signal, code) => {
  expect((await runScript(script(`process.kill(process.pid, '${signal}'); setInterval(() => {}, 1000);`), [], 'collect')).exitCode).toBe(code);
});

test('a tool runs under this very Node, whatever the PATH says', async () => {
  const run = await runTool('typescript', 'tsc', ['--version'], 'collect');
  expect(run).toMatchObject({ exitCode: 0, output: expect.stringMatching(/^Version \d/) });
});

test('a tool that the package does not have is named', () => {
  expect(() => runTool('typescript', 'tsd', [], 'collect')).toThrow('the package typescript installs no "tsd"');
});

test('a tool whose package is gone is a machine that is not ready, with the way out', () => {
  expect(() => runTool('no-such-package', 'x', [], 'collect')).toThrow(expect.objectContaining({ exitCode: 5, hint: expect.stringContaining('node_modules') }));
});
