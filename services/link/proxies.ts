/**
 * The proxies of one server. Each change of a name waits for the one before it and is done whole; none
 * waits for a peer of the data path. Populate and reset are the reference's with two differences: a populate
 * that applied nothing says `[]` (its Node client chokes on null), and a reset visits every proxy before it
 * reports the first that would not start.
 */
import { cannotListen, missingField, REFUSALS } from './refusal.ts';
import { Proxy, type ProxyContext, type ProxySpec } from './proxy.ts';
import { Turns } from './turns.ts';

export interface Populated {
  /** Those that were applied, in the order of the request. */
  proxies: Proxy[];
  /** Why the rest was not. */
  error: unknown;
}

/** A proxy as it was asked for: what is missing is found out in the order of the reference. */
export type RequestedProxy = Omit<ProxySpec, 'name' | 'upstream'> & { name: string | undefined; upstream: string | undefined };

export class Proxies {
  readonly #context: ProxyContext;
  readonly #byName = new Map<string, Proxy>();
  readonly #turns = new Turns();
  #closed = false;

  constructor(context: ProxyContext) {
    this.#context = context;
  }

  /** By name, sorted. */
  all(): Proxy[] {
    return [...this.#byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  has(name: string): boolean {
    return this.#byName.has(name);
  }

  /** @throws Refusal 404 */
  get(name: string): Proxy {
    const found = this.#byName.get(name);
    if (found === undefined) throw REFUSALS.proxyNotFound();
    return found;
  }

  /** @throws Refusal; there is no such proxy then, and a taken name has bound no port */
  async create(requested: RequestedProxy): Promise<Proxy> {
    const spec = complete(requested, '');
    return this.#turns.take([spec.name], async () => {
      if (this.#byName.has(spec.name)) throw REFUSALS.proxyExists();
      const proxy = new Proxy(spec, this.#context);
      if (spec.enabled) await proxy.start();
      return this.#keep(proxy);
    });
  }

  /** @param read what the proxy is to be, of what it is when its turn comes @throws Refusal */
  async update(name: string, read: (now: ProxySpec) => Omit<ProxySpec, 'name'>): Promise<Proxy> {
    return this.#turns.take([name], async () => {
      const proxy = this.get(name);
      await proxy.update(read(proxy.spec));
      return proxy;
    });
  }

  /** The name and the port are free when this resolves. @throws Refusal 404 */
  async delete(name: string): Promise<void> {
    return this.#turns.take([name], async () => {
      this.get(name).retire();
      this.#byName.delete(name);
    });
  }

  /**
   * Applies the list in its order; the first failure ends it, what was applied stays.
   * @throws Refusal 400 when an entry lacks something; nothing has changed then
   */
  async populate(requested: readonly RequestedProxy[]): Promise<Populated> {
    const specs = requested.map((one, index) => complete(one, ` at proxy ${index + 1}`));
    const proxies: Proxy[] = [];
    return this.#turns.take(
      specs.map(({ name }) => name),
      async () => {
        try {
          for (const spec of specs) proxies.push(await this.#place(spec));
          return { proxies, error: null };
        } catch (error) {
          return { proxies, error };
        }
      },
    );
  }

  /** Starts every proxy and removes every toxic. @throws the first failure to start, once all were visited */
  async reset(): Promise<void> {
    const visits = this.all().map(({ name }) =>
      this.#turns.take([name], async () => {
        const proxy = this.#byName.get(name);
        try {
          await proxy?.start();
        } finally {
          proxy?.removeToxics();
        }
      }),
    );
    const failed = (await Promise.allSettled(visits)).find((visit) => visit.status === 'rejected');
    if (failed !== undefined) throw failed.reason;
  }

  /** Closes every listener and connection; nothing can be started afterwards. */
  close(): void {
    this.#closed = true;
    for (const proxy of this.#byName.values()) proxy.retire();
  }

  get openConnections(): number {
    return [...this.#byName.values()].reduce((sum, proxy) => sum + proxy.openConnections, 0);
  }

  /** A proxy that is the same already is left alone, toxics and `enabled` included; another is replaced by one without toxics. */
  async #place(spec: ProxySpec): Promise<Proxy> {
    const existing = this.#byName.get(spec.name);
    if (existing !== undefined) {
      if (!(await existing.differs(spec.listen, spec.upstream))) return existing;
      existing.stop();
    }
    const proxy = new Proxy(spec, this.#context);
    // Should it not start, the old one stays, stopped: its toxics are still somebody's.
    if (spec.enabled) await proxy.start();
    existing?.retire();
    return this.#keep(proxy);
  }

  #keep(proxy: Proxy): Proxy {
    if (this.#closed) {
      proxy.retire();
      throw cannotListen('the server is closing');
    }
    this.#byName.set(proxy.name, proxy);
    return proxy;
  }
}

function complete(requested: RequestedProxy, where: string): ProxySpec {
  const { name, upstream } = requested;
  if (name === undefined || name === '') throw missingField('name', where);
  if (upstream === undefined || upstream === '') throw missingField('upstream', where);
  return { ...requested, name, upstream };
}
