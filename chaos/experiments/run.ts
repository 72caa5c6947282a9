/**
 * Runs one experiment on a running region: warm, baseline, fault, recovery. It only acts and writes down;
 * what it meant is `judge`'s business. Guards against leaving a region broken: the fault lives on a lease of
 * 10 s that is renewed while this process lives, and however the run ends (Ctrl-C, an error, the region gone)
 * the fault is healed, traffic and switches are put back, and the journal says how it ended.
 */
import { setTimeout as delay } from 'node:timers/promises';
import type { AzCapacity } from '#contracts/capacity.ts';
import type { ExperimentDocument } from '#contracts/experiment.ts';
import { EXPERIMENT_LEASE_MS, type Fault, type RegionStatus } from '#contracts/faults.ts';
import type { JournalEvent, Phase } from '#contracts/journal.ts';
import { PATIENCE_MS, type CustomerRecord } from '#contracts/records.ts';
import { balancedAtMs } from '#chaos/verdict/balance.ts';
import { requireReady } from './precondition.ts';
import { Observer } from './observer.ts';
import { phaseLengths } from './phase-lengths.ts';
import { RecordCollector } from './record-collector.ts';
import type { RegionApi } from './region-api.ts';
import { warmUp } from './warm-up.ts';

const RENEW_MS = 3_000;
/** Customers publish a record when it is settled, at the latest this long after it was intended. */
const SETTLE_MS = PATIENCE_MS + 500;
const HEAL_TRIES = 5;
const BALANCE_CHECK_MS = 1_000;

export interface RunRequest {
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
  request: RunRequest;
  records: readonly CustomerRecord[];
  baselineMs: number | null;
}

export interface RunOutcome {
  records: CustomerRecord[];
  journal: JournalEvent[];
}

/**
 * @param onView called when a phase begins; the view's records grow by themselves
 * @returns the evidence, also of a run that was aborted or failed
 * @throws CommandFailure NOT_READY, before anything was done
 */
export async function runExperiment(api: RegionApi, request: RunRequest, signal: AbortSignal, onView: (view: RunView) => void): Promise<RunOutcome> {
  const before = requireReady(await api.status(), request.document.id);
  const run = new Run(api, request, signal, onView);
  try {
    await run.through(before.customers?.ratePerSecond ?? 0);
  } catch (error) {
    const atMs = Date.now();
    if (signal.aborted) run.note({ type: 'run.aborted', atMs, reason: 'It was stopped by hand; what was broken was healed.' });
    else run.note({ type: 'run.failed', atMs, reason: messageOf(error) });
  } finally {
    await run.putBack(before);
  }
  return run.outcome();
}

class Run {
  readonly #api: RegionApi;
  readonly #request: RunRequest;
  readonly #signal: AbortSignal;
  readonly #onView: (view: RunView) => void;
  readonly #journal: JournalEvent[] = [];
  readonly #collector: RecordCollector;
  #observer: Observer | null = null;
  #fault: Fault | null = null;
  #faultLost = false;
  #renewal: NodeJS.Timeout | undefined;
  #baselineMs: number | null = null;
  #endMs: number | null = null;

  constructor(api: RegionApi, request: RunRequest, signal: AbortSignal, onView: (view: RunView) => void) {
    this.#api = api;
    this.#request = request;
    this.#signal = signal;
    this.#onView = onView;
    this.#collector = new RecordCollector(api);
  }

  note(event: JournalEvent): void {
    this.#journal.push(event);
  }

  outcome(): RunOutcome {
    return { records: this.#collector.records, journal: this.#journal };
  }

  async through(ratePerSecondBefore: number): Promise<void> {
    const { document, ratePerSecond, seed, az, capacity, commit } = this.#request;
    const phases = phaseLengths(document, ratePerSecond);
    const region = await this.#api.region();
    this.#observer = new Observer(this.#api, region, this.#journal);
    this.note({ type: 'run.started', atMs: Date.now(), region: region.region, az, seed, ratePerSecond, capacity, commit });
    if (Object.keys(document.settings).length > 0) await this.#api.settings(document.settings);
    await Promise.all([this.#collector.start(), this.#observer.start()]);
    this.#enter('warm');
    const { records } = this.#collector;
    await warmUp({ api: this.#api, request: this.#request, records, ratePerSecondBefore, wait: (ms) => this.#wait(ms) }, phases.warmS);
    this.#baselineMs = this.#enter('baseline');
    await this.#wait(phases.baselineS * 1000);
    this.#enter('fault');
    await this.#strike();
    await this.#wait(phases.faultS * 1000);
    this.#enter('recovery');
    const restoredMs = await this.#heal();
    if (document.until === 'balanced') await this.#untilBalanced(restoredMs, phases.balanceS * 1000);
    else await this.#wait(phases.recoveryS * 1000);
    this.#endMs = this.#enter('settling');
    await this.#wait(SETTLE_MS);
  }

  /** Never rejects: what it cannot put back is in the journal. */
  async putBack(before: RegionStatus): Promise<void> {
    const endMs = this.#endMs ?? Date.now();
    if (this.#fault !== null) await this.#heal().catch((error: unknown) => this.#lost(`the fault could not be healed (${messageOf(error)})`));
    await this.#collector.stop().catch((error: unknown) => this.#lost(`the last records (${messageOf(error)})`));
    if (this.#collector.lost) this.#lost('the customers overwrote records before they were read, or were restarted');
    await this.#observer?.stop();
    this.note({ type: 'run.ended', atMs: endMs });
    const turned = Object.keys(this.#request.document.settings);
    if (turned.length > 0) await this.#api.settings(Object.fromEntries(turned.map((name) => [name, null]))).catch(() => undefined);
    if (before.customers !== null) await this.#api.traffic({ ratePerSecond: before.customers.ratePerSecond, arm: before.customers.arm }).catch(() => undefined);
  }

  #enter(phase: RunView['phase']): number {
    const atMs = Date.now();
    if (phase !== 'settling') this.note({ type: 'phase.started', atMs, phase });
    this.#onView({ phase, phaseStartedMs: atMs, request: this.#request, records: this.#collector.records, baselineMs: this.#baselineMs });
    return atMs;
  }

  async #strike(): Promise<void> {
    const { document, az } = this.#request;
    const target = document.fault.target.replaceAll('{az}', az);
    this.#fault = await this.#api.break({ verb: document.fault.verb, target, leaseMs: EXPERIMENT_LEASE_MS, reason: `experiment ${document.id}` });
    const { id, verb, members, startedMs, skewMs } = this.#fault;
    this.note({ type: 'fault.injected', atMs: Date.now(), startedMs, skewMs, id, verb, target, members });
    this.#renewal = setInterval(() => void this.#renew(id), RENEW_MS);
  }

  async #renew(id: string): Promise<void> {
    try {
      await this.#api.renew(id, EXPERIMENT_LEASE_MS);
    } catch (error) {
      // A late answer to a renewal that crossed the healing says nothing.
      if (this.#renewal === undefined) return;
      this.#stopRenewing();
      this.#faultLost = true;
      this.note({ type: 'fault.lost', atMs: Date.now(), reason: messageOf(error) });
    }
  }

  #stopRenewing(): void {
    clearInterval(this.#renewal);
    this.#renewal = undefined;
  }

  /** When everything ran again, wall clock. Rejects when the injector still refuses after some tries. */
  async #heal(): Promise<number> {
    this.#stopRenewing();
    const { id } = this.#fault as Fault;
    for (let attempt = 1; ; attempt += 1) {
      try {
        const { healed, remains, atMs } = await this.#api.healFault(id);
        this.#fault = null;
        this.note({ type: 'fault.healed', atMs, healed, remains });
        return atMs;
      } catch (error) {
        if (this.#faultLost) {
          this.#fault = null;
          return Date.now();
        }
        if (attempt === HEAL_TRIES) throw error;
        await delay(500);
      }
    }
  }

  async #untilBalanced(restoredMs: number, atMostMs: number): Promise<void> {
    while (Date.now() < restoredMs + atMostMs) {
      await this.#wait(BALANCE_CHECK_MS);
      const since = this.#collector.records
        .filter((record) => record.kind === 'order' && record.intendedMs >= restoredMs)
        .sort((one, other) => one.intendedMs - other.intendedMs);
      if (balancedAtMs(since, restoredMs) !== null) return;
    }
  }

  #lost(what: string): void {
    this.note({ type: 'evidence.lost', atMs: Date.now(), what });
  }

  /** Rejects when the run is stopped by hand. */
  #wait(ms: number): Promise<void> {
    return delay(ms, undefined, { signal: this.#signal });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
