import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { findToxiproxy } from './toxiproxy-binary.ts';

let folder: string;
let environment: NodeJS.ProcessEnv;
const said: string[] = [];
const say = (text: string): void => void said.push(text);

/** A "go" whose `install` does what `install` says; it keeps a record of its calls. */
function goThat(install: string): void {
  script('go', `if [ "$1" = version ]; then echo go version go1.26; exit 0; fi\necho "$@" >> "${folder}/calls"\n${install}`);
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

const BUILDS = `printf '#!/bin/sh\\necho toxiproxy-server version 2.12.0\\n' > "$GOBIN/server"; chmod +x "$GOBIN/server"`;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-reference-'));
  mkdirSync(join(folder, 'bin'));
  environment = { PATH: `${join(folder, 'bin')}:/bin:/usr/bin`, XDG_CACHE_HOME: join(folder, 'cache') };
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true }));

test('a path that was given is taken, and one that is no program is named', async () => {
  const path = script('my-toxiproxy', 'true');
  expect(await findToxiproxy(say, { ...environment, AZIMUTH_TOXIPROXY: path })).toEqual({ path });
  expect(await findToxiproxy(say, { ...environment, AZIMUTH_TOXIPROXY: join(folder, 'nothing') })).toEqual({ missing: expect.stringMatching(/AZIMUTH_TOXIPROXY names .*nothing/) as string });
});

test('without Go the answer says what to install', async () => {
  expect(await findToxiproxy(say, { ...environment, PATH: join(folder, 'bin') })).toEqual({ missing: expect.stringMatching(/no "go" on the PATH.*install Go/) as string });
});

test('two who need it at once build it once, and a third finds it', async () => {
  goThat(`sleep 0.3; ${BUILDS}`);
  const found = await Promise.all([findToxiproxy(say, environment), findToxiproxy(say, environment)]);
  expect(found[0]).toEqual(found[1]);
  expect(await findToxiproxy(say, environment)).toEqual(found[0]);
  expect(readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n')).toEqual([expect.stringMatching(/^install .*@v2\.12\.0$/)]);
  expect(said.filter((text) => text.includes('building'))).toHaveLength(1);
});

test('a build that fails says why and leaves nothing that could be taken for a server', async () => {
  goThat('echo half > "$GOBIN/server"; echo "dial tcp: lookup proxy.golang.org: no such host" >&2; exit 1');
  expect(await findToxiproxy(say, environment)).toEqual({ missing: expect.stringMatching(/go install .* failed: .*no such host/) as string });
  expect(cached()).toEqual([]);
});

test('a build that made something else is not used', async () => {
  goThat('printf "#!/bin/sh\\nexit 3\\n" > "$GOBIN/server"; chmod +x "$GOBIN/server"');
  expect(await findToxiproxy(say, environment)).toEqual({ missing: expect.stringMatching(/does not run/) as string });
  expect(cached()).toEqual([]);
});

test('what a killed build left is removed by the next', async () => {
  mkdirSync(join(folder, 'cache/azimuth', `toxiproxy-2.12.0-${process.platform}-${process.arch}.new-killed`), { recursive: true });
  goThat(BUILDS);
  await findToxiproxy(say, environment);
  expect(cached()).toEqual([`toxiproxy-2.12.0-${process.platform}-${process.arch}`]);
});
