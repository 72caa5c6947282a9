/** One run of an experiment as whoever asks for it sees it: what is asked, what is told while it goes on, what it leaves. */
import type { AzCapacity } from '#contracts/capacity.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { RegionStatus } from '#contracts/region-status.ts';
import type { JournalEvent, Phase } from '#contracts/journal.ts';
import type { CustomerRecord } from '#contracts/records.ts';

export interface ExperimentRequest {
  document: ExperimentDocument;
  az: string;
  seed: number;
  ratePerSecond: number;
  capacity: AzCapacity;
  commit: string | null;
}

/** What a person is shown while it runs. */
export interface RunView {
  phase: Phase | 'settling';
  phaseStartedMs: number;
  request: ExperimentRequest;
  records: readonly CustomerRecord[];
  baselineMs: number | null;
}

/** Who is told of a run while it goes on. */
export interface RunWatch {
  /** A phase begins; the view's records grow by themselves. */
  onView?: (view: RunView) => void;
  /** Something was written into its journal by the run itself. */
  onNoted?: (event: JournalEvent) => void;
  /** What a person should know beside it: what it waits for, what it could not turn back. One sentence. */
  onTold?: (text: string) => void;
  /** The region is ready and as yet unchanged; when this rejects nothing is changed. */
  onReady?: (before: RegionStatus) => Promise<void>;
}

/** Why a run is ended before its time, as the reason of its signal: goes on with "It was stopped …". Without one it was by hand. */
export class RunStopped extends Error {}

export interface RunOutcome {
  records: CustomerRecord[];
  journal: JournalEvent[];
  /** Switches and customers are as they were before; else somebody else is to turn them back. */
  isTurnedBack: boolean;
}
