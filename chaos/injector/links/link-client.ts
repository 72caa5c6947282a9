/**
 * One link's control side, over `toxiproxy-node-client`: no other file knows it. It guards against the link
 * that is dead or frozen when it is asked. Each call is given up after two seconds; a frozen link may still
 * obey it when it goes on, so no later call is sent before the given-up one has ended, else an old order
 * would overtake a new one. One that has been out for half a minute went to a link that is no more.
 *
 * Only calls that the reference knows. Errors say which link, and whether it refused or was silent.
 */
import { Proxy, Toxic as ClientToxic, Toxiproxy, ToxiproxyError, type ToxicType } from 'toxiproxy-node-client';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import type { Link } from '#contracts/region.ts';
import { LinkFailure, type LinkApi, type LinkCall, type Toxic, type WayState } from './way-state.ts';

export interface CallLimits {
  /** When a call is given up. */
  callMs: number;
  /** When a call that was given up counts as lost. */
  lostMs: number;
}
const LIMITS: CallLimits = { callMs: 2000, lostMs: 30_000 };

/** What is read of an answer of `GET /proxies`: any other server on that port is told apart. */
const Answer = Type.Record(
  Type.String(),
  Type.Object({
    listen: Type.String(),
    upstream: Type.String(),
    enabled: Type.Boolean(),
    toxics: Type.Array(
      Type.Object({
        name: Type.String(),
        type: Type.String(),
        stream: Type.Union([Type.Literal('upstream'), Type.Literal('downstream')]),
        toxicity: Type.Number(),
        attributes: Type.Record(Type.String(), Type.Number()),
      }),
    ),
  }),
);

export class LinkClient implements LinkApi {
  readonly #name: string;
  readonly #server: Toxiproxy;
  readonly #limits: CallLimits;
  /** The call that was given up and has not ended. */
  #out: { ended: Promise<unknown>; lostAtMs: number } | null = null;
  /** Ends the wait for the call that is under way. */
  #abandon: () => void = () => {};

  constructor({ name, api }: Pick<Link, 'name' | 'api'>, limits: CallLimits = LIMITS) {
    this.#name = name;
    this.#limits = limits;
    this.#server = new Toxiproxy(`http://${api.host.includes(':') ? `[${api.host}]` : api.host}:${api.port}`);
  }

  async list(): Promise<Map<string, WayState>> {
    // Not `getAll`, which drops the toxics.
    const { data } = await this.#bounded('GET /proxies', () => this.#server.getApi().get<unknown>(`${this.#server.host}/proxies`));
    if (!Value.Check(Answer, data)) throw new LinkFailure(`what answers at ${this.#server.host} is no Toxiproxy`, false);
    return new Map(Object.entries(data));
  }

  async call(call: LinkCall): Promise<void> {
    const what = 'toxic' in call ? `${call.type} ${call.toxic.name}` : call.type;
    await this.#bounded(`${what} on ${call.proxy}`, () => this.#send(call));
  }

  #send(call: LinkCall): Promise<unknown> {
    switch (call.type) {
      case 'populate':
        return this.#server.populate([{ name: call.proxy, listen: call.listen, upstream: call.upstream, enabled: call.enabled }]);
      case 'disable':
      case 'enable':
        return this.#proxy(call.proxy).update({ listen: call.listen, upstream: call.upstream, enabled: call.type === 'enable' });
      case 'add':
        return this.#proxy(call.proxy).addToxic(bodyOf(call.toxic));
      case 'update':
        return this.#toxic(call.proxy, call.toxic).update(bodyOf(call.toxic));
      case 'remove':
        return this.#toxic(call.proxy, call.toxic).remove();
    }
  }

  /** Only its name is used: it saves asking for what is known. */
  #proxy(name: string): Proxy {
    return new Proxy(this.#server, { name, listen: '', upstream: '', enabled: true, toxics: [] });
  }

  /** The client puts the name into the path as it is, and one made by hand may hold anything. */
  #toxic(proxy: string, toxic: Toxic): ClientToxic<Record<string, number>> {
    const { name, ...rest } = bodyOf(toxic);
    return new ClientToxic(this.#server.getApi(), this.#proxy(proxy).getPath(), { name: encodeURIComponent(name), ...rest });
  }

  returned(): void {
    this.#out = null;
    this.#abandon();
  }

  async #bounded<T>(what: string, send: () => Promise<T>): Promise<T> {
    const endsMs = performance.now() + this.#limits.callMs;
    let isAbandoned = false;
    const abandoned = new Promise<boolean>((resolve) => {
      this.#abandon = () => {
        isAbandoned = true;
        resolve(false);
      };
    });
    const ends = (call: Promise<unknown>): Promise<boolean> => Promise.race([abandoned, endsBefore(call, endsMs)]);
    if (this.#out !== null && performance.now() < this.#out.lostAtMs && !(await ends(this.#out.ended))) throw this.#silent(what);
    this.#out = null;
    const answer = send();
    const ended = answer.catch(() => undefined);
    if (!(await ends(ended))) {
      if (!isAbandoned) this.#out = { ended, lostAtMs: endsMs + this.#limits.lostMs };
      throw this.#silent(what);
    }
    try {
      return await answer;
    } catch (error) {
      const text = error instanceof Error ? error.message : String(error);
      const refused = error instanceof ToxiproxyError && /status code \d/.test(text);
      throw new LinkFailure(refused ? `${this.#name} refused ${what}: ${text}` : `${this.#name} cannot be reached at ${this.#server.host} (${what}: ${text})`, refused);
    }
  }

  #silent(what: string): LinkFailure {
    return new LinkFailure(`${this.#name} did not answer within ${this.#limits.callMs / 1000} s (${what})`, false);
  }
}

async function endsBefore(ended: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), Math.max(0, limitMs - performance.now()));
  });
  try {
    return await Promise.race([ended.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The client's list of types is shorter than the server's. */
function bodyOf({ name, type, stream, toxicity, attributes }: Toxic): { name: string; type: ToxicType; stream: Toxic['stream']; toxicity: number; attributes: Record<string, number> } {
  return { name, type: type as ToxicType, stream, toxicity, attributes };
}
