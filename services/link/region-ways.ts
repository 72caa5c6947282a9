/**
 * Makes the proxies of a link what the region's description says: new ways are opened, those that are gone
 * closed, changed ones moved, each with its base latency from its first connection on. What the description
 * does not change is left alone, and with it every fault: their toxics stay, a way they disabled stays so.
 */
import { BASE_LATENCY_TOXIC, type Link, type LinkProxy } from '#contracts/region.ts';
import { Fields, readBody } from './lenient-json.ts';
import type { Proxies } from './proxies.ts';
import type { Proxy } from './proxy.ts';
import { showHostPort } from './socket-address.ts';

/**
 * @param before the description that was followed last; null at the start
 * @returns a sentence for each way that could not be had; the others are as described
 */
export async function followLink(proxies: Proxies, before: Link | null, now: Link): Promise<string[]> {
  const known = new Map(before?.proxies.map((way) => [way.name, way]));
  const wanted = new Set(now.proxies.map(({ name }) => name));
  const problems: string[] = [];
  const attempt = async (name: string, change: Promise<unknown>): Promise<void> => {
    try {
      await change;
    } catch (error) {
      problems.push(`${name}: ${(error as Error).message}`);
    }
  };
  // First what goes, because a new way may want its port.
  for (const name of known.keys()) {
    if (!wanted.has(name) && proxies.has(name)) await attempt(name, proxies.delete(name));
  }
  for (const way of now.proxies) {
    const change = proxies.has(way.name) ? move(proxies, known.get(way.name) ?? null, way) : open(proxies, way);
    await attempt(way.name, change);
  }
  return problems;
}

/** Its toxic is there before its first connection. */
async function open(proxies: Proxies, way: LinkProxy): Promise<void> {
  const { name } = way;
  const { listen, upstream } = addressesOf(way);
  const proxy = await proxies.create({ name, listen, upstream, enabled: false });
  setBaseLatency(proxy, way.baseLatencyMs);
  try {
    await proxies.update(name, (now) => ({ ...now, enabled: true }));
  } catch (error) {
    // Else it would pass for one that a fault disabled, and never be tried again.
    await proxies.delete(name);
    throw error;
  }
}

async function move(proxies: Proxies, before: LinkProxy | null, way: LinkProxy): Promise<void> {
  const proxy = proxies.get(way.name);
  const { listen, upstream } = addressesOf(way);
  if (listen !== proxy.spec.listen || upstream !== proxy.spec.upstream) await proxies.update(way.name, ({ enabled }) => ({ listen, upstream, enabled }));
  // A base toxic that somebody removed meanwhile is put back by the injector, not here.
  if (before?.baseLatencyMs !== way.baseLatencyMs) setBaseLatency(proxy, way.baseLatencyMs);
}

function setBaseLatency(proxy: Proxy, latencyMs: number): void {
  const present = proxy.listToxics().some(({ name }) => name === BASE_LATENCY_TOXIC);
  const attributes = { latency: latencyMs, jitter: 0 };
  if (present && latencyMs === 0) proxy.removeToxic(BASE_LATENCY_TOXIC);
  else if (present) proxy.updateToxic(BASE_LATENCY_TOXIC, body({ attributes }));
  else if (latencyMs > 0) proxy.addToxic(body({ name: BASE_LATENCY_TOXIC, type: 'latency', stream: 'upstream', attributes }));
}

function body(value: object): Fields {
  return new Fields(readBody(JSON.stringify(value)));
}

function addressesOf({ listen, upstream }: LinkProxy): { listen: string; upstream: string } {
  return { listen: showHostPort(listen), upstream: showHostPort(upstream) };
}
