/**
 * One component of the embedded region: a Node process that leads a session of its own (Ctrl-C in the
 * terminal reaches the parent alone, which then drains) and is guarded by the watchdog from birth to burial.
 * What somebody else does to it (`kill -9` by hand, a crash) is seen and reported, not repaired: a dead
 * replica stays dead until it is healed, as a killed container does.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import type { ComponentStatus } from '#contracts/region-status.ts';
import { StartFailure, type Acted, type ComponentState, type StartOptions, type Usage } from '../../driver.ts';
import { waitUntilReady, type ReadyQuestion } from '../../readiness.ts';
import { CpuShare } from '../cpu-share.ts';
import { lowerPriority, restoreFirstThread, restorePriority } from './priority.ts';
import { RotatingLog } from './rotating-log.ts';
import { proportionalSetSize, sampleProcess } from './usage.ts';
import type { Watchdog } from './watchdog.ts';

/**
 * Small generations: by default each of some twenty programs keeps up to 48 MiB of a young one and lets the
 * old one grow fourfold between collections (2.1 GiB for the fleet after some minutes at peak). Smaller ones
 * still cost: at 4 and 192 MiB the front door collects its old generation every 3 s.
 */
const NODE_FLAGS = ['--max-semi-space-size=8', '--max-old-space-size=320', '--disable-warning=ExperimentalWarning', '--import', import.meta.resolve('./keep-compiled.ts')];
const READY_LIMIT_MS = 30_000;
/** A thawed program has every timer that it missed to work off. */
const THAWED_LIMIT_MS = 5000;
const LAST_WORDS_MS = 500;
/** Under traffic the code of a program that has just started is compiled by then. */
const COMPILED_MS = 60_000;

export interface ProgramOptions {
  /** Endpoint name. */
  name: string;
  /** Whether it serves. */
  questions: readonly ReadyQuestion[];
  /** Absolute path of the program. */
  file: string;
  cwd: string;
  env: NodeJS.ProcessEnv;
  logFile: string;
  watchdog: Watchdog;
  canRestorePriority: boolean;
  /** It ended and nobody here had asked it to. */
  onDeath: (name: string, death: string) => void;
}

export class Program {
  readonly name: string;
  readonly #options: ProgramOptions;
  readonly #log: RotatingLog;
  readonly #cpu = new CpuShare();
  #child: ChildProcess | null = null;
  #gone: Promise<void> = Promise.resolve();
  #state: ComponentStatus['state'] = 'dead';
  #death: string | null = null;
  #starting: Promise<void> | null = null;
  #expected = false;
  #compiled: NodeJS.Timeout | undefined;

  constructor(options: ProgramOptions) {
    this.name = options.name;
    this.#options = options;
    this.#log = new RotatingLog(options.logFile);
  }

  inspect(): ComponentState {
    return { name: this.name, state: this.#observe(), pid: this.#child?.pid ?? null, death: this.#death };
  }

  start(options: StartOptions): Promise<void> {
    if (this.#starting !== null) return this.#starting;
    if (this.#child !== null) return Promise.resolve();
    this.#starting = this.#boot(options.gently === true).finally(() => {
      this.#starting = null;
    });
    return this.#starting;
  }

  /** SIGKILL to the whole group. */
  async kill(): Promise<Acted> {
    this.#expected = true;
    const acted = this.#signal('SIGKILL');
    await this.#gone;
    return acted;
  }

  async freeze(): Promise<Acted> {
    const acted = this.#signal('SIGSTOP');
    if (this.#state === 'running') this.#state = 'frozen';
    return acted;
  }

  /** The signal goes to everything that lives: a platform that cannot tell who is stopped is no reason to leave one stopped. */
  async thaw(): Promise<Acted> {
    const wasFrozen = this.#observe() === 'frozen';
    const acted = this.#signal('SIGCONT');
    if (!wasFrozen) return acted;
    this.#state = 'running';
    const answer = await waitUntilReady(this.#options.questions, THAWED_LIMIT_MS, new AbortController().signal);
    if (answer !== null) throw new Error(`goes on but ${answer}`);
    return acted;
  }

  /** Asks it to finish what it has in flight; kills it when it has not done so within `limitMs`. */
  async drain(limitMs: number): Promise<void> {
    if (this.#child === null) return;
    this.#expected = true;
    this.#signal('SIGTERM');
    // A stopped process takes SIGTERM only once it goes on.
    this.#signal('SIGCONT');
    const timer = setTimeout(() => this.#signal('SIGKILL'), limitMs);
    await this.#gone;
    clearTimeout(timer);
  }

  sampleCpu(nowMs: number): void {
    const sample = this.#child?.pid === undefined ? null : sampleProcess(this.#child.pid);
    if (sample !== null) this.#cpu.add(sample.cpuSeconds, nowMs);
  }

  async usage(): Promise<Usage> {
    const pid = this.#child?.pid;
    if (pid === undefined) return { memoryBytes: null, memoryLimitBytes: null, cpuShare: null };
    return { memoryBytes: await proportionalSetSize(pid), memoryLimitBytes: null, cpuShare: this.#cpu.value() };
  }

  closeLog(): void {
    this.#log.close();
  }

  /** A process that others stopped or let go on is seen where the platform tells. */
  #observe(): ComponentStatus['state'] {
    if (this.#state !== 'running' && this.#state !== 'frozen') return this.#state;
    const sample = this.#child?.pid === undefined ? null : sampleProcess(this.#child.pid);
    if (sample !== null) this.#state = sample.state === 'T' ? 'frozen' : 'running';
    return this.#state;
  }

  async #boot(gently: boolean): Promise<void> {
    this.#state = 'starting';
    this.#death = null;
    this.#expected = false;
    this.#log.clearTail();
    const ended = new AbortController();
    const closed = this.#spawn(ended);
    const pid = this.#child?.pid;
    const isGentle = gently && this.#options.canRestorePriority && pid !== undefined && lowerPriority(pid);
    const answer = await waitUntilReady(this.#options.questions, READY_LIMIT_MS, ended.signal);
    if (isGentle && this.#child !== null) {
      restoreFirstThread(pid);
      this.#compiled = setTimeout(() => restorePriority(pid), COMPILED_MS).unref();
    }
    if (this.#child !== null) {
      this.#state = 'running';
      if (answer === null) return;
      // It lives, and may only be waiting for others that are dead: whoever asked decides.
      throw new StartFailure(this.name, `was not ready within ${READY_LIMIT_MS / 1000} s: it ${answer}`, this.#log.tail());
    }
    // The last lines may still be in the pipe when the process is gone.
    await Promise.race([closed, new Promise((resolve) => setTimeout(resolve, LAST_WORDS_MS).unref())]);
    throw new StartFailure(this.name, this.#death ?? 'was killed while it started', this.#log.tail());
  }

  /** Resolves when the process is gone and its output is read. */
  #spawn(ended: AbortController): Promise<void> {
    const { file, cwd, env, watchdog } = this.#options;
    const child = spawn(process.execPath, [...NODE_FLAGS, file], { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    const pid = child.pid;
    this.#child = child;
    if (pid !== undefined) watchdog.guard(pid);
    this.#log.take(child.stdout);
    this.#log.take(child.stderr);
    this.#gone = new Promise((resolve) => {
      const bury = (death: string): void => {
        if (this.#child !== child) return;
        if (pid !== undefined) watchdog.release(pid);
        const surprising = this.#state !== 'starting' && !this.#expected;
        this.#child = null;
        // Its number may be another's by then.
        clearTimeout(this.#compiled);
        this.#state = 'dead';
        this.#death = this.#expected ? null : death;
        this.#cpu.clear();
        ended.abort();
        resolve();
        if (surprising) this.#options.onDeath(this.name, death);
      };
      child.once('exit', (code, signal) => bury(signal === null ? `ended with exit code ${code}` : `was ended by ${signal}`));
      child.once('error', (error) => {
        if (pid === undefined) bury(`could not be started: ${error.message}`);
      });
    });
    return new Promise((resolve) => child.once('close', () => resolve()));
  }

  #signal(signal: 'SIGKILL' | 'SIGSTOP' | 'SIGCONT' | 'SIGTERM'): Acted {
    const pid = this.#child?.pid;
    const atMs = Date.now();
    if (pid !== undefined) {
      try {
        // Not yet reaped while `#child` is set, so the number cannot be another's.
        process.kill(-pid, signal);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
      }
    }
    return { atMs };
  }
}
