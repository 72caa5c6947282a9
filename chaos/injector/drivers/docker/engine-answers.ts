/**
 * What is read of the engine's answers, and nothing else of them. Engines differ by version and by cgroup hierarchy;
 * here is the one place that knows how.
 */
import type Docker from 'dockerode';

/** Engine's word for what a container does. */
type EngineState = 'created' | 'running' | 'paused' | 'restarting' | 'removing' | 'exited' | 'dead';

export interface ContainerSummary {
  id: string;
  /** Others may call it by this name, too. */
  name: string;
  state: EngineState;
  createdMs: number;
  labels: Readonly<Record<string, string>>;
  /** By the engine's name of the network. `live` is false while it has no interface there: it does not run, or the engine could not give it its address. */
  networks: Map<string, { address: string | null; live: boolean }>;
  /** Ports on the host, by the container's port. */
  published: Map<number, number>;
}

export interface ContainerDetail {
  /** As the engine's machine counts; null while it does not run. */
  pid: number | null;
  exitCode: number;
  oomKilled: boolean;
  /** Wall clock to the millisecond, when the process was seen to be gone; null when it never ended. */
  finishedMs: number | null;
  /** Bytes; null where nothing limits it. */
  memoryLimitBytes: number | null;
}

export interface UsageSample {
  /** Working set: what cannot be dropped, hence without files that were not touched lately. Null while it does not run. */
  memoryBytes: number | null;
  cpuSeconds: number;
}

export function readSummary(info: Docker.ContainerInfo): ContainerSummary {
  const networks = Object.entries(info.NetworkSettings.Networks).map(([name, at]) => {
    const address = (at.IPAMConfig as { IPv4Address?: string } | null | undefined)?.IPv4Address || at.IPAddress || null;
    return [name, { address, live: (at.IPAddress ?? '') !== '' }] as const;
  });
  return {
    id: info.Id,
    name: (info.Names[0] ?? '').replace(/^\//, ''),
    state: info.State as EngineState,
    createdMs: info.Created * 1000,
    labels: info.Labels,
    networks: new Map(networks),
    published: new Map((info.Ports ?? []).flatMap(({ PrivatePort, PublicPort }) => (PublicPort === undefined ? [] : [[PrivatePort, PublicPort] as const]))),
  };
}

export function readDetail({ State, HostConfig }: Docker.ContainerInspectInfo): ContainerDetail {
  const finishedMs = Date.parse(State.FinishedAt);
  return {
    pid: State.Pid > 0 ? State.Pid : null,
    exitCode: State.ExitCode,
    oomKilled: State.OOMKilled,
    // The engine writes the year 1 for never.
    finishedMs: finishedMs > 0 ? finishedMs : null,
    memoryLimitBytes: (HostConfig.Memory ?? 0) > 0 ? (HostConfig.Memory ?? null) : null,
  };
}

/** cgroup v2 calls it `inactive_file`, v1 `total_inactive_file`. */
export function readSample({ memory_stats, cpu_stats }: Docker.ContainerStats): UsageSample {
  const { usage, stats } = memory_stats as { usage?: number; stats?: { inactive_file?: number; total_inactive_file?: number } };
  const inactive = stats?.total_inactive_file ?? stats?.inactive_file ?? 0;
  return {
    memoryBytes: usage === undefined ? null : Math.max(0, usage - inactive),
    cpuSeconds: cpu_stats.cpu_usage.total_usage / 1e9,
  };
}
