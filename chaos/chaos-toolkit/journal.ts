/**
 * The journal of a run in Chaos Toolkit's form, so that what reads those (reports, dashboards, archives) reads ours.
 * Reference: chaoslib 1.44, `run.py` (`initialize_run_journal`), `activity.py` (`execute_activity`).
 */
import type { Activity, ToolkitExperiment } from './experiment.ts';

export interface ActivityRun {
  /** As it is written, names of variables not filled in: secrets stay out of journals. */
  activity: Activity;
  output: unknown;
  /** ISO 8601. */
  start: string;
  status: 'succeeded' | 'failed' | 'aborted';
  end: string;
  /** Seconds. */
  duration: number;
  /** Why it failed, as lines. */
  exception?: readonly string[];
  /** Of a probe of the hypothesis. */
  tolerance_met?: boolean;
}

export interface SteadyState {
  steady_state_met: boolean;
  probes: readonly ActivityRun[];
}

export interface ToolkitJournal {
  'chaoslib-version': string;
  platform: string;
  node: string;
  experiment: ToolkitExperiment;
  /** ISO 8601. */
  start: string;
  status: 'completed' | 'failed' | 'aborted' | 'interrupted';
  /** The hypothesis held before and did not hold after. */
  deviated: boolean;
  /** Null for what was not looked at. */
  steady_states: { before: SteadyState | null; after: SteadyState | null; during: readonly SteadyState[] };
  run: readonly ActivityRun[];
  rollbacks: readonly ActivityRun[];
  end: string;
  /** Seconds. */
  duration: number;
}

/** The library whose journals have this form. */
export const CHAOSLIB_VERSION = '1.44.0';
