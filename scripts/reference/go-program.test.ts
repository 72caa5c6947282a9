import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findGoProgram, type FoundProgram, type GoProgram } from './go-program.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;
const said: string[] = [];
const say = (text: string): void => void said.push(text);

const RIVET: GoProgram = {
  title: 'Rivet',
  name: 'rivet',
  version: '2.12.0',
  module: 'example.org/rivet/v2',
  moduleVersion: 'v2.12.0',
  programs: { server: 'cmd/server', tool: 'cmd/tool' },
  versionFlag: '-version',
  takes: '1 s',
};

function find(program = 'server', env = environment, platform?: { os: string; cpu: string }): Promise<FoundProgram> {
  return findGoProgram(RIVET, program, 'RIVET_SERVER', say, env, platform);
}

/** A "go" whose `build` does what `build` says with `$out`; it keeps a record of its calls. */
function goThat(build: string): void {
  script('go', `if [ "$1" = version ]; then echo go version go1.26; exit 0; fi
echo "$GOOS/$GOARCH $(grep require go.mod) $@" >> "${folder}/calls"
while [ "$1" != -o ]; do shift; done
out=$2
${build}`);
}

function script(name: string, text: string): string {
  const path = join(folder, 'bin', name);
  writeFileSync(path, `#!/bin/sh\n${text}\n`);
  chmodSync(path, 0o755);
  return path;
}

function cached(): string[] {
  const cache = join(folder, 'cache/azimuth');
  return existsSync(cache) ? readdirSync(cache) : [];
}

function calls(): string[] {
  return readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');
}

const HERE = `${process.platform}-${process.arch}`;
const BUILDS = `printf '#!/bin/sh\\necho version 2.12.0\\n' > "$out"; chmod +x "$out"`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-reference-'));
  mkdirSync(join(folder, 'bin'));
  environment = { PATH: `${join(folder, 'bin')}:/bin:/usr/bin`, XDG_CACHE_HOME: join(folder, 'cache') };
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a path that was given is taken, and one that is no program is named', async () => {
  const path = script('my-server', 'true');
  expect(await find('server', { ...environment, RIVET_SERVER: path })).toEqual({ path });
  expect(await find('server', { ...environment, RIVET_SERVER: join(folder, 'nothing') })).toEqual({ missing: expect.stringMatching(/RIVET_SERVER names .*nothing/) as string });
});

test('without Go the answer says what to install', async () => {
  expect(await find('server', { ...environment, PATH: join(folder, 'bin') })).toEqual({ missing: expect.stringMatching(/no "go" on the PATH.*install Go.*RIVET_SERVER/) as string });
});

test('two who need it at once build it once, and a third finds it', async () => {
  goThat(`sleep 0.2; ${BUILDS}`);
  const found = await Promise.all([find(), find()]);
  expect(found[0]).toEqual({ path: join(folder, 'cache/azimuth', `rivet-2.12.0-${HERE}`, 'server') });
  expect(found[1]).toEqual(found[0]);
  expect(await find()).toEqual(found[0]);
  expect(calls()).toEqual(['server', 'tool'].map((name) => expect.stringMatching(new RegExp(`require example.org/rivet/v2 v2.12.0 build .*rivet/v2/cmd/${name}$`)) as string));
  expect(said.filter((text) => text.startsWith('building'))).toHaveLength(1);
});

test('every program of a module comes from one build', async () => {
  goThat(BUILDS);
  await find('server');
  expect(await find('tool')).toEqual({ path: join(folder, 'cache/azimuth', `rivet-2.12.0-${HERE}`, 'tool') });
  expect(calls()).toHaveLength(2);
});

test('what is for another system is built for it, in a place of its own, and not tried here', async () => {
  goThat(`echo "no program of this system" > "$out"; chmod +x "$out"`);
  const other = { os: 'linux', cpu: process.arch === 'arm64' ? 'x64' : 'arm64' };
  expect(await find('server', environment, other)).toEqual({ path: join(folder, 'cache/azimuth', `rivet-2.12.0-linux-${other.cpu}`, 'server') });
  expect(calls()[0]).toMatch(other.cpu === 'x64' ? /^linux\/amd64 / : /^linux\/arm64 /);
});

test('a build that fails says why and leaves nothing that could be taken for a program', async () => {
  goThat('echo half > "$out"; echo "dial tcp: lookup proxy.example: no such host" >&2; exit 1');
  expect(await find()).toEqual({ missing: expect.stringMatching(/go build .*failed: .*no such host/) as string });
  expect(cached()).toEqual([]);
});

test('a build that made something else is not used', async () => {
  goThat('printf "#!/bin/sh\\nexit 3\\n" > "$out"; chmod +x "$out"');
  expect(await find()).toEqual({ missing: expect.stringMatching(/does not run/) as string });
  expect(cached()).toEqual([]);
});

test('what a killed build left is removed by the next', async () => {
  mkdirSync(join(folder, 'cache/azimuth', `rivet-2.12.0-${HERE}.new-killed`), { recursive: true });
  goThat(BUILDS);
  await find();
  expect(cached()).toEqual([`rivet-2.12.0-${HERE}`]);
});
