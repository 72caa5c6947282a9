/** The links as Toxiproxy itself tells of them, asked from the injector's networks: what the injector says of them is its own account. */
import { node } from './inside.fixture.ts';
import { addressOn } from './place.fixture.ts';
import { waitUntil } from './wait-until.fixture.ts';

export const AZS = ['az1', 'az2', 'az3'] as const;

interface Toxic {
  name: string;
  type: string;
  stream: string;
  toxicity: number;
  attributes: Record<string, number>;
}

export interface Way {
  enabled: boolean;
  upstream: string;
  toxics: Toxic[];
}

/** All links in one trial: a look into a container costs more than what is looked at. */
const READ = `
Promise.all(process.argv.slice(1).map(async (api) => (await fetch(api + '/proxies')).json())).then((all) => console.log(JSON.stringify(all)));
`;

/** Each zone's link: its proxies by name. */
export async function waysByAz(): Promise<Map<string, Map<string, Way>>> {
  const apis = AZS.map((_az, index) => `http://${addressOn('front', 101 + index)}:8474`);
  const all = JSON.parse(await node('injector', READ, apis)) as Record<string, Way>[];
  return new Map(AZS.map((az, index) => [az, new Map(Object.entries(all[index] ?? {}))]));
}

/** `az1-link/az2-kitchen-a latency upstream 400`: every toxic but base latencies, and `… disabled`. */
export async function faultsOnLinks(): Promise<string[]> {
  return faultsIn(await waysByAz());
}

/** Each link has its ways, those to other AZs a base latency of 1 ms, and nothing more. @returns how long it took */
export async function linksAreAtBase(limitMs: number): Promise<number> {
  const { tookMs } = await waitUntil('links have their base latency and nothing else', limitMs, async () => {
    const ways = await waysByAz();
    const strays = faultsIn(ways);
    if (strays.length > 0) throw new Error(strays.slice(0, 3).join(', '));
    for (const [az, own] of ways) {
      const outward = [...own].filter(([name]) => !name.startsWith(az));
      const without = outward.filter(([, { toxics }]) => toxics.find(({ name }) => name === 'base-latency')?.attributes['latency'] !== 1);
      if (outward.length === 0) throw new Error(`${az}-link has no way out of its AZ`);
      if (without.length > 0) throw new Error(`${az}-link/${without[0]?.[0] ?? ''} has no base latency`);
    }
    return true;
  });
  return tookMs;
}

function faultsIn(ways: ReadonlyMap<string, ReadonlyMap<string, Way>>): string[] {
  return [...ways].flatMap(([az, own]) => [...own].flatMap(([name, { enabled, toxics }]) => [
    ...(enabled ? [] : [`${az}-link/${name} disabled`]),
    ...toxics.filter((toxic) => toxic.name !== 'base-latency').map(({ type, stream, attributes }) => `${az}-link/${name} ${type} ${stream} ${attributes['latency'] ?? attributes['timeout'] ?? ''}`.trimEnd()),
  ]));
}
