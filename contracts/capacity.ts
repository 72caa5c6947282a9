/**
 * What one Availability Zone can take, and how that is known. Evidence is written by `run capacity` into a
 * region's state folder and counts only under the conditions it was measured under.
 */
export const CAPACITY_SCHEMA = 'azimuth.capacity/1';

/** Whatever changes the knee: other ovens, another bake or another processor make evidence worthless. */
export interface CapacityConditions {
  ovensPerAz: number;
  bakeMeanMs: number;
  /** Coefficient of variation of the bake. */
  bakeCv: number;
  cpuModel: string;
}

/** One rate that was tried on one AZ, the others shifted away. */
export interface CapacityProbe {
  az: string;
  ratePerSecond: number;
  /** Orders offered while it counted; at least 20,000 for a probe that held. */
  orders: number;
  /** Orders that were not answered within 500 ms; a probe is abandoned once they are too many. */
  missed: number;
  failed: number;
  latencyMsP50: number | null;
  latencyMsP99: number | null;
  /** Highest share of the host's processors in use over one second, 0..1. */
  cpuMax: number;
  held: boolean;
  date: string;
}

export interface CapacityEvidence {
  schema: typeof CAPACITY_SCHEMA;
  conditions: CapacityConditions;
  probes: CapacityProbe[];
  /** Orders per second, by AZ: the highest rate that held, within 2/s of one that did not. */
  knees: Record<string, number>;
  commit: string | null;
  date: string;
}

/** Orders per second that one AZ is rated for. */
export interface AzCapacity {
  ratedPerAz: number;
  /** `measured` by `run capacity` on this processor with these ovens, else computed from the `model`. */
  source: 'measured' | 'model';
}
