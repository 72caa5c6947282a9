/** A link without a server: the proxies of one Toxiproxy as a model, which obeys, refuses or is silent; and the links of a region of three AZs. */
import type { Link, LinkProxy } from '#contracts/region.ts';
import { desiredWays } from './desired-ways.ts';
import { LinkFailure, type LinkApi, type LinkCall, type WayState } from './way-state.ts';

const AZS = ['az1', 'az2', 'az3'] as const;
const SLOW_MS = 2800;

/** A link per AZ: ways to each other AZ's kitchen, and from outside to its own balancer. */
export function threeLinks(): Link[] {
  let port = 1000;
  const way = (name: string, from: LinkProxy['from'], to: LinkProxy['to']): LinkProxy => {
    port += 2;
    return {
      name, from, to, baseLatencyMs: from === null ? 0 : 1,
      listen: { host: '127.0.0.1', port }, upstream: { host: '127.0.0.1', port: port + 1 },
    };
  };
  return AZS.map((az, index) => ({
    name: `${az}-link`,
    az,
    api: { host: '127.0.0.1', port: 9001 + index },
    proxies: [way(`${az}-load-balancer`, null, az), ...AZS.filter((other) => other !== az).map((other) => way(`${other}-kitchen-a`, az, other))],
  }));
}

export class FakeLink implements LinkApi {
  readonly #name: string;
  readonly #fresh: () => Map<string, WayState>;
  ways: Map<string, WayState>;
  /** What was called, with the way: `add az2-kitchen-a f1-latency-upstream`. */
  readonly told: string[] = [];
  silent = false;
  /** Calls that it refuses, by what `told` would say. */
  refuses: RegExp | null = null;
  /** Calls that it answers 2.8 s later, by what `told` would say. */
  slow: RegExp | null = null;
  /** Awaited before the list is answered. */
  held: Promise<void> = Promise.resolve();

  /** As it starts by itself: with its proxies and their base latency. */
  constructor(link: Link) {
    this.#name = link.name;
    this.#fresh = () => new Map(desiredWays(link, []).map(({ proxy, listen, upstream, enabled, toxics }) => [proxy, { listen, upstream, enabled, toxics }]));
    this.ways = this.#fresh();
  }

  restart(): void {
    this.ways = this.#fresh();
  }

  async list(): Promise<Map<string, WayState>> {
    await this.held;
    if (this.silent) throw new LinkFailure(`${this.#name} did not answer`, false);
    return structuredClone(this.ways);
  }

  returned(): void {}

  async call(call: LinkCall): Promise<void> {
    const text = `${call.type} ${call.proxy}${'toxic' in call ? ` ${call.toxic.name}` : ''}`;
    if (this.silent) throw new LinkFailure(`${this.#name} did not answer`, false);
    if (this.refuses?.test(text) === true) throw new LinkFailure(`${this.#name} refused ${text}`, true);
    if (this.slow?.test(text) === true) await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
    obey(this.ways, call);
    this.told.push(text);
  }

  /** Names of the toxics on a way; throws for a way that is not there. */
  toxics(proxy: string): string[] {
    const way = this.ways.get(proxy);
    if (way === undefined) throw new Error(`no way ${proxy}`);
    return way.toxics.map(({ name }) => name);
  }
}

/** As the server would. @throws Error where it would answer with an error */
export function obey(ways: Map<string, WayState>, call: LinkCall): void {
  const way = ways.get(call.proxy);
  if (call.type === 'populate') {
    const { listen, upstream, enabled } = call;
    if (way === undefined || way.listen !== listen || way.upstream !== upstream) ways.set(call.proxy, { listen, upstream, enabled, toxics: [] });
    return;
  }
  if (way === undefined) throw new Error('proxy not found');
  if (call.type === 'disable' || call.type === 'enable') {
    if (call.listen !== way.listen || call.upstream !== way.upstream) throw new Error('moved');
    way.enabled = call.type === 'enable';
    return;
  }
  const at = way.toxics.findIndex(({ name }) => name === call.toxic.name);
  if (call.type === 'add') {
    if (at !== -1) throw new Error('toxic already exists');
    way.toxics.push(structuredClone(call.toxic));
  } else if (at === -1) {
    throw new Error('toxic not found');
  } else if (call.type === 'remove') {
    way.toxics.splice(at, 1);
  } else {
    const [found] = way.toxics.splice(at, 1);
    way.toxics.splice(at, 0, { ...call.toxic, attributes: { ...found?.attributes, ...call.toxic.attributes } });
  }
}
