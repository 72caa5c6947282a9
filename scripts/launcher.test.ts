import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ROOT } from './tool.ts';

/**
 * A checkout of its own for each test: the real launcher, one dependency that lies in the checkout itself
 * (so that the real npm needs no registry), and a command that says what it was given.
 */
let checkout: string;
let home: string;

const COMMAND = `
  const [verb, ...rest] = process.argv.slice(2);
  if (verb === 'wait') {
    process.on('SIGTERM', () => { console.log('drained'); process.exit(43); });
    setInterval(() => {}, 1000);
  }
  console.log('ran', verb, ...rest);
  if (verb === 'exit') process.exit(Number(rest[0]));
`;

beforeEach(() => {
  const base = mkdtempSync(join(tmpdir(), 'azimuth-launcher-'));
  checkout = join(base, 'check out');
  home = join(base, 'home');
  mkdirSync(join(checkout, 'scripts'), { recursive: true });
  mkdirSync(home);
  for (const file of ['azimuth', 'scripts/launcher.mjs', 'scripts/install-lock.mjs']) cpSync(join(ROOT, file), join(checkout, file));
  cpSync(join(ROOT, 'scripts/runtime'), join(checkout, 'scripts/runtime'), { recursive: true });
  writeFileSync(join(checkout, 'scripts/azimuth.ts'), COMMAND);
  mkdirSync(join(checkout, 'crust'));
  write('crust/package.json', { name: 'crust', version: '1.0.0', scripts: { install: 'touch "$INIT_CWD/script-ran"' } });
  write('package.json', { name: 'shop', version: '1.0.0', type: 'module', dependencies: { crust: 'file:./crust' } });
  lock('1.0.0');
});

afterEach(() => {
  rmSync(dirname(checkout), { recursive: true, force: true });
});

function write(file: string, content: unknown): void {
  writeFileSync(join(checkout, file), JSON.stringify(content));
}

function lock(version: string): void {
  write('package-lock.json', {
    name: 'shop',
    version,
    lockfileVersion: 3,
    packages: {
      '': { name: 'shop', version, dependencies: { crust: 'file:./crust' } },
      crust: { version: '1.0.0', hasInstallScript: true },
      'node_modules/crust': { resolved: 'crust', link: true },
    },
  });
}

/** Environment of a person with nothing but Node and npm, without what this test's own npm set. */
function environment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const own = Object.entries(process.env).filter(([name]) => !/^(?:npm_|NODE_|VITEST|XDG_)/i.test(name));
  return { ...Object.fromEntries(own), HOME: home, PATH: `${dirname(process.execPath)}:${process.env['PATH'] ?? ''}`, ...extra };
}

function start(words: string[], extra: Record<string, string> = {}, program = join(checkout, 'azimuth')): ReturnType<typeof spawn> {
  return spawn(program, words, { cwd: home, env: environment(extra), stdio: ['ignore', 'pipe', 'pipe'] });
}

async function finish(child: ReturnType<typeof spawn>): Promise<{ code: number | null; signal: string | null; out: string; err: string }> {
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const [code, signal] = (await once(child, 'close')) as [number | null, string | null];
  return { code, signal, out, err };
}

/** A program on a PATH of its own, before everything else. */
function stubOnPath(name: string, script: string): Record<string, string> {
  const folder = join(home, `bin-${name}`);
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), script);
  chmodSync(join(folder, name), 0o755);
  return { PATH: `${folder}:${dirname(process.execPath)}:${process.env['PATH'] ?? ''}` };
}

const until = async (condition: () => boolean): Promise<void> => {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 20));
};

test('a fresh clone installs and runs, install scripts are not needed, and only the command writes to standard output', async () => {
  writeFileSync(join(home, '.npmrc'), 'ignore-scripts=true\npackage-lock=false\nomit=dev\n');
  const run = await finish(start(['exit', '3', 'two words'], { NODE_ENV: 'production' }));
  expect(run).toMatchObject({ code: 3, out: 'ran exit 3 two words\n' });
  expect(run.err).toMatch(/installing dependencies .*\n.*installed dependencies in/);
  expect(existsSync(join(checkout, 'node_modules/crust'))).toBe(true);
});

test('what a dependency wants to run at install is not run', async () => {
  await finish(start(['exit', '0']));
  expect(existsSync(join(checkout, 'script-ran'))).toBe(false);
  expect(existsSync(join(home, 'script-ran'))).toBe(false);
});

test('a second start installs nothing, a changed lockfile installs again', async () => {
  await finish(start(['exit', '0']));
  expect((await finish(start(['exit', '0']))).err).toBe('');
  lock('1.0.1');
  write('package.json', { name: 'shop', version: '1.0.1', type: 'module', dependencies: { crust: 'file:./crust' } });
  expect((await finish(start(['exit', '0']))).err).toContain('installed dependencies');
  expect((await finish(start(['exit', '0']))).err).toBe('');
});

test('of two first starts one installs, the other waits, and both run', async () => {
  const runs = await Promise.all([finish(start(['exit', '0'])), finish(start(['exit', '0']))]);
  expect(runs.map((run) => run.code)).toEqual([0, 0]);
  expect(runs.filter((run) => run.err.includes('installed dependencies'))).toHaveLength(1);
});

test('the lock of a start that died is taken over', async () => {
  mkdirSync(join(checkout, '.azimuth'));
  const dead = spawn(process.execPath, ['-e', '']);
  await once(dead, 'close');
  writeFileSync(join(checkout, '.azimuth/install.lock'), JSON.stringify({ pid: dead.pid, start: '1', host: (await import('node:os')).hostname() }));
  expect(await finish(start(['exit', '0']))).toMatchObject({ code: 0 });
  expect(existsSync(join(checkout, '.azimuth/install.lock'))).toBe(false);
});

test('a start on another host that shares the checkout is waited for as long as it gives a sign', async () => {
  mkdirSync(join(checkout, '.azimuth'));
  const path = join(checkout, '.azimuth/install.lock');
  const theirs = JSON.stringify({ pid: 1, start: '1', host: 'elsewhere' });
  writeFileSync(path, theirs);
  const waiting = start(['exit', '0']);
  waiting.stderr?.once('data', () => {
    expect(readFileSync(path, 'utf8')).toBe(theirs);
    const longAgo = new Date(Date.now() - 120_000);
    utimesSync(path, longAgo, longAgo);
  });
  const run = await finish(waiting);
  expect(run.code).toBe(0);
  expect(run.err).toMatch(/^azimuth: another start is installing .*; waiting for it …\nazimuth: installing/);
});

test('a failed install is one message with what npm said, exit 5, and the command does not run', async () => {
  write('package.json', { name: 'shop', version: '1.0.0', dependencies: { crust: 'file:./crust', dough: 'file:./dough' } });
  const run = await finish(start(['exit', '0']));
  expect(run).toMatchObject({ code: 5, out: '' });
  expect(run.err).toMatch(/installing dependencies failed. npm says:\n(?: {2}.*\n)*.*dough/);
  expect(run.err).not.toMatch(/\n\s+at /);
  expect(existsSync(join(checkout, '.azimuth/install.lock'))).toBe(false);
});

test('an install for which the disk was too small is a failure, though npm says it succeeded, and is made again', async () => {
  const npm = `#!/bin/sh\nmkdir -p node_modules\ncp package-lock.json node_modules/.package-lock.json\necho 'npm warn tar TAR_ENTRY_ERROR ENOSPC: no space left on device, write' >&2\n`;
  const run = await finish(start(['exit', '0'], stubOnPath('npm', npm)));
  expect(run).toMatchObject({ code: 5, out: '' });
  expect(run.err).toContain('no space left on device');
  expect((await finish(start(['exit', '0']))).err).toContain('installed dependencies');
});

test('without Node there is one sentence and exit 5', async () => {
  const folder = join(home, 'bin');
  mkdirSync(folder);
  for (const tool of ['sh', 'dirname', 'readlink']) symlinkSync(tool === 'sh' ? '/bin/sh' : `/usr/bin/${tool}`, join(folder, tool));
  const run = await finish(start(['exit', '0'], { PATH: folder }));
  expect(run).toMatchObject({ code: 5, out: '' });
  expect(run.err).toMatch(/^azimuth: there is no "node" on the PATH\. .*\n$/);
});

test('a Node that is too old continues on the packaged one, a far too old one is named', async () => {
  await finish(start(['exit', '0']));
  const older = (version: string): Record<string, string> => {
    const pretend = `data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'${version}'}})`;
    return stubOnPath('node', `#!/bin/sh\nexec "${process.execPath}" --import "${pretend}" "$@"\n`);
  };
  const { optionalDependencies } = JSON.parse(readFileSync(join(ROOT, 'scripts/runtime/package.json'), 'utf8')) as { optionalDependencies: Record<string, string> };
  const cache = join(home, '.cache/azimuth');
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const folder = join(cache, `node-${version}-${process.platform}-${process.arch}`, 'node_modules', name, 'bin');
    mkdirSync(folder, { recursive: true });
    writeFileSync(join(folder, 'node'), `#!/bin/sh\necho continued\nexec "${process.execPath}" "$@"\n`);
    chmodSync(join(folder, 'node'), 0o755);
  }
  expect(await finish(start(['exit', '4'], older('20.11.1')))).toMatchObject({ code: 4, out: 'continued\nran exit 4\n' });
  const ancient = await finish(start(['exit', '4'], older('18.20.0')));
  expect(ancient).toMatchObject({ code: 5, out: '' });
  expect(ancient.err).toMatch(/^azimuth: this is Node 18\.20\.0; Azimuth needs Node 20 or newer.*\n$/);
});

test('a signal to the launcher is the command’s own, and so is its exit code', async () => {
  await finish(start(['exit', '0']));
  const child = start(['wait']);
  child.stdout?.once('data', () => child.kill('SIGTERM'));
  expect(await finish(child)).toMatchObject({ code: 43, out: 'ran wait\ndrained\n' });
  const killed = start(['wait']);
  killed.stdout?.once('data', () => killed.kill('SIGKILL'));
  expect(await finish(killed)).toMatchObject({ code: null, signal: 'SIGKILL' });
});

test('a launcher that is killed while it installs takes npm with it, and the next start repairs what is left', async () => {
  const pidFile = join(home, 'npm.pid');
  const child = start(['exit', '0'], stubOnPath('npm', `#!/bin/sh\necho $$ > "${pidFile}"\nexec sleep 60\n`));
  await until(() => existsSync(pidFile) && readFileSync(pidFile, 'utf8') !== '');
  const npm = Number(readFileSync(pidFile, 'utf8'));
  child.kill('SIGKILL');
  await until(() => {
    try {
      return process.kill(npm, 0) && false;
    } catch {
      return true;
    }
  });
  expect(await finish(start(['exit', '0']))).toMatchObject({ code: 0, out: 'ran exit 0\n' });
});

test('it runs through a symbolic link from anywhere', async () => {
  const link = join(home, 'azimuth');
  symlinkSync('../check out/azimuth', link);
  expect(await finish(start(['exit', '0'], {}, link))).toMatchObject({ code: 0, out: 'ran exit 0\n' });
});
