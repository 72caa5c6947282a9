/**
 * The runs of a region: asked for, followed, stopped, remembered. Which may begin and which are kept is decided by
 * `policy/run-registry.ts`; here are its clock, its journal and the runs themselves.
 */
import { AzimuthError } from '#contracts/errors.ts';
import type { Region } from '#contracts/region.ts';
import type { LastingRunEvent, Run, RunEvent, RunRequest, SearchRequest } from '#contracts/runs.ts';
import { createRunRegistry, stepRuns, underway, type RunRegistry, type RunRegistryAction, type RunRegistryEvent } from '#policy/run-registry.ts';
import type { Journal } from '../journal/journal-file.ts';
import { RunStopped } from '../experiments/run-request.ts';
import { EventLog } from './event-log.ts';
import { experimentWork } from './experiment-work.ts';
import type { ReportStore } from './report-store.ts';
import { RunInProgress, type RunEnded } from './run-in-progress.ts';
import type { KeptRun, RunJournalState, RunLine } from './run-journal.ts';
import type { RunDesk, RunWork } from './run-work.ts';
import { searchWork } from './search-work.ts';
import { turnBack } from './turn-back.ts';

const RUN_EVENTS_KEPT = 1000;
const STOPPED = { asked: new RunStopped('by hand'), alone: new RunStopped('because nobody followed it any more') } as const;

export interface RunKeeperOptions extends Pick<RunDesk, 'api' | 'tellVerdict'> {
  region: Region;
  journal: Journal<RunLine, RunJournalState>;
  reports: ReportStore;
  /** How many orders a rate must answer to hold in a search; by default as many as a knee is defined by. */
  probeOrders?: number;
  /** Marks the events of this process. */
  mark: string;
  /** Told of everything that lasts. */
  onEvent: (event: LastingRunEvent) => void;
}

export class RunKeeper {
  readonly #options: RunKeeperOptions;
  readonly #registry: RunRegistry;
  readonly #logs = new Map<string, EventLog<RunEvent>>();
  #current: RunInProgress | null = null;
  #alarm: NodeJS.Timeout | undefined;
  /** While something is still owed for an earlier run; null when nothing is, or it was given up. */
  #turnedBack: Promise<void> | null = null;
  /** Why the run that is being written down is to stop. */
  #stopReason: keyof typeof STOPPED | null = null;
  readonly #closing = new AbortController();

  /** What was under way when an earlier process went is ended now: its faults were leased, the switches that it turned and the rate that it set were not. */
  static async open(options: RunKeeperOptions): Promise<RunKeeper> {
    const { journal, reports } = options;
    for (const run of journal.state.runs.values()) {
      if (run.end !== null) continue;
      const owes = run.switches.length > 0 || run.customers !== null;
      const trouble = { state: 'ERROR' as const, message: 'The controller ended while it ran.', hint: 'What it had broken heals by itself within seconds. Run it again.' };
      // Where it cannot be written it is found open again at the next start.
      await journal.append({ type: 'ended', id: run.id, end: { endedMs: Date.now(), verdict: null, outcome: 'ERROR', trouble }, ...(owes ? { owes } : {}) }).catch(() => undefined);
    }
    // What cannot be read names no run; that is no reason to lose their reports.
    if (journal.trouble === null) reports.removeAllBut([...journal.state.runs.keys()]);
    return new RunKeeper(options);
  }

  private constructor(options: RunKeeperOptions) {
    this.#options = options;
    const { lastRun, runs } = options.journal.state;
    this.#registry = createRunRegistry(lastRun, [...runs.keys()]);
    const owing = [...runs.values()].filter(({ owes }) => owes);
    if (owing.length > 0) this.#owe(owing);
  }

  /** @throws AzimuthError AZ_RUN_UNDERWAY, AZ_RUN_NOT_RECORDED, AZ_STOPPING; nothing runs then */
  begin(request: RunRequest): Promise<Run> {
    return this.#begin(experimentWork(request, this.#options.region));
  }

  /** @throws AzimuthError as {@link begin} does */
  search(request: SearchRequest): Promise<Run> {
    return this.#begin(searchWork(request, this.#options.region, this.#options.probeOrders));
  }

  async #begin(work: RunWork): Promise<Run> {
    if (this.#closing.signal.aborted) throw new AzimuthError('AZ_STOPPING');
    this.#stopReason = null;
    const { about, switches } = work;
    const [decided] = this.#decide({ type: 'run.asked', attached: about.attached });
    if (decided?.type === 'refuse') throw new AzimuthError('AZ_RUN_UNDERWAY', this.#whoRuns(decided.under));
    const id = (decided as Extract<RunRegistryAction, { type: 'start' }>).id;
    try {
      await this.#options.journal.append({ type: 'asked', id, atMs: Date.now(), about, switches });
      // A disk takes its time: meanwhile this process may have been told to end, and the next start ends the run.
      if (this.#closing.signal.aborted) throw new AzimuthError('AZ_STOPPING');
    } catch (error) {
      this.#registry.runs.delete(id);
      throw error;
    }
    const log = new EventLog<RunEvent>(`${this.#options.mark}${id}`, RUN_EVENTS_KEPT);
    this.#logs.set(id, log);
    const { api, tellVerdict, reports, region, journal } = this.#options;
    const run = new RunInProgress(id, work, {
      api, tellVerdict, region: region.region, reportFolder: reports.folderOf(id), turnedBack: this.#turnedBack, emit: (event) => this.#tell(log, event),
      noteBefore: (customers) => journal.append({ type: 'ready', id, customers }),
      noteRates: (ratesPerSecond) => journal.append({ type: 'rated', id, ratesPerSecond }),
    });
    this.#current = run;
    // It was stopped, or left alone, before it was there to be told.
    if (this.#stopReason !== null) run.stop(STOPPED[this.#stopReason]);
    void run.ended.then((ended) => this.#finish(id, log, ended));
    return this.get(id);
  }

  /** Newest first. */
  list(): Run[] {
    return [...this.#options.journal.state.runs.values()].reverse().map((kept) => this.#view(kept));
  }

  /** @throws AzimuthError AZ_NOT_FOUND */
  get(id: string): Run {
    return this.#view(this.#require(id));
  }

  /** What it broke is healed first; one that has ended stays as it is. @throws AzimuthError AZ_NOT_FOUND */
  stop(id: string): Run {
    this.#require(id);
    this.#decide({ type: 'stop.asked', id });
    return this.get(id);
  }

  /** Of one of an earlier process its end alone is known. @returns ends it, once. @throws AzimuthError AZ_NOT_FOUND */
  follow(id: string): { log: EventLog<RunEvent>; isOver: boolean; left: () => void } {
    const { end } = this.#require(id);
    let log = this.#logs.get(id);
    if (log === undefined) {
      log = new EventLog<RunEvent>(`${this.#options.mark}${id}`, 1);
      if (end !== null) log.append({ type: 'run.ended', run: id, atMs: end.endedMs, end });
    }
    this.#decide({ type: 'listener.came', id });
    return { log, isOver: end !== null, left: () => void this.#decide({ type: 'listener.left', id }) };
  }

  /** Ends what runs and waits until it is healed, as long as whoever ends this process does. */
  async close(): Promise<void> {
    this.#closing.abort();
    clearTimeout(this.#alarm);
    this.#current?.stop(new RunStopped('because the controller was stopped'));
    // What is being turned back is written down as long as there is a journal to write in.
    await Promise.all([this.#current?.ended, this.#turnedBack]);
  }

  async #finish(id: string, log: EventLog<RunEvent>, { end, owes }: RunEnded): Promise<void> {
    this.#current = null;
    // It counts at once; where it cannot be written, a later start says that nobody knows.
    await this.#options.journal.append({ type: 'ended', id, end, ...(owes ? { owes } : {}) }).catch(() => undefined);
    const run = this.#options.journal.state.runs.get(id);
    if (owes && run !== undefined) this.#owe([run]);
    this.#decide({ type: 'run.ended', id });
    this.#tell(log, { type: 'run.ended', run: id, atMs: end.endedMs, end });
  }

  /** The next run waits for it. */
  #owe(owing: readonly KeptRun[]): void {
    this.#turnedBack = this.#turnBack(owing).finally(() => (this.#turnedBack = null));
  }

  async #turnBack(owing: readonly KeptRun[]): Promise<void> {
    const { api, journal } = this.#options;
    for (const run of owing) {
      if (await turnBack(api, run, this.#closing.signal)) await journal.append({ type: 'turned-back', id: run.id }).catch(() => undefined);
    }
  }

  #tell(log: EventLog<RunEvent>, event: RunEvent): void {
    log.append(event);
    if (event.type !== 'figures' && event.type !== 'probe.going') this.#options.onEvent(event);
  }

  #decide(event: RunRegistryEvent): RunRegistryAction[] {
    const { actions, wakeAtMs } = stepRuns(this.#registry, event, performance.now());
    clearTimeout(this.#alarm);
    if (wakeAtMs !== null) this.#alarm = setTimeout(() => this.#decide({ type: 'tick' }), Math.max(0, wakeAtMs - performance.now()) + 1);
    for (const action of actions) {
      if (action.type === 'stop') {
        this.#stopReason = action.reason;
        this.#current?.stop(STOPPED[action.reason]);
      }
      if (action.type === 'forget') this.#forget(action.id);
    }
    return actions;
  }

  #forget(id: string): void {
    this.#logs.delete(id);
    this.#options.reports.remove(id);
    void this.#options.journal.append({ type: 'forgotten', id }).catch(() => undefined);
  }

  #view({ id, askedMs, about, end }: KeptRun): Run {
    const state = end !== null ? 'ended' : (this.#registry.runs.get(id)?.state ?? 'ended');
    const now = this.#current?.id === id ? this.#current.now : null;
    return { id, state, ...about, askedMs, now, end, files: end === null ? [] : this.#options.reports.files(id) };
  }

  #require(id: string): KeptRun {
    const kept = this.#options.journal.state.runs.get(id);
    if (kept === undefined) throw new AzimuthError('AZ_NOT_FOUND', `no run ${id.slice(0, 20)}`);
    return kept;
  }

  #whoRuns(id: string): string {
    const kept = this.#options.journal.state.runs.get(id);
    if (kept === undefined) return id;
    const { experiment, azs } = kept.about;
    return `${id}: ${experiment} on ${azs.join(', ')}, for ${Math.round((Date.now() - kept.askedMs) / 1000)} s${underway(this.#registry)?.state === 'ending' ? ', and is ending' : ''}`;
  }
}
