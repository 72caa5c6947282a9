/**
 * What a link's proxies should be, given the faults that hold now: the base latency, and on top of it the
 * toxics of every fault that touches the way. It has no memory. Whatever the order in which faults came and
 * went, the same faults give the same ways, so that healing one of two that overlap leaves the other intact.
 *
 * A fault's toxics are named `<fault>-<type>-<stream>`: by its name anybody can tell whose a toxic is, and a
 * toxic that is nobody's is residue.
 *
 * Reference: Toxiproxy's toxics, https://github.com/Shopify/toxiproxy#toxics
 */
import { FLAKY_SHARE } from '#contracts/faults.ts';
import { BASE_LATENCY_TOXIC, type Link, type LinkProxy, type NetworkAddress } from '#contracts/region.ts';
import { touches, type LinkFault } from './touched-ways.ts';
import type { Stream, Toxic } from './way-state.ts';

export interface DesiredWay {
  proxy: string;
  listen: string;
  upstream: string;
  enabled: boolean;
  toxics: Toxic[];
  /** Toxics that, when they are new, must find no connection open: a cut way carries no old conversation on. */
  closesOpen: ReadonlySet<string>;
}

/** In the description's order. */
export function desiredWays(link: Link, faults: readonly LinkFault[]): DesiredWay[] {
  return link.proxies.map((proxy) => {
    const own = faults.filter((fault) => touches(fault, proxy));
    return {
      proxy: proxy.name,
      listen: text(proxy.listen),
      upstream: text(proxy.upstream),
      enabled: !own.some(refuses),
      toxics: [...base(proxy), ...own.flatMap(toxicsOf)],
      closesOpen: new Set(own.filter(({ verb }) => verb === 'cut').flatMap(toxicsOf).map(({ name }) => name)),
    };
  });
}

function base({ baseLatencyMs }: LinkProxy): Toxic[] {
  if (baseLatencyMs === 0) return [];
  return [{ name: BASE_LATENCY_TOXIC, type: 'latency', stream: 'upstream', toxicity: 1, attributes: { latency: baseLatencyMs, jitter: 0 } }];
}

function refuses({ verb, detail }: LinkFault): boolean {
  return verb === 'cut' && detail.refuse === true;
}

function toxicsOf(fault: LinkFault): Toxic[] {
  const { verb, detail } = fault;
  switch (verb) {
    case 'slow':
      return [toxic(fault, 'latency', 'upstream', { latency: detail.latencyMs ?? 0, jitter: detail.jitterMs ?? 0 })];
    case 'flaky':
      return [{ ...toxic(fault, 'reset_peer', 'upstream', { timeout: 0 }), toxicity: detail.share ?? FLAKY_SHARE }];
    case 'cut':
      return refuses(fault) ? [] : silence(fault);
    case 'isolate':
      return silence(fault);
  }
}

/** What is sent is swallowed, and nothing is closed: the sender hears neither an answer nor an error. */
function silence(fault: LinkFault): Toxic[] {
  return (['upstream', 'downstream'] as const).map((stream) => toxic(fault, 'timeout', stream, { timeout: 0 }));
}

function toxic({ id }: LinkFault, type: string, stream: Stream, attributes: Record<string, number>): Toxic {
  return { name: `${id}-${type}-${stream}`, type, stream, toxicity: 1, attributes };
}

function text({ host, port }: NetworkAddress): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}
