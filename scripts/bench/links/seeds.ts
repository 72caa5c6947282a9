/** Whether a seed decides who is hit: fresh servers with one seed, each with the same connections under a toxicity of a half. */
import type { Socket } from 'node:net';
import { startServer } from '../../reference/server-process.ts';
import { client, type Upstream } from './arm.ts';

const CONNECTIONS = 40;
const ANSWER_MS = 150;

/** How often the most frequent outcome came; `repeats` when the seed decides. */
export async function sameOutcomes(command: readonly string[], upstream: Upstream, seed: number, repeats: number): Promise<number> {
  const counts = new Map<string, number>();
  for (let i = 0; i < repeats; i++) {
    const outcome = await whoIsHit(command, upstream, seed);
    counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
  }
  return Math.max(...counts.values());
}

async function whoIsHit(command: readonly string[], upstream: Upstream, seed: number): Promise<string> {
  const server = await startServer(command, ['-seed', String(seed)]);
  const sockets: Socket[] = [];
  try {
    const api = `http://${server.host}:${server.port}/proxies`;
    const created = await fetch(api, { method: 'POST', body: JSON.stringify({ name: 'a', listen: '127.0.0.1:0', upstream: `127.0.0.1:${upstream.echo}` }) });
    const { listen } = (await created.json()) as { listen: string };
    const toxic = { type: 'timeout', toxicity: 0.5, attributes: { timeout: 0 } };
    await (await fetch(`${api}/a/toxics`, { method: 'POST', body: JSON.stringify(toxic) })).text();
    const hit = Array.from({ length: CONNECTIONS }, () => '1');
    for (let i = 0; i < CONNECTIONS; i++) {
      const socket = await client(Number(listen.split(':').at(-1)));
      sockets.push(socket);
      socket.once('data', () => (hit[i] = '0'));
    }
    for (const socket of sockets) socket.write('?');
    await new Promise((resolve) => setTimeout(resolve, ANSWER_MS));
    return hit.join('');
  } finally {
    for (const socket of sockets) socket.destroy();
    await server.close();
  }
}
