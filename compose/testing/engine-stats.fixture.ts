/** Memory and processor of each container as the engine accounts them: what `docker stats` shows, which leaves the file cache out. */
import { containers, docker } from './containers.fixture.ts';
import { REGION } from './place.fixture.ts';

export interface Use {
  memoryBytes: number;
  /** Share of one core. */
  cpuShare: number;
}

const UNIT: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30, kB: 1e3, MB: 1e6, GB: 1e9 };

/** One sample of what runs, by service; takes the engine about two seconds. */
export async function useByService(): Promise<Map<string, Use>> {
  const running = [...(await containers())].filter(([, { State }]) => State.Running);
  const { stdout } = await docker(['stats', '--no-stream', '--no-trunc', '--format', '{{json .}}', ...running.map(([, { Id }]) => Id)]);
  const lines = stdout.split('\n').filter((line) => line.startsWith('{')).map((line) => JSON.parse(line) as { ID: string; MemUsage: string; CPUPerc: string });
  return new Map(running.map(([service, { Id }]) => {
    const line = lines.find(({ ID }) => ID === Id);
    if (line === undefined) throw new Error(`the engine has no figures of ${service} in ${REGION}`);
    return [service, { memoryBytes: bytes(line.MemUsage.split('/')[0] ?? ''), cpuShare: Number.parseFloat(line.CPUPerc) / 100 }];
  }));
}

/** The mean of several samples. */
export function meanUse(samples: readonly ReadonlyMap<string, Use>[]): Map<string, Use> {
  const mean = (service: string, figure: keyof Use): number => samples.reduce((sum, one) => sum + (one.get(service)?.[figure] ?? 0), 0) / samples.length;
  return new Map([...(samples[0] ?? new Map<string, Use>()).keys()].map((service) => [service, { memoryBytes: mean(service, 'memoryBytes'), cpuShare: mean(service, 'cpuShare') }]));
}

export function total(use: ReadonlyMap<string, Use>, figure: keyof Use): number {
  return [...use.values()].reduce((sum, one) => sum + one[figure], 0);
}

function bytes(text: string): number {
  const [, amount, unit = ''] = /^\s*([\d.]+)\s*([A-Za-z]+)/.exec(text) ?? [];
  const size = Number(amount) * (UNIT[unit] ?? Number.NaN);
  if (Number.isNaN(size)) throw new Error(`"${text}" is no size`);
  return size;
}
