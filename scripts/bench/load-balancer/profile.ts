/** Reads V8 CPU profiles and tells where the time went: self time by function, and by what it belongs to. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number } }[];
  samples: number[];
  timeDeltas: number[];
}

export interface ProfileLine {
  name: string;
  share: number;
}

export interface ProfileSummary {
  /** Share of the time in which the process ran at all. */
  busyShare: number;
  byOwner: ProfileLine[];
  byFunction: ProfileLine[];
}

/** Of the newest profile in the folder; shares are of the busy time. */
export function summariseProfile(folder: string): ProfileSummary {
  const file = readdirSync(folder).filter((name) => name.endsWith('.cpuprofile')).sort().at(-1);
  if (file === undefined) throw new Error(`no profile was written to ${folder}`);
  const profile = JSON.parse(readFileSync(join(folder, file), 'utf8')) as CpuProfile;
  const frames = new Map(profile.nodes.map((node) => [node.id, node.callFrame]));
  const byFunction = new Map<string, number>();
  const byOwner = new Map<string, number>();
  let all = 0;
  let busy = 0;
  profile.samples.forEach((sample, i) => {
    const took = profile.timeDeltas[i] ?? 0;
    all += took;
    const frame = frames.get(sample);
    if (frame === undefined || frame.functionName === '(idle)') return;
    busy += took;
    const where = frame.url === '' ? '' : ` ${frame.url.split('/').slice(-2).join('/')}:${frame.lineNumber + 1}`;
    add(byFunction, `${frame.functionName || '(anonymous)'}${where}`, took);
    add(byOwner, ownerOf(frame), took);
  });
  return { busyShare: busy / all, byOwner: top(byOwner, busy, 10), byFunction: top(byFunction, busy, 15) };
}

function ownerOf({ functionName, url }: { functionName: string; url: string }): string {
  if (url.includes('/node_modules/undici/') || url.includes('internal/deps/undici')) return 'undici (the HTTP client)';
  if (url.startsWith('node:_http') || url.includes('internal/http')) return "Node's HTTP server";
  if (/node:(net|stream|internal\/(stream|streams))/.test(url)) return "Node's sockets and streams";
  if (url.startsWith('node:')) return "Node's other modules (timers, ticks, buffers)";
  if (url.includes('/policy/')) return 'policy: decisions';
  if (url.includes('/kit/')) return 'kit: the balanced client';
  if (url.includes('/services/')) return 'the load balancer itself';
  if (functionName === '(garbage collector)') return 'garbage collection';
  return url === '' ? 'native code (parser, system calls)' : 'other';
}

function add(sums: Map<string, number>, name: string, took: number): void {
  sums.set(name, (sums.get(name) ?? 0) + took);
}

function top(sums: Map<string, number>, total: number, most: number): ProfileLine[] {
  const lines = [...sums].map(([name, took]) => ({ name, share: took / total }));
  return lines.sort((a, b) => b.share - a.share).slice(0, most);
}
