/**
 * The runs of a suite on disk, as they end, so that one which was stopped goes on where it was. What counts is the latest of
 * each experiment, AZ and seed, if it ended as expected, is of the same document, rate and code, and is not too old.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import type { SuiteRun } from '#contracts/suite.ts';
import type { Turn } from './turns.ts';

export class SuiteStore {
  readonly #path: string;
  readonly #runs: SuiteRun[];

  /** @param folder of the region's evidence; made where it is not there, with the file system's error  @param keep what earlier runs found, else it is made anew */
  constructor(folder: string, suite: string, keep: boolean) {
    mkdirSync(folder, { recursive: true });
    this.#path = join(folder, `suite-${suite}.json`);
    this.#runs = keep ? readRuns(this.#path) : [];
  }

  /** In the order in which they ended. */
  get runs(): readonly SuiteRun[] {
    return this.#runs;
  }

  /** A reader sees all of them or those of before. Throws the file system's error. */
  add(run: SuiteRun): void {
    this.#runs.push(run);
    writeFileSync(`${this.#path}.tmp`, `${JSON.stringify(this.#runs, null, 1)}\n`);
    renameSync(`${this.#path}.tmp`, this.#path);
  }
}

/** None where there are none that can be read. */
function readRuns(path: string): SuiteRun[] {
  try {
    const kept: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return Array.isArray(kept) ? kept.filter(isRun) : [];
  } catch {
    return [];
  }
}

function isRun(value: Partial<SuiteRun> | null): value is SuiteRun {
  return typeof value?.experiment === 'string' && typeof value.documentHash === 'string' && typeof value.atMs === 'number' && Array.isArray(value.reasons);
}

/** Of a document with all that it leaves out filled in. */
export function hashOf(document: ExperimentDocument): string {
  return createHash('sha256').update(JSON.stringify(document)).digest('hex');
}

export interface Standing {
  ratePerSecond: number;
  /** Whether what runs now is what a commit had. */
  isSameCode: (commit: string | null) => boolean;
  nowMs: number;
  maxAgeMs: number;
}

/** The run of an earlier time that stands for a turn; null where it is to be made. */
export function standingRun(earlier: readonly SuiteRun[], { document, az, seed }: Turn, { ratePerSecond, isSameCode, nowMs, maxAgeMs }: Standing): SuiteRun | null {
  const documentHash = hashOf(document);
  const last = earlier.findLast((run) => run.experiment === document.id && run.az === az && run.seed === seed && run.documentHash === documentHash && run.ratePerSecond === ratePerSecond && isSameCode(run.commit));
  return last !== undefined && last.asExpected && last.atMs > nowMs - maxAgeMs && last.atMs <= nowMs ? last : null;
}
