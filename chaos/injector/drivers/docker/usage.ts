/**
 * What the containers use, by their cgroups. Asked only when somebody asks for it, and then at most every two seconds:
 * the engine needs some milliseconds for each container, which two dozen would turn into a tenth of a core.
 */
import type { Usage } from '../../driver.ts';
import { CpuShare } from '../cpu-share.ts';
import type { Engine } from './engine.ts';

const SAMPLE_MS = 2000;
/** Older samples would average over what is not lately. */
const WINDOW_MS = 20_000;

export interface UsedContainer {
  name: string;
  id: string;
  /** Boot of the container: a new one counts from nothing. */
  pid: number | null;
  memoryLimitBytes: number | null;
}

export class ContainerUsage {
  readonly #engine: Pick<Engine, 'usage'>;
  readonly #kept = new Map<string, { pid: number | null; cpu: CpuShare; memoryBytes: number | null }>();
  #sampledMs = -Infinity;
  #sampling: Promise<void> | null = null;

  constructor(engine: Pick<Engine, 'usage'>) {
    this.#engine = engine;
  }

  /** By name. One that could not be asked has nulls. */
  async of(containers: readonly UsedContainer[]): Promise<Map<string, Usage>> {
    const nowMs = performance.now();
    if (nowMs - this.#sampledMs >= SAMPLE_MS) {
      this.#sampling ??= this.#sample(containers, nowMs).finally(() => (this.#sampling = null));
      await this.#sampling;
    }
    return new Map(containers.map(({ name, id, memoryLimitBytes }) => {
      const kept = this.#kept.get(id);
      return [name, { memoryBytes: kept?.memoryBytes ?? null, memoryLimitBytes, cpuShare: kept?.cpu.value() ?? null }];
    }));
  }

  async #sample(containers: readonly UsedContainer[], nowMs: number): Promise<void> {
    if (nowMs - this.#sampledMs > WINDOW_MS) this.#kept.clear();
    const ids = new Set(containers.map(({ id }) => id));
    for (const id of this.#kept.keys()) if (!ids.has(id)) this.#kept.delete(id);
    // All at once: engines before 23 answer with their next look at the cgroup, which is up to a second away.
    await Promise.all(containers.map((container) => this.#ask(container)));
    this.#sampledMs = nowMs;
  }

  async #ask({ id, pid }: UsedContainer): Promise<void> {
    const sample = await this.#engine.usage(id).catch(() => null);
    const before = this.#kept.get(id);
    const cpu = before?.pid === pid ? before.cpu : new CpuShare(WINDOW_MS);
    if (sample !== null) cpu.add(sample.cpuSeconds, performance.now());
    this.#kept.set(id, { pid, cpu, memoryBytes: sample?.memoryBytes ?? null });
  }
}
