/**
 * One server under comparison with everything around it: its upstreams, its clients, its ports. It does a
 * step and says in one line what was seen; equal lines mean equal behaviour. What differs by nature is taken
 * out here, on both sides alike: ports, request ids, the wording of a parser, a resolver's address.
 */
import { createServer, connect as dial, type Server } from 'node:net';
import { once } from 'node:events';
import type { ServerProcess } from '../reference/server-process.ts';
import type { BetweenMs, CallStep, Step } from './case.ts';
import { call, type Answer } from './http-call.ts';
import { Symbols } from './symbols.ts';
import { TcpEnd } from './tcp-end.ts';
import { pattern, startUpstreams, type Upstreams } from './upstreams.ts';

const ANSWER_MS_MAX = 2_000;
const WAIT_MS = 1_500;
const SURVEY_MS = 250;
/** Below the system's ephemeral range, from which a client's own end might take a port first. */
const PORTS = { first: 22_600, count: 8_000 };

export interface Observation {
  /** What is compared. */
  text: string;
  /** Since the last thing done; only for messages. */
  afterMs: number;
}

export class World {
  readonly symbols = new Symbols();
  readonly #start: () => Promise<ServerProcess>;
  #server: ServerProcess;
  readonly #upstreams: Upstreams;
  readonly #taken: Server;
  readonly #clients = new Map<string, TcpEnd[]>();
  readonly #surveys = new Map<string, string>();
  /** Ports of this case: each gets its own, because counters of a server outlive its proxies. */
  readonly #lent = new Set<string>();
  #markMs = 0;

  private constructor(start: () => Promise<ServerProcess>, server: ServerProcess, upstreams: Upstreams, taken: Server) {
    this.#start = start;
    this.#server = server;
    this.#upstreams = upstreams;
    this.#taken = taken;
    for (const [name, port] of Object.entries(upstreams.ports)) this.symbols.set(name, port);
  }

  /** `start` is asked for another server whenever one died, hangs or cannot be cleared. */
  static async around(start: () => Promise<ServerProcess>): Promise<World> {
    const taken = createServer();
    const takenPort = await listenSomewhere(taken);
    const world = new World(start, await start(), await startUpstreams(), taken);
    world.symbols.set('port taken', takenPort);
    world.symbols.set('dead', await freeListenPort());
    return world;
  }

  get server(): ServerProcess {
    return this.#server;
  }

  /** Another process in the place of this one. */
  async restart(): Promise<void> {
    await this.#server.close();
    this.#server = await this.#start();
  }

  /** No proxies, no clients: as at the start of a case. */
  async clear(): Promise<void> {
    for (const ends of this.#clients.values()) for (const end of ends) end.socket.destroy();
    this.#clients.clear();
    this.#surveys.clear();
    this.symbols.forgetChosen();
    for (const name of this.#lent) this.symbols.forget(name);
    this.#lent.clear();
    this.#upstreams.forget();
    await Promise.all((await this.#names()).map((name) => this.#send({ call: `DELETE /proxies/${encodeURIComponent(name)}` })));
    // A name with a "/" can be created and never be addressed.
    if ((await this.#names()).length > 0) await this.restart();
  }

  async #names(): Promise<string[]> {
    return Object.keys(JSON.parse((await this.#send({ call: 'GET /proxies' })).body) as object);
  }

  async close(): Promise<void> {
    for (const ends of this.#clients.values()) for (const end of ends) end.socket.destroy();
    this.#taken.close();
    await Promise.all([this.#server.close(), this.#upstreams.close()]);
  }

  async run(step: Step): Promise<Observation> {
    const text = await this.#observe(step);
    return { text: this.symbols.abstract(text), afterMs: performance.now() - this.#markMs };
  }

  async #observe(step: Step): Promise<string> {
    if ('call' in step) return this.#call(step);
    if ('connect' in step) return this.#connect(step);
    if ('send' in step) return this.#act(step.send, (end) => end.socket.write(step.text ?? pattern(step.bytes ?? 1)));
    if ('finish' in step) return this.#act(step.finish, (end) => end.socket.end());
    if ('drop' in step) return this.#act(step.drop, (end) => end.socket.destroy());
    if ('receives' in step) {
      const end = this.#client(step.receives);
      await end.until(({ held, ending }) => held >= step.bytes || ending !== 'open', step.waitMs ?? WAIT_MS);
      return `${end.take(step.bytes)}${this.#timing(step.betweenMs)}`;
    }
    if ('upstream' in step) return this.#upstream(step);
    if ('ends' in step) return this.#ending(this.#client(step.ends), step.waitMs, step.betweenMs);
    if ('survey' in step) return this.#survey(step.survey, step.show ?? 'share');
    if ('metrics' in step) return this.#metrics(step.metrics, step.show);
    await new Promise((resolve) => setTimeout(resolve, step.waitMs));
    return 'waited';
  }

  async #call(step: CallStep): Promise<string> {
    await this.#preparePorts(`${step.call} ${bodyText(step.body) ?? ''}`);
    const beganMs = performance.now();
    let answer: Answer;
    try {
      answer = await this.#send(step);
    } catch (error) {
      this.#markMs = performance.now();
      return `no answer: ${error instanceof Error && error.message.startsWith('silent') ? error.message : 'the connection broke'}`;
    }
    this.#markMs = performance.now();
    const timing = step.betweenMs === undefined ? '' : ` ${place(this.#markMs - beganMs, step.betweenMs)}`;
    if (step.statusOnly === true) return `${answer.status}${timing}`;
    const headers = Object.entries(answer.headers).map(([name, value]) => `${name}: ${value}`).join(', ');
    return `${answer.status} {${headers}} ${JSON.stringify(normalised(answer.body))}${timing}`;
  }

  #send(step: CallStep): Promise<Answer> {
    const [method = '', path = ''] = step.call.split(/ (.*)/s);
    const body = bodyText(step.body);
    return call({
      host: this.#server.host,
      port: this.#server.port,
      method,
      path: this.symbols.fill(path),
      headers: step.headers ?? {},
      body: body === null ? null : this.symbols.fill(body),
      timeoutMs: ANSWER_MS_MAX,
    });
  }

  async #connect({ connect: name, to, count = 1 }: Extract<Step, { connect: unknown }>): Promise<string> {
    await this.#preparePorts(to);
    const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(this.symbols.fill(to)) ?? [];
    const ends: TcpEnd[] = [];
    for (let i = 0; i < count; i++) {
      const socket = dial({ host: host.replaceAll(/[[\]]/g, ''), port: Number(port), allowHalfOpen: true, noDelay: true });
      const end = new TcpEnd(socket);
      const isUp = await new Promise<boolean>((resolve) => socket.once('connect', () => resolve(true)).once('close', () => resolve(false)));
      if (!isUp) return 'refused';
      ends.push(end);
    }
    this.#clients.set(name, ends);
    this.#markMs = performance.now();
    return 'connected';
  }

  #act(name: string, act: (end: TcpEnd) => void): string {
    this.#markMs = performance.now();
    for (const end of this.#clients.get(name) ?? []) act(end);
    return 'done';
  }

  async #upstream(step: Extract<Step, { upstream: unknown }>): Promise<string> {
    // The server may still be on its way there.
    for (let i = 0; i < 50 && this.#upstreams.newest(step.upstream) === undefined; i++) await new Promise((resolve) => setTimeout(resolve, 10));
    const end = this.#upstreams.newest(step.upstream);
    if (end === undefined) return 'nobody came';
    if ('ends' in step) return this.#ending(end, step.waitMs, step.betweenMs);
    await end.until(({ held, ending }) => held >= step.hasGot || ending !== 'open', step.waitMs ?? WAIT_MS);
    return end.take(Math.max(step.hasGot, 1));
  }

  async #ending(end: TcpEnd, waitMs = WAIT_MS, betweenMs?: BetweenMs): Promise<string> {
    await end.until(({ ending }) => ending !== 'open', waitMs);
    return end.ending === 'open' ? 'open' : `${end.ending}${this.#timing(betweenMs)}`;
  }

  async #survey(name: string, show: 'share' | 'places' | 'change'): Promise<string> {
    const ends = this.#clients.get(name) ?? [];
    const before = ends.map((end) => end.total);
    for (const end of ends) end.socket.write('?');
    await new Promise((resolve) => setTimeout(resolve, SURVEY_MS));
    const answered = ends.map((end, i) => (end.total > (before[i] ?? 0) ? '1' : '0')).join('');
    const last = this.#surveys.get(name);
    this.#surveys.set(name, answered);
    if (show === 'places') return answered;
    if (show === 'change') return answered === last ? 'the same ones' : 'other ones';
    return answered.includes('0') ? (answered.includes('1') ? 'some' : 'none') : 'all';
  }

  async #metrics(names: string, show: 'samples' | 'names'): Promise<string> {
    const { status, body } = await this.#send({ call: 'GET /metrics' });
    const pattern = new RegExp(this.symbols.fill(names));
    const lines = body.split('\n').filter((line) => line !== '' && !line.startsWith('#') && pattern.test(line));
    const shown = show === 'names' ? [...new Set(lines.map((line) => line.split(/[{ ]/)[0] ?? ''))] : lines;
    return `${status} ${shown.toSorted().join('; ')}`;
  }

  #timing(betweenMs: BetweenMs | undefined): string {
    return betweenMs === undefined ? '' : ` ${place(performance.now() - this.#markMs, betweenMs)}`;
  }

  #client(name: string): TcpEnd {
    const [end] = this.#clients.get(name) ?? [];
    if (end === undefined) throw new Error(`the case reads from "${name}", which never connected`);
    return end;
  }

  async #preparePorts(text: string): Promise<void> {
    for (const [, name = ''] of text.matchAll(/<(port \w+)>/g)) {
      if (this.symbols.has(name)) continue;
      this.symbols.set(name, await freeListenPort());
      this.#lent.add(name);
    }
  }
}

function bodyText(body: unknown): string | null {
  if (body === undefined) return null;
  return typeof body === 'string' ? body : JSON.stringify(body);
}

const UNESCAPED: Readonly<Record<string, string>> = { '\\u003c': '<', '\\u003e': '>', '\\u0026': '&', '\\u2028': '\u2028', '\\u2029': '\u2029' };

/** Go's parser and resolver have words of their own, of which only the prefix is part of the protocol; and it escapes some characters that JSON need not. */
function normalised(body: string): string {
  const plain = body.replaceAll(/\\u(?:003[ce]|0026|202[89])/g, (escape) => UNESCAPED[escape] ?? escape);
  return plain.replace(/("error":"bad request body: )(?!EOF")(?:[^"\\]|\\.)*"/, '$1<detail>"').replaceAll(/lookup (\S+) on \S+: /g, 'lookup $1: ');
}

function place(ms: number, [min, max]: BetweenMs): string {
  return ms < min ? 'early' : ms > max ? 'late' : 'in time';
}

let next = Math.floor(Math.random() * PORTS.count);

async function freeListenPort(): Promise<number> {
  const server = createServer();
  const port = await listenSomewhere(server);
  server.close();
  await once(server, 'close');
  return port;
}

async function listenSomewhere(server: Server): Promise<number> {
  for (let attempt = 0; attempt < PORTS.count; attempt++) {
    const port = PORTS.first + (next++ % PORTS.count);
    const isFree = await new Promise<boolean>((resolve) => {
      server.once('error', () => resolve(false));
      server.listen(port, '127.0.0.1', () => resolve(true));
    });
    if (isFree) return port;
  }
  throw new Error('no free port between 22600 and 30600 on 127.0.0.1');
}
