/**
 * Keeps every link as the faults that hold now want it: at once when a fault begins or ends, and every two
 * seconds by inspection. So a link that was restarted gets its base latency and its faults back, a link that
 * was dead or frozen is caught up with when it returns, and what nobody answers for is taken away. It guards
 * against the half-made partition (who could not be reached is named) and against the fault that outlives
 * its author.
 *
 * One round at a time per link, links in parallel. A round lists the ways, plans, and calls; it plans with
 * the faults that hold after the list came, so that whoever asks while it still waits is served by it.
 */
import type { Link } from '#contracts/region.ts';
import { desiredWays } from './desired-ways.ts';
import { LinkClient } from './link-client.ts';
import { plan } from './plan.ts';
import { endOf, linksOf, touchedWays, wayName, type LinkFault } from './touched-ways.ts';
import { LinkFailure, type LinkApi, type LinkCall, type WayState } from './way-state.ts';

const RECONCILE_MS = 2000;

export interface Unreached {
  /** The link. */
  name: string;
  reason: string;
}

interface Round {
  /** Ways that were acted on, in order; wall clock, milliseconds. */
  acts: { way: string; atMs: number }[];
  /** Why not everything was done; null when it was. */
  failure: string | null;
}

const NOTHING_DONE: Round = { acts: [], failure: null };

interface Kept {
  link: Link;
  api: LinkApi;
  round: Promise<Round>;
  /** The one that can still be joined: it has not planned yet. */
  joinable: Promise<Round> | null;
  failure: string | null;
}

export class Links {
  readonly #links: readonly Link[];
  readonly #kept = new Map<string, Kept>();
  readonly #faults = new Map<string, LinkFault>();
  readonly #deadNow: () => ReadonlySet<string>;
  readonly #timer: NodeJS.Timeout | null;

  /**
   * @param links those that this body runs; none is fine
   * @param deadNow names of dead components: a way to one carries nothing, and Toxiproxy takes up to three seconds to close
   * it while it waits for its own connection there. Such ways come last, and no fault is told by them when it began
   */
  constructor(links: readonly Link[], deadNow: () => ReadonlySet<string>, connect: (link: Link) => LinkApi = (link) => new LinkClient(link)) {
    this.#links = links;
    this.#deadNow = deadNow;
    for (const link of links) {
      this.#kept.set(link.name, { link, api: connect(link), round: Promise.resolve(NOTHING_DONE), joinable: null, failure: null });
    }
    this.#timer = links.length === 0 ? null : setInterval(() => void this.settle(this.names()), RECONCILE_MS);
    this.#timer?.unref();
  }

  /** As the description has them. */
  described(): readonly Link[] {
    return this.#links;
  }

  names(): string[] {
    return [...this.#kept.keys()];
  }

  /** The ways that a fault would act on; none where there is nothing between its AZs. */
  ways(fault: Omit<LinkFault, 'id'>): string[] {
    return touchedWays(this.#links, fault);
  }

  /**
   * Makes a fault, which holds until `end`. Links that cannot be reached get it when they are back.
   * @returns wall clock of the first act and milliseconds to the last; null when nothing could be done
   */
  async begin(fault: LinkFault): Promise<{ startedMs: number; skewMs: number } | null> {
    this.#faults.set(fault.id, fault);
    const ways = new Set(this.ways(fault));
    const rounds = await Promise.all(linksOf([...ways]).map((name) => this.#reconcile(name)));
    const acts = rounds.flatMap((round) => round.acts.filter(({ way }) => ways.has(way)));
    const dead = this.#deadNow();
    const living = acts.filter(({ way }) => !dead.has(endOf(way)));
    const times = (living.length > 0 ? living : acts).map(({ atMs }) => atMs);
    if (times.length === 0) return rounds.some(({ failure }) => failure === null) ? { startedMs: Date.now(), skewMs: 0 } : null;
    const startedMs = Math.min(...times);
    return { startedMs, skewMs: Math.max(...times) - startedMs };
  }

  /** From the next round on the fault is nobody's, and goes. */
  end(id: string): void {
    this.#faults.delete(id);
  }

  /**
   * Brings these links to what the faults want, whatever they are now.
   * @returns those on which something was changed, and those that could not be brought there
   */
  async settle(names: readonly string[]): Promise<{ changed: string[]; unreached: Unreached[] }> {
    const rounds = await Promise.all(names.map(async (name) => ({ name, ...(await this.#reconcile(name)) })));
    return {
      changed: rounds.filter(({ acts }) => acts.length > 0).map(({ name }) => name),
      unreached: rounds.flatMap(({ name, failure }) => (failure === null ? [] : [{ name, reason: failure }])),
    };
  }

  /** What these links say of their ways now, whatever the faults want; a sentence for one that does not say. */
  async inspect(names: readonly string[]): Promise<Map<string, ReadonlyMap<string, WayState> | string>> {
    const seen = names.map(async (name) => [name, await this.#list(name)] as const);
    return new Map(await Promise.all(seen));
  }

  /** This link is back: the next round does not wait for what was sent before, into a network that it had left. */
  returned(name: string): void {
    const kept = this.#kept.get(name);
    if (kept === undefined) return;
    kept.joinable = null;
    kept.api.returned();
  }

  /** Which of these links their last round could not bring to what the faults want. */
  unreached(names: readonly string[]): Unreached[] {
    return names.flatMap((name) => {
      const reason = this.#kept.get(name)?.failure ?? null;
      return reason === null ? [] : [{ name, reason }];
    });
  }

  close(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
  }

  /** In its turn, as a round is: a link is asked one thing at a time. */
  #list(name: string): Promise<ReadonlyMap<string, WayState> | string> {
    const kept = this.#kept.get(name);
    if (kept === undefined) return Promise.resolve('there is no such link');
    const listed = kept.round.then(() => kept.api.list()).catch(textOf);
    kept.round = listed.then(() => NOTHING_DONE);
    return listed;
  }

  #reconcile(name: string): Promise<Round> {
    const kept = this.#kept.get(name);
    if (kept === undefined) return Promise.resolve({ acts: [], failure: 'there is no such link' });
    if (kept.joinable !== null) return kept.joinable;
    const round = kept.round.then(() => this.#round(kept));
    kept.round = round;
    kept.joinable = round;
    return round;
  }

  async #round(kept: Kept): Promise<Round> {
    const acts: Round['acts'] = [];
    let failure: string | null = null;
    try {
      const actual = await kept.api.list().finally(() => (kept.joinable = null));
      const calls = plan(actual, desiredWays(kept.link, [...this.#faults.values()]));
      const dead = this.#deadNow();
      failure = await perform(kept, [...calls.filter(({ proxy }) => !dead.has(proxy)), ...calls.filter(({ proxy }) => dead.has(proxy))], acts);
    } catch (error) {
      failure = textOf(error);
    }
    kept.failure = failure;
    return { acts, failure };
  }
}

/** A refusal ends the calls of its way alone; silence ends them all. @returns the first failure */
async function perform({ link, api }: Kept, calls: readonly LinkCall[], acts: Round['acts']): Promise<string | null> {
  const refused = new Map<string, string>();
  for (const call of calls) {
    if (refused.has(call.proxy)) continue;
    try {
      await api.call(call);
      acts.push({ way: wayName(link.name, call.proxy), atMs: Date.now() });
    } catch (error) {
      if (!(error instanceof LinkFailure) || !error.refused) return textOf(error);
      refused.set(call.proxy, error.message);
    }
  }
  return refused.values().next().value ?? null;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
