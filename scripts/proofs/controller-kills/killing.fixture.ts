/** A region with a run and a controller, in the time of a test: the run tells its phases, dies with the controller, and its fault heals when its lease ends. */
import type { RunEnd, RunEvent } from '#contracts/runs.ts';
import { pause } from '#chaos/injector/pause.ts';
import type { Killing } from './one-kill.ts';
import type { Remains } from './until-whole.ts';

/** When a run's phases begin, milliseconds. */
const PHASES = [['warm', 0], ['baseline', 8000], ['fault', 28_000], ['recovery', 43_000]] as const;
const MADE_AFTER_MS = 400;
const ENDS_MS = 60_000;
const BACK_AFTER_MS = 800;

export class FakeKilling implements Killing {
  /** What was asked of it, in order. */
  readonly asked: string[] = [];
  /** How long a fault outlives its controller; Infinity for ever. */
  leaseMs = 10_000;
  /** How its runs end by themselves, and when; by default after everything. */
  endsBy: { atMs: number; outcome: RunEnd['outcome'] } = { atMs: ENDS_MS, outcome: 'PASS' };
  /** Where it cannot be killed. */
  refuses: Error | null = null;
  #runs = 0;
  #faultUntilMs = -Infinity;
  #backAtMs = -Infinity;
  #killed = new AbortController();

  ready(): Promise<void> {
    this.asked.push('ready');
    return Promise.resolve();
  }

  begin(): Promise<string> {
    this.#runs += 1;
    this.asked.push(`begin r${this.#runs}`);
    this.#killed = new AbortController();
    return Promise.resolve(`r${this.#runs}`);
  }

  async follow(run: string, signal: AbortSignal, onEvent: (event: RunEvent) => void): Promise<RunEnd> {
    const killed = this.#killed.signal;
    const either = AbortSignal.any([signal, killed]);
    const beganMs = performance.now();
    const until = (atMs: number): Promise<void> => pause(atMs - (performance.now() - beganMs), either);
    const tell = (event: object): void => onEvent({ run, az: 'az1', atMs: Date.now(), ...event } as RunEvent);
    for (const [phase, atMs] of [...PHASES, ['settling', this.endsBy.atMs]] as const) {
      await until(Math.min(atMs, this.endsBy.atMs));
      if (either.aborted || performance.now() - beganMs >= this.endsBy.atMs) break;
      tell({ type: 'phase.started', phase });
      if (phase === 'fault') {
        this.#faultUntilMs = Infinity;
        await until(atMs + MADE_AFTER_MS);
        if (!either.aborted) tell({ type: 'fault.injected' });
      }
      if (phase === 'recovery') {
        this.#faultUntilMs = performance.now();
        tell({ type: 'fault.healed', healed: ['az1-link'], remains: [] });
      }
    }
    if (killed.aborted) {
      await pause(BACK_AFTER_MS);
      return endOf('ERROR', null);
    }
    if (signal.aborted) {
      this.#faultUntilMs = performance.now();
      this.asked.push(`stopped ${run}`);
      return endOf('ABORTED', 'ABORTED');
    }
    return endOf(this.endsBy.outcome, this.endsBy.outcome);
  }

  kill(): Promise<void> {
    if (this.refuses !== null) return Promise.reject(this.refuses);
    this.asked.push('kill');
    if (this.#faultUntilMs === Infinity) this.#faultUntilMs = performance.now() + this.leaseMs;
    this.#backAtMs = performance.now() + BACK_AFTER_MS;
    this.#killed.abort();
    return Promise.resolve();
  }

  look(): Promise<Remains> {
    if (performance.now() < this.#backAtMs) return Promise.reject(new Error('connection refused'));
    const isBroken = performance.now() < this.#faultUntilMs;
    return Promise.resolve(isBroken ? { faults: [{ verb: 'freeze', target: 'az1' }], residue: [{ name: 'az1-link', reason: 'is frozen' }] } : { faults: [], residue: [] });
  }

  putBack(): Promise<void> {
    this.asked.push('put back');
    this.#faultUntilMs = -Infinity;
    return Promise.resolve();
  }
}

function endOf(outcome: RunEnd['outcome'], verdict: RunEnd['verdict']): RunEnd {
  return { endedMs: Date.now(), verdict, outcome, trouble: null };
}
