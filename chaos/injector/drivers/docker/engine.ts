/**
 * The Docker engine as the driver needs it: a dozen calls over dockerode, which no other file knows. It guards against
 * the engine that hangs (every call is given up in the end) and against errors that do not say what was asked
 * of whom: each is one sentence.
 */
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import type { Endpoint } from '#contracts/region.ts';
import { readDetail, readSample, readSummary, type ContainerDetail, type ContainerSummary, type UsageSample } from './engine-answers.ts';
import { logLines } from './log-frames.ts';
import { TerseAgent } from './terse-agent.ts';

const LOOK_LIMIT_MS = 10_000;
/** It goes on with what is given up, and may do it when nobody expects it any more: better to wait as long as a machine without a processor to spare can take. */
const ACT_LIMIT_MS = 45_000;
/** Events after which a container may be in another state, or on another network. Health checks make none of them. */
const EVENTS = { type: ['container', 'network'] as ('container' | 'network')[], event: ['create', 'start', 'die', 'pause', 'unpause', 'destroy', 'connect', 'disconnect'] };

export class EngineFailure extends Error {
  /** `refused`: it answered with an error. `silent`: it did not answer in time. `unreachable`: nobody listens there. */
  readonly kind: 'refused' | 'silent' | 'unreachable';
  /** HTTP status of a refusal, else null. */
  readonly status: number | null;

  constructor(message: string, kind: EngineFailure['kind'], status: number | null) {
    super(message);
    this.name = 'EngineFailure';
    this.kind = kind;
    this.status = status;
  }
}

export interface EngineEvent {
  action: string;
  /** Container that it is about. */
  container: string;
}

export interface Follower {
  onOpen: () => void;
  onEvent: (event: EngineEvent) => void;
  onEnd: () => void;
}

export interface EngineOptions {
  /** Default: `DOCKER_HOST`, else /var/run/docker.sock. */
  socketPath?: string;
  /** Of a call that only looks. */
  lookLimitMs?: number;
  actLimitMs?: number;
}

/** A network of the description and what a container has there. */
export type Place = Endpoint['networks'][number];

/** Every call rejects with {@link EngineFailure}. Containers are named by id. */
export class Engine {
  readonly #docker: Docker;
  readonly #lookLimitMs: number;
  readonly #actLimitMs: number;

  constructor({ socketPath, lookLimitMs = LOOK_LIMIT_MS, actLimitMs = ACT_LIMIT_MS }: EngineOptions = {}) {
    // A connection for each call: one that was kept may have been closed by an engine that restarted.
    const agent = new TerseAgent({ keepAlive: false });
    const options = { agent, ...(socketPath === undefined ? {} : { socketPath }) };
    this.#docker = new Docker(options);
    this.#lookLimitMs = lookLimitMs;
    this.#actLimitMs = actLimitMs;
  }

  /** Every container of the Compose project, those that do not run included. */
  list(project: string): Promise<ContainerSummary[]> {
    const filters = { label: [`com.docker.compose.project=${project}`] };
    return this.#look('list the containers', async (abortSignal) => (await this.#docker.listContainers({ all: true, filters, abortSignal })).map(readSummary));
  }

  inspect(id: string): Promise<ContainerDetail> {
    return this.#look('inspect', async (abortSignal) => readDetail(await this.#docker.getContainer(id).inspect({ abortSignal })));
  }

  /** Nothing happens to one that runs. */
  start(id: string): Promise<void> {
    return this.#unless(304, this.#act('start', (abortSignal) => this.#docker.getContainer(id).start({ abortSignal })));
  }

  /** SIGKILL; answers when the engine has tidied up, long after the process is gone. Nothing happens to one that does not run. */
  kill(id: string): Promise<void> {
    return this.#unless(409, this.#act('kill', (abortSignal) => this.#docker.getContainer(id).kill({ signal: 'SIGKILL', abortSignal })));
  }

  /** Nothing happens to one that is paused or does not run. */
  pause(id: string): Promise<void> {
    return this.#unless(409, this.#act('pause', (abortSignal) => this.#docker.getContainer(id).pause({ abortSignal })));
  }

  unpause(id: string): Promise<void> {
    return this.#act('unpause', (abortSignal) => this.#docker.getContainer(id).unpause({ abortSignal }));
  }

  /** @param network as the engine knows it */
  connect(network: string, id: string, { address, aliases }: Omit<Place, 'name'>): Promise<void> {
    const EndpointConfig = { IPAMConfig: { IPv4Address: address }, Aliases: aliases };
    return this.#act(`connect to ${network}`, (abortSignal) => {
      const join = { Container: id, EndpointConfig, abortSignal };
      return this.#docker.getNetwork(network).connect(join);
    });
  }

  /** Also one that is paused. */
  disconnect(network: string, id: string): Promise<void> {
    return this.#act(`disconnect from ${network}`, (abortSignal) => {
      const leave = { Container: id, Force: true, abortSignal };
      return this.#docker.getNetwork(network).disconnect(leave);
    });
  }

  /** What it has used until now, in one look at its cgroup. */
  usage(id: string): Promise<UsageSample> {
    return this.#look('read the usage', async (abortSignal) => {
      const once = { stream: false as const, 'one-shot': true, abortSignal };
      return readSample(await this.#docker.getContainer(id).stats(once));
    });
  }

  /** The end of what it printed. */
  log(id: string, lines: number): Promise<string[]> {
    return this.#look('read the log', async (abortSignal) =>
      logLines(await this.#docker.getContainer(id).logs({ stdout: true, stderr: true, follow: false, tail: lines, abortSignal })));
  }

  /**
   * Calls `onEvent` for what happens to containers from `onOpen` on, those of others included, and `onEnd` once when the
   * stream ended or could not be had.
   * @returns ends it
   */
  follow({ onOpen, onEvent, onEnd }: Follower): () => void {
    const ended = new AbortController();
    const end = (): void => {
      if (ended.signal.aborted) return;
      ended.abort();
      onEnd();
    };
    this.#docker.getEvents({ filters: EVENTS, abortSignal: ended.signal }).then((stream) => {
      onOpen();
      readEvents(stream as Readable, onEvent, end);
    }, end);
    return () => ended.abort();
  }

  #look<T>(what: string, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
    return bounded(what, this.#lookLimitMs, call);
  }

  #act(what: string, call: (signal: AbortSignal) => Promise<unknown>): Promise<void> {
    return bounded(what, this.#actLimitMs, call).then(() => undefined);
  }

  async #unless(status: number, call: Promise<unknown>): Promise<void> {
    await call.catch((error: unknown) => {
      if (!(error instanceof EngineFailure) || error.status !== status) throw error;
    });
  }
}

async function bounded<T>(what: string, limitMs: number, call: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const signal = AbortSignal.timeout(limitMs);
  try {
    return await call(signal);
  } catch (error) {
    throw failureOf(error, what, signal.aborted ? limitMs : null);
  }
}

function readEvents(stream: Readable, onEvent: (event: EngineEvent) => void, end: () => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) {
      const event = readEvent(line);
      if (event !== null) onEvent(event);
    }
  });
  stream.on('error', end);
  stream.once('close', end);
}

/** Null for a line that is none. */
function readEvent(line: string): EngineEvent | null {
  try {
    const { Action, Type, Actor } = JSON.parse(line) as { Action?: string; Type?: string; Actor?: { ID?: string; Attributes?: Record<string, string> } };
    const container = Type === 'network' ? Actor?.Attributes?.['container'] : Actor?.ID;
    return Action === undefined || container === undefined ? null : { action: Action, container };
  } catch {
    return null;
  }
}

/** @param givenUpMs when the call was given up; null when it was not */
function failureOf(error: unknown, what: string, givenUpMs: number | null): EngineFailure {
  const { statusCode, json, code, message } = error as { statusCode?: number; json?: { message?: unknown }; code?: string; message?: string };
  if (givenUpMs !== null) return new EngineFailure(`Docker did not answer within ${givenUpMs / 1000} s: ${what}`, 'silent', null);
  if (statusCode !== undefined) {
    const why = typeof json?.message === 'string' ? json.message : (message ?? '').trim();
    return new EngineFailure(`Docker refuses to ${what}: ${why.slice(0, 300)}`, 'refused', statusCode);
  }
  return new EngineFailure(`Docker cannot be reached (${code ?? message ?? String(error)}): ${what}`, 'unreachable', null);
}
