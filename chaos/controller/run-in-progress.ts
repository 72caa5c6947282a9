/** One run while it goes on: waits until an earlier one owes nothing, does its work, tells its events, and ends, if only with the reason why not. Never rejects. */
import type { Run, RunEnd, RunEvent } from '#contracts/runs.ts';
import { failureOf, type RunDesk, type RunWork } from './run-work.ts';

export interface RunSurroundings extends Omit<RunDesk, 'tell' | 'say' | 'enter'> {
  emit: (event: RunEvent) => void;
  /** Resolves when what an earlier run left is turned back, or given up; null where nothing is. It would be taken for what was before this run. */
  turnedBack: Promise<void> | null;
}

export interface RunEnded {
  end: RunEnd;
  /** What it turned is not as it was before. */
  owes: boolean;
}

export class RunInProgress {
  readonly id: string;
  /** Where it is. */
  now: Run['now'] = null;
  /** Resolves when everything is healed and the report is written. */
  readonly ended: Promise<RunEnded>;
  readonly #work: RunWork;
  readonly #around: RunSurroundings;
  readonly #stop = new AbortController();

  constructor(id: string, work: RunWork, around: RunSurroundings) {
    this.id = id;
    this.#work = work;
    this.#around = around;
    this.ended = this.#run();
  }

  /** @param reason as the reason of the run's signal */
  stop(reason: Error): void {
    this.#stop.abort(reason);
  }

  async #run(): Promise<RunEnded> {
    const { timeoutMs, about, execute } = this.#work;
    const desk = this.#desk();
    desk.tell({ type: 'run.started', about });
    const signal = timeoutMs === null ? this.#stop.signal : AbortSignal.any([this.#stop.signal, AbortSignal.timeout(timeoutMs)]);
    try {
      await this.#untilTurnedBack(desk, signal);
      const { owes, ...end } = await execute(desk, signal);
      return { end: { endedMs: Date.now(), ...end }, owes };
    } catch (error) {
      return { end: { endedMs: Date.now(), verdict: null, ...failureOf(error) }, owes: false };
    } finally {
      this.now = null;
    }
  }

  #desk(): RunDesk {
    const { emit, turnedBack: _turnedBack, ...around } = this.#around;
    const tell: RunDesk['tell'] = (event) => emit({ atMs: Date.now(), ...event, run: this.id } as RunEvent);
    return {
      ...around,
      tell,
      say: (text) => tell({ type: 'run.told', text }),
      enter: (now) => {
        this.now = now;
      },
    };
  }

  async #untilTurnedBack({ say }: RunDesk, signal: AbortSignal): Promise<void> {
    const { turnedBack } = this.#around;
    if (turnedBack === null) return;
    say('Waiting until what a run left that nobody could end is turned back.');
    const stopped = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    await Promise.race([turnedBack, stopped]);
  }
}
