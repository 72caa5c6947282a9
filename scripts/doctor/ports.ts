/**
 * Whether the region's ports are free, and who has those that are not. A port is tried by listening on it,
 * because that is what the region will do; the process is looked up in /proc, which tells only of one's own
 * processes (of all, for root). Linux: proc_pid_net(5), `/proc/net/tcp`.
 */
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { note, ok, problem, type Finding } from './finding.ts';

const CONNECT_TIMEOUT_MS = 500;

export interface WantedPort {
  port: number;
  /** What will listen there, such as `shop`. */
  use: string;
  /** Environment variable that moves it; null where the region moves it itself. */
  variable: string | null;
  /** Only a region in containers wants it; one of processes starts all the same. */
  inContainers?: true;
}

/** One finding for each port that is taken, or one for all when none is. */
export async function examinePorts(wanted: readonly WantedPort[]): Promise<Finding[]> {
  const states = await Promise.all(wanted.map(async ({ port }) => ((await answers(port)) ? 'EADDRINUSE' : await listenError(port))));
  const findings = wanted.flatMap((one, index) => {
    const code = states[index] ?? null;
    return code === null ? [] : [taken(one, code)];
  });
  return findings.length > 0 ? findings : [ok('ports', `${rangeText(wanted)} free`)];
}

function taken({ port, use, variable, inContainers }: WantedPort, code: string): Finding {
  const name = `port ${port}`;
  const start = inContainers === true ? 'docker compose up -d --wait' : 'npm start';
  const tell = inContainers === true ? note : problem;
  const move = variable === null ? 'give the region another name, which takes other ports: AZIMUTH_REGION=b npm start' : `choose another: ${variable}=${port < 50_000 ? port + 10_000 : port - 10_000} ${start}`;
  if (code !== 'EADDRINUSE') return tell(name, `this user may not listen on it (${code}); it is to be ${use}`, `To go on, ${move}`);
  const holder = holderOf(port);
  const who = holder === null ? 'another process' : `process ${holder.pid} (${holder.command})`;
  const stop = holder === null ? 'Stop it' : `Stop it ("kill ${holder.pid}")`;
  return tell(name, `taken by ${who}; it is to be ${use}`, `${stop}, or ${move}`);
}

/** The two that people use by name, the rest as a range. */
function rangeText(wanted: readonly WantedPort[]): string {
  const named = wanted.filter((one) => one.variable !== null).map((one) => `${one.port} (${one.use})`);
  const others = wanted.filter((one) => one.variable === null).map((one) => one.port);
  const range = others.length === 0 ? [] : [`${others.length} from ${Math.min(...others)} to ${Math.max(...others)}`];
  return [...named, ...range].join(', ');
}

/** Somebody accepts connections there. BSD lets one listen on the loopback beside a listener on every address. */
function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, timeout: CONNECT_TIMEOUT_MS });
    const settle = (answer: boolean) => () => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', settle(true)).once('error', settle(false)).once('timeout', settle(false));
  });
}

/** Null when this process could listen on the loopback port, else the system's code. */
function listenError(port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? 'unknown'));
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/** The process that listens on the port, where /proc tells. */
function holderOf(port: number): { pid: number; command: string } | null {
  const inodes = new Set(['/proc/net/tcp', '/proc/net/tcp6'].flatMap((table) => listeningInodes(table, port)));
  if (inodes.size === 0) return null;
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      if (!readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(linkOf(`/proc/${pid}/fd/${fd}`)))) continue;
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').join(' ').trim();
      return { pid: Number(pid), command: command.length > 80 ? `${command.slice(0, 79)}…` : command };
    } catch {
      // Another user's, or gone by now.
    }
  }
  return null;
}

/** Where a link points to; nowhere when it was closed meanwhile, like the one by which we read the folder. */
function linkOf(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}

/** Links of the listening sockets of a port, as they stand in `/proc/<pid>/fd`. */
function listeningInodes(table: string, port: number): string[] {
  let lines: string[];
  try {
    lines = readFileSync(table, 'utf8').split('\n').slice(1);
  } catch {
    return [];
  }
  const wanted = port.toString(16).toUpperCase().padStart(4, '0');
  return lines
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === '0A' && local?.endsWith(`:${wanted}`))
    .map((fields) => `socket:[${fields[9] ?? ''}]`);
}
