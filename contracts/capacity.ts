/**
 * What one Availability Zone can take, and how that is known. Evidence is written by `run capacity` into a
 * region's state folder and counts only under the conditions it was measured under.
 */
import { Type, type Static } from 'typebox';
import { Az, Nullable } from './json-types.ts';

const CLOSED = { additionalProperties: false } as const;
const Latency = Nullable(Type.Number());

export const CAPACITY_SCHEMA = 'azimuth.capacity/1';

/** Whatever changes the knee: other ovens, another bake or another processor make evidence worthless. */
export const CapacityConditionsSchema = Type.Object(
  {
    ovensPerAz: Type.Integer({ minimum: 1 }),
    bakeMeanMs: Type.Number(),
    /** Coefficient of variation of the bake. */
    bakeCv: Type.Number(),
    cpuModel: Type.String({ maxLength: 200 }),
  },
  CLOSED,
);
export type CapacityConditions = Static<typeof CapacityConditionsSchema>;

/** One rate that was tried on one AZ, the others shifted away. */
export const CapacityProbeSchema = Type.Object(
  {
    az: Az,
    ratePerSecond: Type.Number({ exclusiveMinimum: 0, maximum: 20_000 }),
    /** Orders offered while it counted; at least 20,000 for a probe that held. */
    orders: Type.Integer({ minimum: 0 }),
    /** Orders that were not answered within 500 ms; a probe is abandoned once they are too many. */
    missed: Type.Integer({ minimum: 0 }),
    failed: Type.Integer({ minimum: 0 }),
    latencyMsP50: Latency,
    latencyMsP99: Latency,
    /** Highest share of the host's processors in use over one second, 0..1. */
    cpuMax: Type.Number(),
    held: Type.Boolean(),
    date: Type.String({ maxLength: 40 }),
  },
  CLOSED,
);
export type CapacityProbe = Static<typeof CapacityProbeSchema>;

export const CapacityEvidenceSchema = Type.Object({
  schema: Type.Literal(CAPACITY_SCHEMA),
  conditions: CapacityConditionsSchema,
  probes: Type.Array(CapacityProbeSchema),
  knees: Type.Record(Type.String(), Type.Number(), { description: 'Orders per second, by AZ: the highest rate that held, within 2/s of one that did not' }),
  commit: Nullable(Type.String()),
  date: Type.String(),
});
export type CapacityEvidence = Static<typeof CapacityEvidenceSchema>;

/** Orders per second that one AZ is rated for. */
export interface AzCapacity {
  ratedPerAz: number;
  /** `measured` by `run capacity` on this processor with these ovens, else computed from the `model`. */
  source: 'measured' | 'model';
}
