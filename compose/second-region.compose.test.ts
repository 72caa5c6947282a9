/** A second region beside the first: the file that `./azimuth region env` writes is one that Compose takes, and nothing of it is the first one's. */
import { afterAll, describe, expect, it } from 'vitest';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { succeed } from './testing/command.fixture.ts';
import { CHECKOUT, PLACE } from './testing/place.fixture.ts';

interface Config {
  name: string;
  services: Record<string, { ports?: { published: string }[]; networks?: Record<string, { ipv4_address?: string } | null> }>;
}

describe('a second region', () => {
  const folder = mkdtempSync(join(tmpdir(), 'azimuth-second-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('has a name, ports and addresses of its own', async () => {
    const { PATH = '', HOME = '', DOCKER_CONFIG } = process.env;
    const bare = { PATH, HOME, ...(DOCKER_CONFIG === undefined ? {} : { DOCKER_CONFIG }) };
    const plain = { cwd: CHECKOUT, env: { ...bare, AZIMUTH_STATE_DIR: folder }, limitMs: 30_000 };
    const written = await succeed([`${CHECKOUT}/azimuth`, 'region', 'env', 'b'], plain);
    const file = join(folder, '.env.b');
    writeFileSync(file, written.stdout);
    const configOf = async (words: readonly string[], env: Record<string, string> = {}): Promise<Config> =>
      JSON.parse((await succeed(['docker', 'compose', ...words, '--profile', '*', 'config', '--format', 'json'], { ...plain, env: { ...bare, ...env } })).stdout) as Config;
    const [first, test, second] = [await configOf([]), await configOf([], { ...PLACE }), await configOf(['--env-file', file])];
    expect([first.name, second.name]).toEqual(['azimuth', 'b']);
    for (const other of [first, test]) {
      expect(shared(portsOf(other), portsOf(second))).toEqual([]);
      expect(shared(addressesOf(other), addressesOf(second))).toEqual([]);
      expect(addressesOf(second)).toHaveLength(addressesOf(other).length);
      expect(portsOf(second)).toHaveLength(portsOf(other).length);
    }
  }, 60_000);
});

function portsOf({ services }: Config): string[] {
  return Object.values(services).flatMap(({ ports = [] }) => ports.map(({ published }) => published));
}

function addressesOf({ services }: Config): string[] {
  return Object.values(services).flatMap(({ networks = {} }) => Object.values(networks).flatMap((network) => network?.ipv4_address ?? []));
}

function shared(one: readonly string[], other: readonly string[]): string[] {
  return one.filter((value) => other.includes(value));
}
