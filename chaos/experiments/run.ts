/**
 * Runs one experiment on a running region: what is given, warm, baseline, fault, recovery. It only acts and
 * writes down; what it meant is `judge`'s business. Guards against leaving a region broken: faults live on
 * leases that are renewed while this process lives, and however the run ends (Ctrl-C, an error, the region gone)
 * they are healed, traffic and switches are put back, and the journal says how it ended.
 *
 *   ready? ─ given ─ warm ─ baseline ─ steady? ─ fault ─ recovery ─ settling       guardrails from the baseline on
 *
 * What is given stays broken until the last order has settled, so that recovery is from the fault alone; it is
 * healed before the run is over, so that the next one finds a whole region.
 */
import type { RegionStatus } from '#contracts/region-status.ts';
import type { JournalEvent } from '#contracts/journal.ts';
import { PATIENCE_MS } from '#contracts/records.ts';
import { commandText } from '#kit/tool-container.ts';
import { pause } from '#chaos/injector/pause.ts';
import { balancedAtMs } from '#chaos/verdict/balance.ts';
import { headroomLack, hypothesisResults, unsteady } from '#chaos/verdict/readiness.ts';
import type { Interval } from '#chaos/verdict/run-facts.ts';
import { statedFault } from '#chaos/verdict/stated-fault.ts';
import { bakesAtHome } from './bakes-at-home.ts';
import { Guard } from './guard.ts';
import { HeldFault } from './held-fault.ts';
import { untilReady } from './precondition.ts';
import { Observer } from './observer.ts';
import { phaseLengths } from './phase-lengths.ts';
import { RecordCollector } from './record-collector.ts';
import type { RegionApi } from './region-api.ts';
import { RunStopped, type ExperimentRequest, type RunOutcome, type RunView, type RunWatch } from './run-request.ts';
import { warmUp } from './warm-up.ts';

/** Customers publish a record when it is settled, at the latest this long after it was intended. */
const SETTLE_MS = PATIENCE_MS + 500;
const BALANCE_CHECK_MS = 1_000;
const TURN_BACK_TRIES = 4;
const TURN_BACK_PAUSE_MS = 1_000;
/** What is waited for at most when kitchens were given back. */
const AT_HOME_MS_MAX = 61_000;

/**
 * @param signal ends it before its time, by hand or because its time is up
 * @returns the evidence, also of a run that was aborted or failed, or for which the region was not ready
 * @throws CommandFailure NOT_READY for a region that is broken already, ABORTED when it is stopped while that is found out; nothing was done then
 */
export async function runExperiment(api: RegionApi, request: ExperimentRequest, signal: AbortSignal, watch: RunWatch = {}): Promise<RunOutcome> {
  const before = await untilReady(api, request.document.id, signal, watch.onTold);
  await watch.onReady?.(before);
  const run = new Run(api, request, signal, watch);
  try {
    await run.through(before);
  } catch (error) {
    run.noteEnding(error, signal);
  } finally {
    await run.putBack(before);
  }
  return run.outcome();
}

/** The region was not fit for the experiment when it was asked, wall clock. */
class NotReady extends Error {
  readonly atMs: number;

  constructor(reason: string, atMs: number) {
    super(reason);
    this.atMs = atMs;
  }
}

class Run {
  readonly #api: RegionApi;
  readonly #request: ExperimentRequest;
  readonly #signal: AbortSignal;
  readonly #watch: RunWatch;
  readonly #journal: JournalEvent[] = [];
  readonly #collector: RecordCollector;
  readonly #guard: Guard;
  #observer: Observer | null = null;
  #fault: HeldFault | null = null;
  #given: HeldFault[] = [];
  #baselineMs: number | null = null;
  #endMs: number | null = null;
  #isTurnedBack = true;

  constructor(api: RegionApi, request: ExperimentRequest, signal: AbortSignal, watch: RunWatch) {
    this.#api = api;
    this.#request = request;
    this.#watch = watch;
    this.#collector = new RecordCollector(api);
    this.#guard = new Guard(request.document, this.#collector.records);
    this.#signal = AbortSignal.any([signal, this.#guard.signal]);
  }

  note(event: JournalEvent): void {
    this.#journal.push(event);
    this.#watch.onNoted?.(event);
  }

  /** @param stopped the signal of whoever may end it */
  noteEnding(error: unknown, stopped: AbortSignal): void {
    const atMs = Date.now();
    const { tripped } = this.#guard;
    if (tripped !== null) {
      this.note({ type: 'guardrail.tripped', ...tripped });
      this.note({ type: 'run.aborted', atMs, reason: tripped.reason });
    } else if (stopped.aborted) this.note({ type: 'run.aborted', atMs, reason: `It was stopped ${whyStopped(stopped)}; what was broken was healed.` });
    else if (error instanceof NotReady) this.note({ type: 'run.not-ready', atMs: error.atMs, reason: error.message });
    else this.note({ type: 'run.failed', atMs, reason: messageOf(error) });
  }

  outcome(): RunOutcome {
    return { records: this.#collector.records, journal: this.#journal, isTurnedBack: this.#isTurnedBack };
  }

  async through(before: RegionStatus): Promise<void> {
    const { document, ratePerSecond, seed, az, capacity, commit } = this.#request;
    const settings = { ...before.settings, ...document.settings };
    if (!before.settings.rescue && document.settings.rescue === undefined) this.#watch.onTold?.(`The rescue of the balancers was switched off before; "${commandText('heal')}" turns it on again.`);
    const phases = phaseLengths(document, ratePerSecond);
    const region = await this.#api.region();
    this.#observer = new Observer(this.#api, region, this.#journal);
    this.note({ type: 'run.started', atMs: Date.now(), region: region.region, body: region.body, az, seed, ratePerSecond, settings, capacity, commit });
    const lack = headroomLack(document, capacity, ratePerSecond);
    if (lack !== null) throw new NotReady(lack, Date.now());
    if (Object.keys(document.settings).length > 0) await this.#api.settings(document.settings);
    await this.#makeGiven();
    // The observer first: it begins whatever the customers answer, and is stopped only once it has begun.
    await this.#observer.start();
    await this.#collector.start();
    this.#enter('warm');
    const { records } = this.#collector;
    await warmUp({ api: this.#api, request: this.#request, records, ratePerSecondBefore: before.customers?.ratePerSecond ?? 0, wait: (ms) => this.#wait(ms) }, phases.warmMs);
    this.#baselineMs = this.#enter('baseline');
    this.#guard.watchFrom(this.#baselineMs);
    await this.#wait(phases.baselineMs);
    // The judge asks the same of the same moment.
    const askedMs = Date.now();
    this.#requireSteady({ fromMs: this.#baselineMs, toMs: askedMs });
    this.#enter('fault', askedMs);
    await this.#strike();
    await this.#wait(phases.faultMs);
    this.#enter('recovery');
    const restoredMs = await this.#heal();
    if (document.until === 'balanced') await this.#untilBalanced(restoredMs, phases.recoveryMs);
    else await this.#wait(phases.recoveryMs);
    this.#endMs = this.#enter('settling');
    await this.#wait(SETTLE_MS);
    await this.#healGiven();
    this.#guard.stop();
    if (document.given.length > 0 && document.until === 'balanced') await this.#untilAtHome(Date.now(), AT_HOME_MS_MAX);
  }

  /** Never rejects: what stays broken is in the journal, of what cannot be turned back somebody is told. */
  async putBack(before: RegionStatus): Promise<void> {
    const endMs = this.#endMs ?? Date.now();
    this.#guard.stop();
    await Promise.all([this.#healFaultIfAny(), this.#healGiven()]);
    await this.#collector.stop().catch((error: unknown) => this.#lost(`the last records (${messageOf(error)})`));
    if (this.#collector.lost) this.#lost('the customers overwrote records before they were read, or were restarted');
    await this.#observer?.stop();
    this.note({ type: 'run.ended', atMs: endMs });
    const turned = Object.keys(this.#request.document.settings);
    if (turned.length > 0) await this.#turnBack(`the switches (${turned.join(', ')})`, () => this.#api.settings(Object.fromEntries(turned.map((name) => [name, null]))));
    const { customers } = before;
    if (customers !== null) await this.#turnBack(`the customers (${customers.ratePerSecond} orders/s)`, () => this.#api.traffic({ ratePerSecond: customers.ratePerSecond, arm: customers.arm }));
  }

  async #turnBack(what: string, act: () => Promise<unknown>): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await act();
        return;
      } catch (error) {
        if (attempt < TURN_BACK_TRIES) await pause(TURN_BACK_PAUSE_MS);
        else {
          this.#isTurnedBack = false;
          return this.#watch.onTold?.(`${what} could not be turned back to what they were: ${messageOf(error)}`);
        }
      }
    }
  }

  #enter(phase: RunView['phase'], atMs = Date.now()): number {
    if (phase !== 'settling') this.note({ type: 'phase.started', atMs, phase });
    this.#watch.onView?.({ phase, phaseStartedMs: atMs, request: this.#request, records: this.#collector.records, baselineMs: this.#baselineMs });
    return atMs;
  }

  async #makeGiven(): Promise<void> {
    const { document, az } = this.#request;
    for (const given of document.given) {
      this.#signal.throwIfAborted();
      const stated = statedFault(given, az);
      const onLost = (reason: string): void => this.note({ type: 'given.lost', atMs: Date.now(), target: stated.target, reason });
      const held = await HeldFault.make(this.#api, stated, { run: `${document.id} ${az}`, reason: `given by experiment ${document.id}` }, onLost);
      this.#given.push(held);
      const { id, verb, target, detail, members } = held.fault;
      this.note({ type: 'given.made', atMs: Date.now(), id, verb, target, detail, members });
    }
  }

  async #strike(): Promise<void> {
    const { document, az } = this.#request;
    const onLost = (reason: string): void => this.note({ type: 'fault.lost', atMs: Date.now(), reason });
    this.#fault = await HeldFault.make(this.#api, statedFault(document.fault, az), { run: `${document.id} ${az}`, reason: `experiment ${document.id}` }, onLost);
    const { id, verb, target, detail, members, startedMs, skewMs } = this.#fault.fault;
    this.note({ type: 'fault.injected', atMs: Date.now(), startedMs, skewMs, id, verb, target, detail, members });
  }

  /** @throws NotReady, before anything is broken but what is given */
  #requireSteady(baseline: Interval): void {
    const broken = unsteady(hypothesisResults(this.#request.document, this.#collector.records, baseline));
    if (broken.length > 0) throw new NotReady(broken.map(({ text }) => text).join(' '), baseline.toMs);
  }

  /** When everything ran again, wall clock. Rejects when the injector still refuses after some tries. */
  async #heal(): Promise<number> {
    const answer = await (this.#fault as HeldFault).heal();
    this.#fault = null;
    if (answer === null) return Date.now();
    const { healed, remains, acknowledgedMs, atMs } = answer;
    this.note({ type: 'fault.healed', acknowledgedMs, atMs, healed, remains });
    return atMs;
  }

  async #healFaultIfAny(): Promise<void> {
    if (this.#fault !== null) await this.#heal().catch((error: unknown) => this.#lost(`the fault could not be healed (${messageOf(error)})`));
  }

  /** All at once, as far as it goes: what one cannot heal must not keep the others broken. */
  async #healGiven(): Promise<void> {
    await Promise.all(this.#given.splice(0).map(async (held) => {
      const { target } = held.fault;
      try {
        const answer = await held.heal();
        if (answer !== null) this.note({ type: 'given.healed', ...answer, target });
      } catch (error) {
        this.#lost(`what was done to ${target} beforehand could not be healed (${messageOf(error)})`);
      }
    }));
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

  /** Whoever runs on this region next wants its kitchens back in use; the run itself is over, and who stops it now ends this alone. */
  async #untilAtHome(sinceMs: number, atMostMs: number): Promise<void> {
    while (Date.now() < sinceMs + atMostMs && !this.#signal.aborted) {
      if (bakesAtHome(this.#collector.records, this.#request.az, sinceMs)) return;
      await pause(BALANCE_CHECK_MS, this.#signal);
    }
  }

  #lost(what: string): void {
    this.note({ type: 'evidence.lost', atMs: Date.now(), what });
  }

  /** Rejects when the run is to end before its time. */
  async #wait(ms: number): Promise<void> {
    await pause(ms, this.#signal);
    this.#signal.throwIfAborted();
  }
}

function whyStopped({ reason }: AbortSignal): string {
  if (reason instanceof RunStopped) return reason.message;
  return reason instanceof Error && reason.name === 'TimeoutError' ? 'when its time was up' : 'by hand';
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
