/**
 * Tells services what to do wrong, and keeps them told as long as it is to last: at once when a fault begins or ends,
 * and every two seconds while one holds. So a service that was restarted by anybody gets its fault back, one that was
 * frozen hears of what changed meanwhile, and a renewal that was not heard is heard the next time. It guards against the
 * fault that outlives its author from the other side, too: every plan says when it ends, and the service ends it.
 *
 * One call at a time per service, with the plan of the moment in which it goes out: an older plan cannot arrive after a
 * newer one.
 */
import type { ServiceFaultPlan, ServiceFaultPlanAnswer } from '#contracts/admin.ts';
import type { Endpoint } from '#contracts/region.ts';
import { callInstance, type InstanceCall } from '../instance-call.ts';
import type { Struck } from '../strike.ts';
import { planFor, type ServiceFault } from './plan-for.ts';
import { takesFaults } from './struck-services.ts';

const TELL_AGAIN_MS = 2000;
const CALL_TIMEOUT_MS = 1000;

export interface Untold {
  name: string;
  reason: string;
}

type Send = typeof callInstance;

/** What came of telling one service. */
interface Told {
  /** When it took the plan, wall clock; null when it could not be told. */
  atMs: number | null;
  /** Whether it had been doing something wrong. */
  wasFaulty: boolean;
  /** Why it could not be told; null when it was. */
  failure: string | null;
}

interface Kept {
  endpoint: Endpoint;
  last: Promise<Told>;
  /** A call that waits for the one before: whoever asks now is served by it. */
  waiting: Promise<Told> | null;
  failure: string | null;
}

const NOTHING: Told = { atMs: null, wasFaulty: false, failure: null };

export class ServiceFaults {
  readonly #kept = new Map<string, Kept>();
  readonly #faults = new Map<string, ServiceFault>();
  readonly #send: Send;
  readonly #timer: NodeJS.Timeout;

  /** @param endpoints those that this body runs */
  constructor(endpoints: readonly Endpoint[], send: Send = callInstance) {
    for (const endpoint of endpoints.filter(takesFaults)) {
      this.#kept.set(endpoint.name, { endpoint, last: Promise.resolve(NOTHING), waiting: null, failure: null });
    }
    this.#send = send;
    this.#timer = setInterval(() => void this.settle(this.#concerned()), TELL_AGAIN_MS);
    this.#timer.unref();
  }

  /**
   * Makes a fault, which holds until `end`. Services that cannot be reached get it when they are back.
   * @returns wall clock of the first that was told and milliseconds to the last; null when none could be
   */
  async begin(fault: ServiceFault): Promise<Struck | null> {
    this.#faults.set(fault.id, fault);
    const told = await Promise.all(fault.members.map((name) => this.#tell(name)));
    const times = told.flatMap(({ atMs }) => (atMs === null ? [] : [atMs]));
    if (times.length === 0) return null;
    const startedMs = Math.min(...times);
    return { startedMs, skewMs: Math.max(...times) - startedMs };
  }

  /** It lasts until then. Nothing happens to one that has ended. */
  async renew(id: string, untilMs: number): Promise<void> {
    const fault = this.#faults.get(id);
    if (fault === undefined) return;
    this.#faults.set(id, { ...fault, untilMs });
    await this.settle(fault.members);
  }

  /** From the next call on it is over for these members. */
  end(id: string, members: readonly string[]): void {
    const fault = this.#faults.get(id);
    if (fault === undefined) return;
    const left = fault.members.filter((name) => !members.includes(name));
    if (left.length === 0) this.#faults.delete(id);
    else this.#faults.set(id, { ...fault, members: left });
  }

  /**
   * Brings these services to what the faults want, whatever they do now; names of what takes no faults are passed over.
   * @returns those that did something wrong until now and were told, and those that could not be told
   */
  async settle(names: readonly string[]): Promise<{ mended: string[]; untold: Untold[] }> {
    const known = names.filter((name) => this.#kept.has(name));
    const told = await Promise.all(known.map(async (name) => ({ name, ...(await this.#tell(name)) })));
    return {
      mended: told.filter(({ wasFaulty }) => wasFaulty).map(({ name }) => name),
      untold: told.flatMap(({ name, failure }) => (failure === null ? [] : [{ name, reason: failure }])),
    };
  }

  /** What these do wrong, by their own word, or why one does not say; names of what takes no faults are passed over. Never rejects. */
  async inspect(names: readonly string[]): Promise<Map<string, ServiceFaultPlan | string>> {
    const asked = names.flatMap((name) => this.#kept.get(name)?.endpoint ?? []);
    return new Map(await Promise.all(asked.map(async (one) => [one.name, await this.#ask(one)] as const)));
  }

  /** To be called when a service started anew: it knows only its configuration. */
  async returned(name: string): Promise<void> {
    if (this.#concerned().includes(name)) await this.settle([name]);
  }

  /** Which of these could not be told when it was last tried. */
  untold(names: readonly string[]): Untold[] {
    return names.flatMap((name) => {
      const reason = this.#kept.get(name)?.failure ?? null;
      return reason === null ? [] : [{ name, reason }];
    });
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Those that a fault holds. */
  #concerned(): string[] {
    return [...new Set([...this.#faults.values()].flatMap(({ members }) => members))];
  }

  #tell(name: string): Promise<Told> {
    const kept = this.#kept.get(name);
    if (kept === undefined) return Promise.resolve({ ...NOTHING, failure: 'it takes no faults' });
    if (kept.waiting !== null) return kept.waiting;
    const call = kept.last.then(() => {
      kept.waiting = null;
      return this.#call(kept);
    });
    kept.last = call;
    kept.waiting = call;
    return call;
  }

  async #call(kept: Kept): Promise<Told> {
    let told: Told;
    try {
      const body = planFor(kept.endpoint.name, [...this.#faults.values()]);
      const { replaced } = await this.#exchange<ServiceFaultPlanAnswer>(kept.endpoint, { method: 'PUT', body });
      told = { atMs: Date.now(), wasFaulty: Object.keys(replaced).length > 0, failure: null };
    } catch (error) {
      told = { ...NOTHING, failure: textOf(error) };
    }
    kept.failure = told.failure;
    return told;
  }

  #ask(endpoint: Endpoint): Promise<ServiceFaultPlan | string> {
    return this.#exchange<ServiceFaultPlan>(endpoint, { method: 'GET' }).catch(textOf);
  }

  async #exchange<T>({ admin }: Endpoint, call: Pick<InstanceCall, 'method' | 'body'>): Promise<T> {
    if (admin === null) throw new Error('it has no admin address');
    const { status, text } = await this.#send(admin, { ...call, path: '/faults', timeoutMs: CALL_TIMEOUT_MS });
    if (status !== 200) throw new Error(`answered ${status}: ${text.slice(0, 200)}`);
    return JSON.parse(text) as T;
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
