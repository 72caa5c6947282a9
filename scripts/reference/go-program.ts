/**
 * Programs of others that are written in Go, where no package of the system has the version that is needed: a path
 * that was given, the cache of an earlier build, or a build by the Go toolchain (once per machine, from the module
 * proxy, checked by Go's checksum database). Guards against two builds at once, against a binary that a killed build
 * left half written, and against a test that is left out without anybody being told: where there is none, the answer
 * is a sentence that says why.
 *
 * Built inside an empty module that requires theirs: `go install …@version` refuses modules with "replace" or
 * "exclude" lines, and theirs still fixes every version that is used.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { isProgram } from '#kit/is-program.ts';
import { withInstallLock } from '../install-lock.mjs';

const BUILD_MS_MAX = 900_000;
const HEARTBEAT_MS = 30_000;
const ASK_MS_MAX = 10_000;

/** As Node names them; what runs in a container is for `linux` wherever it is built. */
export interface Platform {
  os: string;
  cpu: string;
}

const HERE: Platform = { os: process.platform, cpu: process.arch };
const GO_CPUS: Readonly<Record<string, string>> = { x64: 'amd64', ia32: '386' };

export interface GoProgram {
  /** For messages, such as "Toxiproxy". */
  title: string;
  /** Names the cache's folder. */
  name: string;
  /** The release, as people know it. */
  version: string;
  module: string;
  /** The release, as Go knows it. */
  moduleVersion: string;
  /** Folder of a main package inside the module, by the name of the program that comes of it. */
  programs: Readonly<Record<string, string>>;
  tags?: string;
  /** For the linker, beside `-s -w`: where the version is written into the program. */
  linkerFlags?: string;
  /** Argument with which a program says its version and ends well. */
  versionFlag: string;
  /** How long a build takes, for the person who waits. */
  takes: string;
}

export type FoundProgram = { path: string } | { /** One sentence. */ missing: string };

type Say = (text: string) => void;
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Path of one of the programs; builds them when they are not there yet. `override` is the variable that names one
 * instead. `say` is told before a build that takes its time. Never throws for want of a toolchain or a network.
 */
export async function findGoProgram(wanted: GoProgram, program: string, override: string | null, say: Say, environment: Environment = process.env, platform = HERE): Promise<FoundProgram> {
  const given = override === null ? undefined : environment[override];
  if (given !== undefined && given !== '') {
    const path = resolve(given);
    return isProgram(path) ? { path } : { missing: `${override} names ${given}, which is no program that can be run.` };
  }
  const folder = join(cacheFolder(environment), `${wanted.name}-${wanted.version}-${platform.os}-${platform.cpu}`);
  const path = join(folder, fileName(program, platform));
  if (isProgram(path)) return { path };
  if ((await answer('go', ['version'], environment)) === null) {
    const instead = override === null ? '' : `, or set ${override} to a ${program} ${wanted.version}`;
    return { missing: `${wanted.title} is built with Go, and there is no "go" on the PATH: install Go 1.23 or newer${instead}.` };
  }
  try {
    mkdirSync(dirname(folder), { recursive: true });
    return await withInstallLock(`${folder}.lock`, say, async () => {
      const missing = isProgram(path) ? null : await build(wanted, folder, platform, say, environment);
      return missing === null ? { path } : { missing };
    });
  } catch (error) {
    return { missing: `The place of ${wanted.title} in the cache cannot be used: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** The folder that outlives every checkout; the launcher keeps its Node there too. */
export function cacheFolder(environment: Environment = process.env): string {
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'azimuth');
}

function fileName(program: string, { os }: Platform): string {
  return os === 'win32' ? `${program}.exe` : program;
}

/** Null when it went well, else a sentence. */
async function build(wanted: GoProgram, folder: string, platform: Platform, say: Say, environment: Environment): Promise<string | null> {
  const parent = dirname(folder);
  // What an earlier build left when it was killed.
  for (const name of readdirSync(parent).filter((one) => join(parent, one).startsWith(`${folder}.new-`))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  // Made aside and renamed, so that the folder is there whole or not at all.
  const made = mkdtempSync(`${folder}.new-`);
  const source = mkdtempSync(`${folder}.new-source-`);
  const began = performance.now();
  const heartbeat = setInterval(() => say(`still building ${wanted.title}, ${Math.round((performance.now() - began) / 1000)} s …`), HEARTBEAT_MS);
  try {
    say(`building ${wanted.title} ${wanted.version} with Go (once, about ${wanted.takes}) …`);
    writeFileSync(join(source, 'go.mod'), `module azimuth.invalid/build\n\nrequire ${wanted.module} ${wanted.moduleVersion}\n`);
    for (const [program, packagePath] of Object.entries(wanted.programs)) {
      const path = join(made, fileName(program, platform));
      const complaint = await goBuild(wanted, `${wanted.module}/${packagePath}`, path, source, platform, environment);
      if (complaint !== null) return `"go build ${wanted.module}/${packagePath}" (${wanted.moduleVersion}) failed: ${complaint}.`;
      const isOurs = platform.os === HERE.os && platform.cpu === HERE.cpu;
      if (isOurs && (await answer(path, [wanted.versionFlag], environment)) === null) return `The ${program} that Go built does not run on this system.`;
    }
    rmSync(folder, { recursive: true, force: true });
    renameSync(made, folder);
    return null;
  } finally {
    clearInterval(heartbeat);
    for (const left of [made, source]) rmSync(left, { recursive: true, force: true });
  }
}

/** Null when it went well, else Go's last line. */
function goBuild(wanted: GoProgram, packagePath: string, path: string, source: string, platform: Platform, environment: Environment): Promise<string | null> {
  const args = ['build', '-mod=mod', '-trimpath', '-ldflags', `-s -w ${wanted.linkerFlags ?? ''}`.trim(), ...(wanted.tags === undefined ? [] : ['-tags', wanted.tags]), '-o', path, packagePath];
  // Somebody's GOFLAGS (-mod=vendor) or workspace must not decide what is built here.
  const { GOFLAGS: _flags, ...rest } = environment;
  const target = { GOOS: platform.os === 'win32' ? 'windows' : platform.os, GOARCH: GO_CPUS[platform.cpu] ?? platform.cpu, GOWORK: 'off', CGO_ENABLED: '0' };
  const child = spawn('go', args, { cwd: source, env: { ...rest, ...target }, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  let isLate = false;
  // SIGINT: what Go itself started ends with it.
  const interrupt = (): boolean => child.kill('SIGINT');
  const limit = setTimeout(() => {
    isLate = true;
    interrupt();
  }, BUILD_MS_MAX);
  process.once('exit', interrupt);
  return new Promise<string | null>((done) => {
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(isLate ? `not done within ${BUILD_MS_MAX / 1000} s` : code === 0 ? null : lastLine(output)));
  }).finally(() => {
    clearTimeout(limit);
    process.off('exit', interrupt);
  });
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? 'it said nothing';
}

/** What a program prints; null when it cannot be run or fails. */
function answer(command: string, args: string[], environment: Environment): Promise<string | null> {
  return new Promise((done) => {
    execFile(command, args, { timeout: ASK_MS_MAX, env: environment }, (error, stdout) => done(error === null ? stdout : null));
  });
}
