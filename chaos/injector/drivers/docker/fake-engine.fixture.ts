/**
 * A Docker engine without containers, on a socket of its own: it answers as version 20.10 did when it was asked (what a
 * container keeps when it leaves a network, which call is refused in which state, when it says that a process ended),
 * and writes down what was asked. For tests of the driver over the real dockerode.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Endpoint, Region } from '#contracts/region.ts';

interface FakeContainer {
  id: string;
  labels: Record<string, string>;
  state: string;
  createdS: number;
  networks: Map<string, { address: string; aliases: string[]; live: boolean }>;
  exitCode: number;
  oomKilled: boolean;
  finishedAt: string;
  pid: number;
  cpuNs: number;
}

export class FakeEngine {
  readonly socketPath: string;
  readonly containers = new Map<string, FakeContainer>();
  /** `POST kill az1-link`, in the order of arrival; looks are `GET list`, `GET inspect …`. */
  readonly calls: string[] = [];
  /** Answers of these calls come late, milliseconds: `kill`. */
  readonly slow = new Map<string, number>();
  /** Answers of these calls wait for it: `kill`. */
  readonly held = new Map<string, Promise<void>>();
  /** These calls are never answered. */
  readonly silent = new Set<string>();
  /** These calls are refused, with a message: `start az1-kitchen-a`. */
  readonly refused = new Map<string, string>();
  readonly #folder: string;
  readonly #server: Server;
  readonly #listeners = new Set<ServerResponse>();
  readonly #region: string;

  private constructor(region: string) {
    this.#region = region;
    this.#folder = mkdtempSync(join(tmpdir(), 'engine-'));
    this.socketPath = join(this.#folder, 's');
    this.#server = createServer((request, response) => void this.#answer(request, response));
  }

  /** With a running container for every endpoint. */
  static async open({ region, endpoints }: Region): Promise<FakeEngine> {
    const engine = new FakeEngine(region);
    for (const endpoint of endpoints) engine.add(endpoint);
    await new Promise<void>((resolve) => engine.#server.listen(engine.socketPath, resolve));
    return engine;
  }

  add({ name, role, az, dc, service, networks }: Endpoint, labels: Record<string, string> = {}): FakeContainer {
    const own = { 'azimuth.role': role, 'azimuth.az': az, 'azimuth.dc': dc, 'azimuth.service': service };
    const container: FakeContainer = {
      id: `id-${name}`, state: 'running', createdS: 1_000_000 + this.containers.size, exitCode: 0, oomKilled: false, finishedAt: '0001-01-01T00:00:00Z', pid: 1000 + this.containers.size, cpuNs: 0,
      labels: {
        'com.docker.compose.project': this.#region, 'com.docker.compose.service': name, 'com.docker.compose.oneoff': 'False',
        ...Object.fromEntries(Object.entries(own).filter((entry): entry is [string, string] => entry[1] !== null)), ...labels,
      },
      networks: new Map(networks.map((at) => [`${this.#region}_${at.name}`, { address: at.address, aliases: [name, ...at.aliases], live: true }])),
    };
    this.containers.set(name, container);
    return container;
  }

  container(name: string): FakeContainer {
    const found = this.containers.get(name);
    if (found === undefined) throw new Error(`no container ${name}`);
    return found;
  }

  /** As by hand: the engine tells whoever listens. */
  async happen(action: string, name: string, change: Partial<FakeContainer>): Promise<void> {
    Object.assign(this.container(name), change);
    this.#tell(action, name);
  }

  acts(): string[] {
    return this.calls.filter((call) => call.startsWith('POST'));
  }

  /** Ends the stream of events. */
  hangUp(): void {
    for (const response of this.#listeners) response.destroy();
    this.#listeners.clear();
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true, force: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of request) text += String(chunk);
    const path = (request.url ?? '').split('?')[0] ?? '';
    const body = text === '' ? {} : (JSON.parse(text) as { Container?: string; EndpointConfig?: { IPAMConfig: { IPv4Address: string }; Aliases: string[] } });
    if (path === '/events') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.flushHeaders();
      this.#listeners.add(response);
      return;
    }
    if (path === '/containers/json') return this.#end(response, 'GET list', 200, [...this.containers].map(([name, one]) => summaryOf(name, one)));
    const [, kind, id = '', what = ''] = path.split('/');
    const name = (kind === 'networks' ? (body.Container ?? '') : id).replace(/^id-/, '');
    const call = kind === 'networks' ? `${what} ${name} ${id}` : `${what === 'json' ? 'inspect' : what} ${name}`;
    const refusal = this.refused.get(call);
    if (refusal !== undefined) return this.#end(response, `${request.method} ${call}`, 500, { message: refusal });
    const container = this.containers.get(name);
    if (container === undefined) return this.#end(response, `${request.method} ${call}`, 404, { message: `No such container: ${name}` });
    const [status, answer] = kind === 'networks' ? this.#network(what, id, container, body.EndpointConfig) : this.#container(what, name, container);
    return this.#end(response, `${request.method} ${call}`, status, answer);
  }

  #container(what: string, name: string, container: FakeContainer): [status: number, answer: unknown] {
    const runs = container.state === 'running' || container.state === 'paused';
    switch (what) {
      case 'json':
        return [200, detailOf(container)];
      case 'stats':
        container.cpuNs += 100_000_000;
        return [200, { memory_stats: { usage: 50_000_000, stats: { inactive_file: 10_000_000 } }, cpu_stats: { cpu_usage: { total_usage: container.cpuNs } } }];
      case 'logs': {
        const line = Buffer.from('the oven is cold\n');
        const head = Buffer.from([2, 0, 0, 0, 0, 0, 0, line.length]);
        return [200, Buffer.concat([head, line])];
      }
      case 'kill':
        if (!runs) return [409, { message: `Container ${name} is not running` }];
        // The process is gone at once, the answer comes when the engine has tidied up.
        Object.assign(container, { state: 'exited', exitCode: 137, finishedAt: new Date().toISOString() });
        for (const at of container.networks.values()) at.live = false;
        this.#tell('die', name);
        return [204, null];
      case 'pause':
        if (container.state !== 'running') return [409, { message: `Container ${name} is ${container.state === 'paused' ? 'already paused' : 'not running'}` }];
        container.state = 'paused';
        this.#tell('pause', name);
        return [204, null];
      case 'unpause':
        if (container.state !== 'paused') return [500, { message: `Container ${name} is not paused` }];
        container.state = 'running';
        this.#tell('unpause', name);
        return [204, null];
      case 'start':
        if (container.state === 'running') return [304, null];
        Object.assign(container, { state: 'running', pid: container.pid + 100 });
        for (const at of container.networks.values()) at.live = true;
        this.#tell('start', name);
        return [204, null];
      default:
        return [404, { message: 'page not found' }];
    }
  }

  #network(what: string, network: string, container: FakeContainer, config?: { IPAMConfig: { IPv4Address: string }; Aliases: string[] }): [status: number, answer: unknown] {
    if (what === 'disconnect') return container.networks.delete(network) ? [200, null] : [500, { message: `container ${container.id} is not connected to network ${network}` }];
    if (container.networks.has(network)) return [403, { message: `endpoint with name x already exists in network ${network}` }];
    const address = config?.IPAMConfig.IPv4Address ?? '';
    const isTaken = [...this.containers.values()].some((other) => other.networks.get(network)?.address === address && other.state === 'running');
    container.networks.set(network, { address, aliases: config?.Aliases ?? [], live: container.state === 'running' && !isTaken });
    return isTaken ? [403, { message: 'Address already in use' }] : [200, null];
  }

  #end(response: ServerResponse, call: string, status: number, answer: unknown): void {
    this.calls.push(call);
    const what = call.split(' ')[1] ?? '';
    if (this.silent.has(what)) return;
    const send = (): void => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(Buffer.isBuffer(answer) ? answer : status === 304 || answer === null ? undefined : JSON.stringify(answer));
    };
    void (this.held.get(what) ?? Promise.resolve()).then(() => setTimeout(send, this.slow.get(what) ?? 0));
  }

  #tell(action: string, name: string): void {
    const { id, labels } = this.container(name);
    for (const response of this.#listeners) response.write(`${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id, Attributes: labels } })}\n`);
  }
}

function summaryOf(name: string, { id, labels, state, createdS, networks }: FakeContainer): unknown {
  const Networks = Object.fromEntries([...networks].map(([network, at]) => [network, { IPAMConfig: { IPv4Address: at.address }, IPAddress: at.live ? at.address : '' }]));
  return { Id: id, Names: [`/${name}-1`], Labels: labels, State: state, Created: createdS, Ports: [{ PrivatePort: 8080, PublicPort: 18080, IP: '127.0.0.1' }, { PrivatePort: 9000 }], NetworkSettings: { Networks } };
}

function detailOf({ state, pid, exitCode, oomKilled, finishedAt }: FakeContainer): unknown {
  const isUp = state === 'running' || state === 'paused';
  return { State: { Status: state, Pid: isUp ? pid : 0, ExitCode: exitCode, OOMKilled: oomKilled, FinishedAt: finishedAt }, HostConfig: { Memory: 64 * 2 ** 20 } };
}
