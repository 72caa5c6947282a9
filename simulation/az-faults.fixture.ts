/** What the tests of faults in the simulated region have in common: its AZs and rates, when a fault begins, how long a test may take. */
export const AZS = ['az1', 'az2', 'az3'];
/** Orders per second: what the region is designed for, and a tenth of it. */
export const PEAK = 300;
export const REST = 30;
/** Milliseconds of virtual time. */
export const FAULT_MS = 5000;
export const UNTIL_MS = 15_000;
/** Milliseconds of real time, for all seeds of a test. */
export const TIMEOUT_MS = 120_000;

/** The AZ that is broken. */
export function azOf(seed: number): string {
  return AZS[seed % AZS.length]!;
}
