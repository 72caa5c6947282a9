/**
 * The embedded body: every program of the region is a child process on 127.0.0.1. Its parent is the
 * injector, so the parent's death is the region's; see `watchdog.ts`.
 */
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Endpoint, Region } from '#contracts/region.ts';
import type { Acted, ComponentState, Driver, StartOptions, Usage } from '../../driver.ts';
import { readyQuestions } from '../../readiness.ts';
import { startOrder } from '../../start-order.ts';
import { Program } from './program.ts';
import { Watchdog } from './watchdog.ts';

const CPU_SAMPLE_MS = 2000;
const DRAIN_LIMIT_MS = 6000;

/** What a child inherits: enough to run Node, nothing that would change what the description says. */
const INHERITED = ['PATH', 'HOME', 'TMPDIR', 'LANG', 'TZ', 'LOG_LEVEL'];

/** What the parent process does itself in this body. */
const PARENTS_WORK: readonly string[] = ['injector', 'region'];

export interface EmbeddedDriverOptions {
  region: Region;
  /** `region.json` as the programs read it. */
  regionFile: string;
  /** Root of the checkout; programs are relative to it. */
  root: string;
  logFolder: string;
  /** Where Node keeps compiled code between starts: a third less processor time to boot, and some 15 MiB less memory for each program. */
  compileCache: string;
  version: string;
  /** What a program is told beside its description, by whoever starts the region. */
  toldOf?: (endpoint: Endpoint) => NodeJS.ProcessEnv;
  /** One sentence per program that ended and should not have. */
  onDeath: (text: string, name: string) => void;
}

export class EmbeddedDriver implements Driver {
  readonly body = 'embedded' as const;
  readonly leavesOut: readonly { name: string; reason: string }[];
  readonly restartsAtOnce: number;
  readonly detachRefusal = 'its programs are processes of this machine, and none has a network of its own to leave';
  readonly #programs = new Map<string, Program>();
  readonly #endpoints: Endpoint[];
  readonly #watchdog = new Watchdog();
  readonly #sampler: NodeJS.Timeout;
  #closing: Promise<void> | null = null;

  /** Throws the file system's error when the log folder cannot be made. Starts nothing but the watchdog. */
  constructor(options: EmbeddedDriverOptions) {
    mkdirSync(options.logFolder, { recursive: true });
    const { endpoints } = options.region;
    const members = endpoints.filter((endpoint) => !PARENTS_WORK.includes(endpoint.role));
    this.#endpoints = members.filter((endpoint) => endpoint.program !== null);
    this.leavesOut = members
      .filter((endpoint) => endpoint.program === null)
      .map(({ name }) => ({ name, reason: 'it is a container image, and this body has no containers' }));
    const canRestorePriority = this.#watchdog.canRestorePriority();
    this.restartsAtOnce = canRestorePriority ? 2 : 1;
    for (const endpoint of this.#endpoints) {
      const logFile = join(options.logFolder, `${endpoint.name}.log`);
      const program = new Program({
        name: endpoint.name,
        questions: readyQuestions(options.region, endpoint),
        file: resolve(options.root, endpoint.program ?? ''),
        cwd: options.root,
        env: environment(endpoint, options),
        logFile,
        watchdog: this.#watchdog,
        canRestorePriority,
        onDeath: (name, death) => options.onDeath(`${name} ${death}; its log: ${logFile}`, name),
      });
      this.#programs.set(endpoint.name, program);
    }
    this.#sampler = setInterval(() => this.#sample(), CPU_SAMPLE_MS);
    this.#sampler.unref();
  }

  /** Its programs are seen whenever they are asked for. */
  async look(): Promise<null> {
    return null;
  }

  components(): ComponentState[] {
    return [...this.#programs.values()].map((program) => program.inspect());
  }

  start(name: string, options: StartOptions = {}): Promise<void> {
    if (this.#closing !== null) return Promise.reject(new Error('the region is stopping'));
    return this.#program(name).start(options);
  }

  kill(name: string): Promise<Acted> {
    return this.#program(name).kill();
  }

  freeze(name: string): Promise<Acted> {
    return this.#program(name).freeze();
  }

  thaw(name: string): Promise<Acted> {
    return this.#program(name).thaw();
  }

  /** @throws Error always: see {@link EmbeddedDriver.detachRefusal} */
  async detach(): Promise<Acted> {
    throw new Error(this.detachRefusal);
  }

  differences(): string[] {
    return [];
  }

  async usage(): Promise<Map<string, Usage>> {
    this.#sample();
    const entries = [...this.#programs].map(async ([name, program]) => [name, await program.usage()] as const);
    return new Map(await Promise.all(entries));
  }

  async close(options: { hard?: boolean } = {}): Promise<void> {
    if (options.hard === true) {
      this.#closing ??= Promise.resolve();
      await Promise.all([...this.#programs.values()].map((program) => program.kill()));
    } else {
      this.#closing ??= this.#drain();
    }
    await this.#closing;
    clearInterval(this.#sampler);
    for (const program of this.#programs.values()) program.closeLog();
    this.#watchdog.close();
  }

  /** Whoever sends goes first, so that nobody finds the next hop closed: customers, and the controller, which heals what its run broke, then everything else at once, then the links between. */
  async #drain(): Promise<void> {
    const inOrder = startOrder(this.#endpoints).reverse();
    for (const turn of [0, 1, 2]) {
      const group = inOrder.filter((endpoint) => drainTurn(endpoint) === turn);
      await Promise.all(group.map(({ name }) => this.#program(name).drain(DRAIN_LIMIT_MS)));
    }
  }

  #sample(): void {
    const nowMs = performance.now();
    for (const program of this.#programs.values()) program.sampleCpu(nowMs);
  }

  #program(name: string): Program {
    const program = this.#programs.get(name);
    if (program === undefined) throw new RangeError(`the embedded body has no component "${name}"`);
    return program;
  }
}

function drainTurn({ role }: Endpoint): 0 | 1 | 2 {
  if (role === 'customers' || role === 'controller') return 0;
  return role === 'link' ? 2 : 1;
}

function environment(endpoint: Endpoint, options: EmbeddedDriverOptions): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = {};
  for (const name of INHERITED) if (process.env[name] !== undefined) env[name] = process.env[name];
  return {
    ...env,
    NODE_COMPILE_CACHE: options.compileCache,
    AZIMUTH_VERSION: options.version,
    ...endpoint.environment,
    ...options.toldOf?.(endpoint),
    AZIMUTH_REGION_FILE: options.regionFile,
    AZIMUTH_INSTANCE: endpoint.name,
  };
}
