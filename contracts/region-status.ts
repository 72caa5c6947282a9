/** Answer of `GET /v1/status`: a whole region at one look. */
import { Type, type Static } from 'typebox';
import { FaultSchema, LeverSchema, SettingsSchema, UpstreamOpinionSchema } from './faults.ts';
import { Nullable, WallMs } from './json-types.ts';
import { CustomerSummarySchema } from './records.ts';
import { BodySchema } from './region.ts';

/** What runs: an entry of `status`. */
export const ComponentStatusSchema = Type.Object({
  name: Type.String(),
  role: Type.String(),
  az: Nullable(Type.String()),
  dc: Nullable(Type.String()),
  state: Type.Enum(['starting', 'running', 'frozen', 'detached', 'dead'], { description: 'starting until it is ready; detached runs, but off its networks' }),
  pid: Nullable(Type.Integer()),
  memoryBytes: Nullable(Type.Number(), { description: "Proportional set size of a process, working set of a container's cgroup; null where the platform does not tell" }),
  memoryLimitBytes: Nullable(Type.Number(), { description: 'What it may use at most; null where nothing limits it' }),
  cpuShare: Nullable(Type.Number(), { description: 'Share of one core over the last few seconds, 0..; null until two samples exist' }),
});
export type ComponentStatus = Static<typeof ComponentStatusSchema>;

/** Measured between two AZs, over the link that the traffic takes. */
const RoundTripSchema = Type.Object({
  from: Type.String(),
  to: Type.String(),
  medianMs: Nullable(Type.Number(), { description: 'Of the last few round trips; null while nothing comes back' }),
});
export type RoundTrip = Static<typeof RoundTripSchema>;

export const RegionStatusSchema = Type.Object({
  region: Type.String(),
  body: BodySchema,
  atMs: WallMs,
  urls: Type.Record(Type.String(), Type.String()),
  faults: Type.Array(FaultSchema),
  components: Type.Array(ComponentStatusSchema),
  /** Null while the customers cannot be asked. */
  customers: Nullable(CustomerSummarySchema),
  balancers: Type.Array(Type.Object({
    balancer: Type.String(),
    az: Nullable(Type.String()),
    /** Null for one that does not answer. */
    upstreams: Nullable(Type.Array(UpstreamOpinionSchema)),
  })),
  settings: SettingsSchema,
  lever: LeverSchema,
  journalTrouble: Nullable(Type.String(), { description: 'Why the injector cannot write down what it would break, and so breaks nothing; null where it can' }),
  roundTrips: Type.Array(RoundTripSchema, { description: 'Every ordered pair of AZs; empty for a region without links' }),
  differences: Type.Array(Type.String(), { description: 'How what runs differs from the description, one sentence each; always empty where nothing can' }),
  scrapeCpuShare: Nullable(Type.Number(), { description: 'What being scraped costs the fleet, as a share of one core; null where nothing scrapes it or nobody can tell' }),
});
export type RegionStatus = Static<typeof RegionStatusSchema>;

/** Answer of `GET /v1/serving`, with 503 while something is missing. */
export const ServingSchema = Type.Object({ serving: Type.Boolean(), missing: Type.Array(Type.String(), { description: 'One phrase each; empty for a region that serves' }) });
