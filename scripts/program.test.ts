import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { CommanderError, type Command } from 'commander';
import { expect, test, vi } from 'vitest';
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

/** Every command with the words that lead to it, nested ones too. */
function allCommands(command: Command = createProgram(), words: string[] = []): { words: string[]; command: Command }[] {
  return command.commands.flatMap((below) => {
    const path = [...words, below.name()];
    return [{ words: path, command: below }, ...allCommands(below, path)];
  });
}

test('every command has a description and a help of its own', () => {
  const commands = allCommands();
  expect(commands.map(({ words }) => words.join(' '))).toEqual(expect.arrayContaining(['up', 'demo', 'kill', 'region compile', 'load-balancer', 'doctor']));
  for (const { words, command } of commands) {
    expect(command.description(), words.join(' ')).not.toBe('');
    expect(command.helpInformation(), words.join(' ')).toContain('--help');
  }
});

test('every command refuses a flag that it does not know, and names the help that lists them', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  const takers = allCommands().filter(({ command, words }) => command.commands.length === 0 && !['bench', 'test', 'help'].includes(words[0] ?? ''));
  for (const { words, command } of takers) {
    written.mockClear();
    command.action(() => expect.unreachable(`${words.join(' ')} ran`));
    await expect(command.parseAsync(['--no-such-flag', 'x'], { from: 'user' }), words.join(' ')).rejects.toBeInstanceOf(CommanderError);
    expect(written.mock.calls.join(''), words.join(' ')).toContain(`See "./azimuth ${words.join(' ')} --help"`);
  }
  written.mockRestore();
});

test('npm scripts are the commands of the same name, and replace npm’s shell so that signals reach them', () => {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { scripts: Record<string, string> };
  const verbs = new Set(createProgram().commands.map((command) => command.name()));
  for (const [name, line] of Object.entries(scripts)) {
    const verb = name === 'start' ? 'up' : name === 'chaos' ? null : name.replace(':', '-');
    expect(line).toBe(verb === null ? 'exec ./azimuth' : `exec ./azimuth ${verb}`);
    if (verb !== null) expect(verbs).toContain(verb);
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

const CONTAINER = { AZIMUTH_IN_CONTAINER: '1', AZIMUTH_API: 'http://127.0.0.1:1', AZIMUTH_REPORTS_ON_HOST: './reports' };

test('in a container a command that means nothing there says so in a sentence, and help leaves it out', async () => {
  for (const words of [['up'], ['demo', 'az-freeze'], ['doctor', '--json'], ['test', 'policy'], ['table', '--list']]) {
    const run = await azimuth(words, CONTAINER);
    expect(run, words.join(' ')).toEqual({ code: 2, out: '', err: expect.stringContaining(`"${words[0]}" means nothing in a container.`) });
  }
  const { out } = await azimuth(['--help'], CONTAINER);
  expect(out).toMatch(/\n {2}kill /);
  expect(out).not.toMatch(/\n {2}(?:up|demo|down|doctor|table) /);
});

test('in a container a verb needs no home, and without a region says how to start one from outside', async () => {
  const run = await azimuth(['kill', 'az1'], { ...CONTAINER, HOME: '' });
  expect(run).toEqual({ code: 5, out: '', err: 'azimuth: No region is running at http://127.0.0.1:1.\nStart it with "docker compose up -d --wait".\n' });
  const refused = await azimuth(['kill', 'az9'], CONTAINER);
  expect(refused.err).toContain('See "docker compose run --rm chaos kill --help"');
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

test('a benchmark that there is not is exit 2, and those that there are are named', async () => {
  expect(await azimuth(['bench', 'toaster'])).toEqual({ code: 2, out: '', err: expect.stringMatching(/There is no benchmark "toaster"\.\nThere are: .*simulation/) });
});

test('the flags of a benchmark are its own', async () => {
  expect(await azimuth(['bench', 'simulation', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--replicas') });
});

test('a flag that npm swallowed is exit 2 with the right command, and nothing is done', async () => {
  const run = await azimuth(['doctor'], { npm_lifecycle_event: 'doctor', npm_package_json: join(ROOT, 'package.json'), npm_config_json: 'true' });
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('npm run doctor -- --json');
});

test('a flag of a nested command is given back behind its words', async () => {
  const env = { npm_lifecycle_event: 'region', npm_package_json: join(ROOT, 'package.json'), npm_config_json: 'true' };
  const run = await azimuth(['region', 'env', 'b'], env);
  expect(run).toMatchObject({ code: 2, out: '' });
  expect(run.err).toContain('npm run region -- env b --json');
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
