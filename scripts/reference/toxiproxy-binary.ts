/**
 * Where the real Toxiproxy comes from, the one that ours is compared with: a path that was given, the cache of
 * an earlier build, or a build by the Go toolchain (about 30 s, once per machine). Guards against two builds at
 * once, against a binary that a killed build left half written, and against a comparison that is left out
 * without anybody being told: where there is none, the answer is a sentence that says why.
 *
 * What is built and how: https://github.com/Shopify/toxiproxy/blob/main/.goreleaser.yml
 */
import { execFile, spawn } from 'node:child_process';
import { accessSync, constants, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { withInstallLock } from '../install-lock.mjs';

/** The release that Azimuth's server is compatible with. */
const VERSION = '2.12.0';
const MODULE = 'github.com/Shopify/toxiproxy/v2';
const BUILD_MS_MAX = 240_000;
const ASK_MS_MAX = 10_000;

export type FoundToxiproxy = { path: string } | { /** One sentence. */ missing: string };

/**
 * The real server's program; builds it when it is not there yet. `say` is told before a build that takes its
 * time. Never throws for want of a toolchain or a network.
 */
export async function findToxiproxy(say: (text: string) => void, environment: NodeJS.ProcessEnv = process.env): Promise<FoundToxiproxy> {
  const given = environment['AZIMUTH_TOXIPROXY'];
  if (given !== undefined && given !== '') {
    const path = resolve(given);
    return isProgram(path) ? { path } : { missing: `AZIMUTH_TOXIPROXY names ${given}, which is no program that can be run.` };
  }
  const folder = join(cacheFolder(environment), `toxiproxy-${VERSION}-${process.platform}-${process.arch}`);
  const path = join(folder, process.platform === 'win32' ? 'server.exe' : 'server');
  if (isProgram(path)) return { path };
  if ((await answer('go', ['version'], environment)) === null) {
    return { missing: `It is built with Go, and there is no "go" on the PATH: install Go 1.23 or newer, or set AZIMUTH_TOXIPROXY to a toxiproxy-server ${VERSION}.` };
  }
  try {
    mkdirSync(dirname(folder), { recursive: true });
    return await withInstallLock(`${folder}.lock`, say, async () => (isProgram(path) ? { path } : build(folder, path, say, environment)));
  } catch (error) {
    return { missing: `Its place in the cache cannot be used: ${error instanceof Error ? error.message : String(error)}.` };
  }
}

/** The folder that outlives every checkout; the launcher keeps its Node there too. */
function cacheFolder(environment: NodeJS.ProcessEnv): string {
  const xdg = environment['XDG_CACHE_HOME'];
  return join(xdg !== undefined && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'azimuth');
}

async function build(folder: string, path: string, say: (text: string) => void, environment: NodeJS.ProcessEnv): Promise<FoundToxiproxy> {
  const parent = dirname(folder);
  // What an earlier build left when it was killed.
  for (const name of readdirSync(parent).filter((one) => join(parent, one).startsWith(`${folder}.new-`))) {
    rmSync(join(parent, name), { recursive: true, force: true });
  }
  // Made aside and renamed, so that the folder is there whole or not at all.
  const made = mkdtempSync(`${folder}.new-`);
  try {
    say(`building Toxiproxy ${VERSION} to compare with (once, about 30 s) …`);
    const complaint = await goInstall(made, environment);
    if (complaint !== null) return { missing: `"go install ${MODULE}/cmd/server@v${VERSION}" failed: ${complaint}.` };
    if ((await answer(path.replace(folder, made), ['-version'], environment)) === null) return { missing: 'The Toxiproxy that Go built does not run on this system.' };
    rmSync(folder, { recursive: true, force: true });
    renameSync(made, folder);
    return { path };
  } finally {
    rmSync(made, { recursive: true, force: true });
  }
}

/** Null when it went well, else Go's last line. */
function goInstall(bin: string, environment: NodeJS.ProcessEnv): Promise<string | null> {
  const args = ['install', '-trimpath', '-ldflags', `-s -w -X ${MODULE}.Version=${VERSION}`, `${MODULE}/cmd/server@v${VERSION}`];
  // Somebody's GOFLAGS (-mod=vendor) or a GOOS to cross-compile for must not decide what is built here.
  const { GOFLAGS: _flags, GOOS: _os, GOARCH: _arch, ...rest } = environment;
  const child = spawn('go', args, { env: { ...rest, GOBIN: bin, CGO_ENABLED: '0' }, stdio: ['ignore', 'ignore', 'pipe'] });
  let output = '';
  child.stderr.on('data', (chunk: Buffer) => (output = (output + chunk.toString()).slice(-4000)));
  let isLate = false;
  // SIGINT: what Go itself started ends with it.
  const limit = setTimeout(() => {
    isLate = true;
    child.kill('SIGINT');
  }, BUILD_MS_MAX);
  return new Promise<string | null>((done) => {
    child.on('error', (error) => done(error.message));
    child.on('close', (code) => done(isLate ? `not done within ${BUILD_MS_MAX / 1000} s` : code === 0 ? null : lastLine(output)));
  }).finally(() => clearTimeout(limit));
}

function lastLine(output: string): string {
  return output.trim().split('\n').at(-1)?.trim() ?? 'it said nothing';
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** What a program prints; null when it cannot be run or fails. */
function answer(command: string, args: string[], environment: NodeJS.ProcessEnv): Promise<string | null> {
  return new Promise((done) => {
    execFile(command, args, { timeout: ASK_MS_MAX, env: environment }, (error, stdout) => done(error === null ? stdout : null));
  });
}
