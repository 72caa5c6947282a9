import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createProgram } from './program.ts';
import { ROOT } from './tool.ts';

async function azimuth(words: string[], env: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/azimuth.ts'), ...words], { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, out, err };
}

test('every command has a description and a help of its own', () => {
  for (const command of createProgram().commands) {
    expect(command.description(), command.name()).not.toBe('');
    expect(command.helpInformation(), command.name()).toContain('--help');
  }
});

test('help and version go to standard output with exit 0, also without a word', async () => {
  expect(await azimuth(['--version'])).toEqual({ code: 0, out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), err: '' });
  const help = await azimuth(['--help']);
  expect(help).toMatchObject({ code: 0, err: '' });
  expect(help.out).toContain('doctor');
  expect((await azimuth([])).out).toBe(help.out);
  expect(await azimuth(['doctor', '--help'])).toMatchObject({ code: 0, err: '' });
});

test('an unknown command is exit 2 and the nearest one is named', async () => {
  const run = await azimuth(['docter']);
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toMatch(/^azimuth: unknown command 'docter'\n\(Did you mean doctor\?\)/);
});

test('an unknown flag is exit 2, and the nearest one and the help are named', async () => {
  const run = await azimuth(['doctor', '--jsn']);
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toMatch(/^azimuth: unknown option '--jsn'\n\(Did you mean --json\?\)\n\n?See ".\/azimuth doctor --help"/);
});

test('a flag that npm swallowed is exit 2 with the right command, and nothing is done', async () => {
  const run = await azimuth(['doctor'], { npm_lifecycle_event: 'doctor', npm_package_json: join(ROOT, 'package.json'), npm_config_json: 'true' });
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('npm run doctor -- --json');
});

test('the npm of somebody else who calls ./azimuth is left alone', async () => {
  const run = await azimuth(['doctor', '--help'], { npm_lifecycle_event: 'e2e', npm_package_json: '/elsewhere/package.json', npm_config_json: 'true' });
  expect(run.code).toBe(0);
});

test('a reader that went away ends the command without a word', async () => {
  const child = spawn('sh', ['-c', `"${process.execPath}" "${join(ROOT, 'scripts/azimuth.ts')}" --help | true`], { stdio: ['ignore', 'ignore', 'pipe'] });
  let err = '';
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await once(child, 'close');
  expect(err).toBe('');
});
