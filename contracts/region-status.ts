/** Answer of `GET /v1/status`: a whole region at one look. */
import type { Fault, Lever, UpstreamOpinion } from './faults.ts';
import type { CustomerSummary } from './records.ts';

/** What runs: an entry of `status`. */
export interface ComponentStatus {
  name: string;
  role: string;
  az: string | null;
  dc: string | null;
  /** `starting` until it is ready; `detached` runs, but off its networks. */
  state: 'starting' | 'running' | 'frozen' | 'detached' | 'dead';
  pid: number | null;
  /** Proportional set size of a process, working set of a container's cgroup, bytes; null where the platform does not tell. */
  memoryBytes: number | null;
  /** What it may use at most, bytes; null where nothing limits it. */
  memoryLimitBytes: number | null;
  /** Share of one core over the last few seconds, 0..; null until two samples exist. */
  cpuShare: number | null;
}

/** Measured between two AZs, over the link that the traffic takes. */
export interface RoundTrip {
  from: string;
  to: string;
  /** Median of the last few round trips, milliseconds; null while nothing comes back. */
  medianMs: number | null;
}

/** Answer of `GET /v1/status`. */
export interface RegionStatus {
  region: string;
  body: 'compose' | 'embedded';
  atMs: number;
  urls: Record<string, string>;
  faults: Fault[];
  components: ComponentStatus[];
  /** Null while the customers cannot be asked. */
  customers: CustomerSummary | null;
  balancers: { balancer: string; az: string | null; upstreams: UpstreamOpinion[] | null }[];
  settings: { rescue: boolean; ovens: number | null };
  lever: Lever;
  /** Why the injector cannot write down what it would break, and so breaks nothing; null where it can. */
  journalTrouble: string | null;
  /** Every ordered pair of AZs; empty for a region without links. */
  roundTrips: RoundTrip[];
  /** How what runs differs from the description, one sentence each; always empty where nothing can. */
  differences: string[];
  /** What being scraped costs the fleet, as a share of one core; null where nothing scrapes it or nobody can tell. */
  scrapeCpuShare: number | null;
}
