/**
 * The round trip between every two AZs, measured where the traffic goes: a health check of an endpoint of the
 * other AZ through the own AZ's link, less the same check sent straight to that endpoint. What remains is the
 * way. It guards against the base latency that is configured and not there, and shows a slow link or a
 * one-way partition to whoever asks for the status.
 *
 * One pair at a time, three requests in 600 ms, on connections that stay open: five requests per second for six
 * pairs, each measured every 3.6 s. The first wakes both ends and is not timed; else it would cost the straight one
 * of the two the milliseconds that are looked for. The median of five outlives a pause of the host. An endpoint that
 * does not answer when asked directly tells nothing of the way: the next one is asked.
 */
import { Client } from 'undici';
import type { RoundTrip } from '#contracts/region-status.ts';
import type { Link, NetworkAddress } from '#contracts/region.ts';

const TURN_MS = 600;
const SAMPLES = 5;
const PROBE_TIMEOUT_MS = 2000;

export interface Prober {
  /** Milliseconds until the whole answer was there. Rejects when none came in two seconds. */
  probe(address: NetworkAddress): Promise<number>;
  close(): void;
}

/** Where an endpoint is: behind the link, and straight. */
interface Way {
  through: NetworkAddress;
  straight: NetworkAddress;
}

interface Pair {
  from: string;
  to: string;
  ways: Way[];
  /** Which of the ways is asked. */
  next: number;
  /** Endpoints in a row that did not answer when asked directly. */
  deaf: number;
  samples: number[];
  busy: boolean;
}

export class RoundTrips {
  readonly #pairs: Pair[];
  readonly #prober: Prober;
  readonly #timer: NodeJS.Timeout | null;
  #turn = 0;

  constructor(links: readonly Link[], prober: Prober = new KeptConnections()) {
    this.#pairs = pairsOf(links);
    this.#prober = prober;
    this.#timer = this.#pairs.length === 0 ? null : setInterval(() => void this.#measureNext(), TURN_MS);
    this.#timer?.unref();
  }

  /** Every ordered pair of AZs. */
  medians(): RoundTrip[] {
    return this.#pairs.map(({ from, to, samples }) => ({ from, to, medianMs: median(samples) }));
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#prober.close();
  }

  async #measureNext(): Promise<void> {
    const pair = this.#pairs[this.#turn % this.#pairs.length];
    this.#turn += 1;
    // One that waits in silence does not hold up the others.
    if (pair === undefined || pair.busy) return;
    pair.busy = true;
    await measure(pair, this.#prober);
    pair.busy = false;
  }
}

async function measure(pair: Pair, prober: Prober): Promise<void> {
  const way = pair.ways[pair.next % pair.ways.length];
  if (way === undefined) return;
  let straightMs: number;
  try {
    await prober.probe(way.straight);
    straightMs = await prober.probe(way.straight);
    pair.deaf = 0;
  } catch {
    pair.next += 1;
    pair.deaf += 1;
    if (pair.deaf >= pair.ways.length) pair.samples = [];
    return;
  }
  try {
    // A noisy straight request may have taken longer than the one over the way; no way takes less than no time.
    pair.samples.push(Math.max(0, (await prober.probe(way.through)) - straightMs));
    if (pair.samples.length > SAMPLES) pair.samples.shift();
  } catch {
    pair.samples = [];
  }
}

function pairsOf(links: readonly Link[]): Pair[] {
  return links.flatMap(({ az, proxies }) => {
    const peers = [...new Set(proxies.filter(({ from }) => from === az).map(({ to }) => to))];
    return peers.map((to) => {
      const ways = proxies.filter((proxy) => proxy.from === az && proxy.to === to).map(({ listen, upstream }) => ({ through: listen, straight: upstream }));
      return { from: az, to, ways, next: 0, deaf: 0, samples: [], busy: false };
    });
  });
}

/** Null for no samples: nothing came back when it was last tried. */
function median(samples: readonly number[]): number | null {
  const sorted = [...samples].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? null;
}

/** One connection per address, kept open: a round trip is measured, not a handshake. */
class KeptConnections implements Prober {
  readonly #clients = new Map<string, Client>();

  async probe({ host, port }: NetworkAddress): Promise<number> {
    const origin = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
    const client = this.#clients.get(origin) ?? new Client(origin, { connect: { timeout: PROBE_TIMEOUT_MS } });
    this.#clients.set(origin, client);
    const sentMs = performance.now();
    const { statusCode, body } = await client.request({ method: 'GET', path: '/healthz', signal: AbortSignal.timeout(PROBE_TIMEOUT_MS) });
    await body.dump();
    if (statusCode !== 200) throw new Error(`answered ${statusCode}`);
    return performance.now() - sentMs;
  }

  close(): void {
    for (const client of this.#clients.values()) void client.destroy().catch(() => undefined);
  }
}
