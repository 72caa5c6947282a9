/**
 * Pulls the customers' records while a run goes on, so that nothing is overwritten before it is read and a
 * run that dies half-way has what came before. A page that fails is asked for again; only what the customers
 * themselves say is gone counts as lost.
 */
import type { CustomerRecord } from '#contracts/records.ts';
import { pause } from '#chaos/injector/pause.ts';
import type { RegionApi } from './region-api.ts';

const PAGE = 5000;
const PULL_MS = 500;

export class RecordCollector {
  /** In the order in which they were published. */
  readonly records: CustomerRecord[] = [];
  /** The customers overwrote records before they were read, or were restarted. */
  lost = false;
  readonly #api: Pick<RegionApi, 'records'>;
  #after = 0;
  #stopped = false;
  /** Null before {@link start}. */
  #loop: Promise<void> | null = null;

  constructor(api: Pick<RegionApi, 'records'>) {
    this.#api = api;
  }

  /** Passes over what was written before now, then pulls until {@link stop}. Rejects when the customers cannot be read. */
  async start(): Promise<void> {
    for (;;) {
      const { records } = await this.#api.records(this.#after, PAGE);
      this.#after = Math.max(this.#after, records.at(-1)?.seq ?? 0);
      if (records.length < PAGE) break;
    }
    this.#loop = this.#pull();
  }

  /** Ends the pulling and reads what is left; nothing where it was not begun. Rejects when that cannot be read. */
  async stop(): Promise<void> {
    this.#stopped = true;
    if (this.#loop === null) return;
    await this.#loop;
    await this.#drain();
  }

  async #pull(): Promise<void> {
    while (!this.#stopped) {
      await this.#drain().catch(() => undefined);
      await pause(PULL_MS);
    }
  }

  async #drain(): Promise<void> {
    for (;;) {
      const { records, dropped } = await this.#api.records(this.#after, PAGE);
      const fresh = records.filter(({ seq }) => seq > this.#after);
      // Numbers start again only with a new process, which has none of the old one's records.
      if (dropped || (records.length > 0 && fresh.length === 0)) this.lost = true;
      this.records.push(...fresh);
      this.#after = fresh.at(-1)?.seq ?? this.#after;
      if (records.length < PAGE || fresh.length === 0) return;
    }
  }
}
