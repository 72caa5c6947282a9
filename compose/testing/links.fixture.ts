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

const READ = `fetch(process.argv[1] + '/proxies').then((answer) => answer.text()).then((text) => console.log(text))`;

/** A link's proxies by name. */
export async function waysOf(az: (typeof AZS)[number]): Promise<Map<string, Way>> {
  const text = await node('injector', READ, [`http://${addressOn('front', 100 + Number(az.slice(2)))}:8474`]);
  return new Map(Object.entries(JSON.parse(text) as Record<string, Way>));
}

/** `az1-link/az2-kitchen-a latency upstream 400`: every toxic but base latencies, and `… disabled`. */
export async function faultsOnLinks(): Promise<string[]> {
  const found: string[] = [];
  for (const az of AZS) {
    for (const [name, { enabled, toxics }] of await waysOf(az)) {
      if (!enabled) found.push(`${az}-link/${name} disabled`);
      for (const { name: toxic, type, stream, attributes } of toxics) {
        if (toxic !== 'base-latency') found.push(`${az}-link/${name} ${type} ${stream} ${attributes['latency'] ?? attributes['timeout'] ?? ''}`.trimEnd());
      }
    }
  }
  return found;
}

/** Each link has its ways, those to other AZs a base latency of 1 ms, and nothing more. */
export async function linksAreAtBase(limitMs: number): Promise<number> {
  const { tookMs } = await waitUntil('links have their base latency and nothing else', limitMs, async () => {
    const strays = await faultsOnLinks();
    if (strays.length > 0) throw new Error(strays.slice(0, 3).join(', '));
    for (const az of AZS) {
      const outward = [...(await waysOf(az))].filter(([name]) => !name.startsWith(az));
      const without = outward.filter(([, { toxics }]) => toxics.find(({ name }) => name === 'base-latency')?.attributes['latency'] !== 1);
      if (outward.length === 0) throw new Error(`${az}-link has no way out of its AZ`);
      if (without.length > 0) throw new Error(`${az}-link/${without[0]?.[0] ?? ''} has no base latency`);
    }
    return true;
  });
  return tookMs;
}
