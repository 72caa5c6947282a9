/**
 * What runs and what it costs, as a table: memory beside the limit where there is one, processor time, and the totals,
 * with a line of their own for what being observed costs. A figure that nobody knows is a dash, never a zero.
 */
import type { ComponentStatus, RegionStatus } from '#contracts/region-status.ts';
import { bytes, figure, percent, table } from './table.ts';

/** Proportional set size of processes; what the kernel charges a container with is just its memory. */
const MEMORY_TITLE: Record<RegionStatus['body'], string> = { embedded: 'PSS', compose: 'memory' };
const MEMORY_WIDTH = 10;
const CPU_WIDTH = 6;

type Costs = Pick<RegionStatus, 'body' | 'components' | 'scrapeCpuShare'>;

export function componentsText({ body, components, scrapeCpuShare }: Costs): string {
  const limited = components.some(({ memoryLimitBytes }) => memoryLimitBytes !== null);
  const line = (name: string, where: string, state: string, pid: string, memory: string, limit: string, cpu: string): string[] => [
    name, where, state, figure(pid, 7), figure(memory, MEMORY_WIDTH), ...(limited ? [limit] : []), figure(cpu, CPU_WIDTH),
  ];
  const rows = components.map((one) => line(
    one.name, one.dc ?? one.az ?? 'outside', one.state, one.pid === null ? '-' : String(one.pid), known(one.memoryBytes, bytes), limitText(one), known(one.cpuShare, percent),
  ));
  const running = components.filter(({ state }) => state === 'running').length;
  const limits = sumOf(components, ({ memoryLimitBytes }) => memoryLimitBytes);
  const total = line(
    'total', '', `${running} of ${components.length} running`, '',
    known(sumOf(components, ({ memoryBytes }) => memoryBytes), bytes), limits === null ? '' : `of ${bytes(limits)}`, known(sumOf(components, ({ cpuShare }) => cpuShare), percent),
  );
  const head = line('Components', 'where', 'state', 'pid', MEMORY_TITLE[body], '', 'cpu');
  return [table([head, ...rows, total]), ...observedText(components, scrapeCpuShare)].join('\n');
}

function limitText({ memoryLimitBytes }: ComponentStatus): string {
  return memoryLimitBytes === null ? '' : `of ${bytes(memoryLimitBytes)}`;
}

/** `Being scraped costs the fleet 3.1 % of a core; prometheus itself 2.0 %`. */
function observedText(components: readonly ComponentStatus[], scrapeCpuShare: number | null): string[] {
  if (scrapeCpuShare === null) return [];
  const observers = components.flatMap(({ name, role, cpuShare }) => (role === 'observer' && cpuShare !== null ? [`${name} itself ${percent(cpuShare)}`] : []));
  return [[`Being scraped costs the fleet ${percent(scrapeCpuShare)} of a core`, ...observers].join('; ')];
}

function known(value: number | null, show: (value: number) => string): string {
  return value === null ? '-' : show(value);
}

/** Null when nobody knows any of them. */
function sumOf(components: readonly ComponentStatus[], of: (component: ComponentStatus) => number | null): number | null {
  const values = components.map(of).filter((value) => value !== null);
  return values.length === 0 ? null : values.reduce((sum, value) => sum + value, 0);
}
