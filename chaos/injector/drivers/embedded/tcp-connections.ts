/**
 * Which program of the region is connected to what, as the kernel says: its tables of TCP sockets name a socket by
 * inode, and a process's file descriptors name the inodes it holds. Linux only. A connection that opens and
 * closes between two looks is not seen, so whoever looks for one looks several times.
 * Reference: proc_net_tcp in the kernel's documentation, proc_pid_fd(5).
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { NetworkAddress } from '#contracts/region.ts';
import type { Connection } from './bypass.ts';

const TABLES = ['/proc/net/tcp', '/proc/net/tcp6'];
/** `::ffff:a.b.c.d`, words in the order of the machine. */
const MAPPED_IPV4 = '0000000000000000FFFF0000';

export interface TcpSocket {
  remote: NetworkAddress;
  inode: number;
}

/**
 * @param callers endpoint name by process id
 * @returns both ends of what these processes are connected to, theirs as `caller`; what ended in between is left out
 */
export function tcpConnections(callers: ReadonlyMap<number, string>): Connection[] {
  // First the tables, so that whatever is in them and still open has a holder.
  const sockets = TABLES.flatMap((table) => parseTcpTable(readOr(table, '')));
  const holders = new Map<number, string>();
  for (const [pid, caller] of callers) for (const inode of socketInodes(pid)) holders.set(inode, caller);
  return sockets.flatMap(({ remote, inode }) => {
    const caller = holders.get(inode);
    return caller === undefined ? [] : { caller, to: remote };
  });
}

/** Sockets that have a peer and a holder: no listeners, none that only the kernel still knows (TIME_WAIT). */
export function parseTcpTable(text: string): TcpSocket[] {
  return text.split('\n').flatMap((line) => {
    const [, , remote = '', , , , , , , inode = '0'] = line.trim().split(/\s+/);
    const [hex = '', port = '0'] = remote.split(':');
    const host = ipv4Of(hex);
    const peerPort = Number.parseInt(port, 16);
    return host === null || !(peerPort > 0) || !(Number(inode) > 0) ? [] : { remote: { host, port: peerPort }, inode: Number(inode) };
  });
}

/** `0100007F` is 127.0.0.1 on the little-endian machines that Node runs on. */
function ipv4Of(hex: string): string | null {
  const word = hex.startsWith(MAPPED_IPV4) ? hex.slice(MAPPED_IPV4.length) : hex;
  if (!/^[0-9A-F]{8}$/.test(word)) return null;
  return [6, 4, 2, 0].map((at) => Number.parseInt(word.slice(at, at + 2), 16)).join('.');
}

function socketInodes(pid: number): number[] {
  const folder = `/proc/${pid}/fd`;
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names.flatMap((name) => {
    try {
      const inode = /^socket:\[(\d+)\]$/.exec(readlinkSync(`${folder}/${name}`))?.[1];
      return inode === undefined ? [] : [Number(inode)];
    } catch {
      return [];
    }
  });
}

function readOr(path: string, otherwise: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return otherwise;
  }
}
