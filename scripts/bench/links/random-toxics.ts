/**
 * Random toxics on one proxy while traffic goes through it, and steady traffic on another that nothing may
 * touch. Counted: deaths of the process (the real server is known to die of two bodies; it is started anew),
 * calls that took over a second, and what went wrong for the bystander.
 */
import { connect } from 'node:net';
import { createRandom } from '#policy/random.ts';
import { TOXIC_ATTRIBUTES } from '../../reference/toxic-attributes.ts';
import { client, type Arm, type Upstream } from './arm.ts';

const CALL_MS_MAX = 1000;
const BYSTANDER_MS_MAX = 1000;
const BYSTANDER_GAP_MS = 5;
const KEPT_TOXICS = 4;
const CLIENT_MS = 30;

const VALUES: readonly unknown[] = [-2147483649, -1000, -1, 0, 1, 2, 10, 100, 5000, 65536, 2147483648, Number.MAX_SAFE_INTEGER, null, '1', 1.5, {}, true];
const NUMBERS = 12;

export interface Fuzzed {
  bodies: number;
  deaths: number;
  slowCalls: number;
  slowestMs: number;
  bystanderTrips: number;
  bystanderFailed: number;
}

/** @param secondsMax ends it sooner, for a server that dies too often */
export async function throwRandomToxics(arm: Arm, upstream: Upstream, bodies: number, seed: number, secondsMax: number): Promise<Fuzzed> {
  const random = createRandom(seed);
  const result: Fuzzed = { bodies: 0, deaths: 0, slowCalls: 0, slowestMs: 0, bystanderTrips: 0, bystanderFailed: 0 };
  const endMs = performance.now() + secondsMax * 1000;
  const state = { ports: await setUp(arm, upstream), isDone: false };
  const bystander = watchBystander(() => state.ports.bystander, () => state.isDone, result);
  const kept: string[] = [];
  while (result.bodies < bodies && performance.now() < endMs) {
    const name = `t${result.bodies}`;
    if (result.bodies % 5 === 0) visit(state.ports.victim);
    const isUpdate = kept.length > 0 && random() < 0.2;
    const path = isUpdate ? `/proxies/victim/toxics/${kept[0]}` : '/proxies/victim/toxics';
    const answers = [await arm.call('POST', path, { name, ...randomBody(random) }, CALL_MS_MAX)];
    if (!isUpdate && answers[0]?.status === 200) kept.push(name);
    if (kept.length > KEPT_TOXICS) answers.push(await arm.call('DELETE', `/proxies/victim/toxics/${kept.shift()}`, undefined, CALL_MS_MAX));
    result.bodies += 1;
    const silent = answers.find(({ status }) => status === 0);
    for (const { tookMs } of answers) result.slowestMs = Math.max(result.slowestMs, tookMs);
    if (silent === undefined) continue;
    // A dying process first breaks its connections; a hanging one is as good as dead to its users.
    await new Promise((resolve) => setTimeout(resolve, CLIENT_MS));
    if (silent.tookMs >= CALL_MS_MAX && arm.isUp) result.slowCalls += 1;
    else result.deaths += 1;
    await arm.restart();
    state.ports = await setUp(arm, upstream);
    kept.length = 0;
  }
  state.isDone = true;
  await bystander;
  return result;
}

async function setUp(arm: Arm, upstream: Upstream): Promise<{ victim: number; bystander: number }> {
  return { victim: await arm.proxy('victim', upstream.echo), bystander: await arm.proxy('bystander', upstream.echo) };
}

function randomBody(random: () => number): Record<string, unknown> {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)] as T;
  const type = pick(Object.keys(TOXIC_ATTRIBUTES));
  // One body in four holds what is no number at all and must be refused.
  const values = random() < 0.25 ? VALUES : VALUES.slice(0, NUMBERS);
  const attributes = Object.fromEntries((TOXIC_ATTRIBUTES[type] ?? []).filter(() => random() < 0.8).map((key) => [key, pick(values)]));
  return { type, stream: pick(['upstream', 'downstream']), toxicity: pick([1, 1, 0.5, 0, -1, 5]), attributes };
}

/** A short visit of the victim; what comes of it is no matter. */
function visit(port: number): void {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined).on('data', () => undefined);
  socket.write('some data of no special length');
  setTimeout(() => socket.destroy(), CLIENT_MS).unref();
}

/** Echoes on one long connection; each broken or late one counts. A new connection after a failure. */
async function watchBystander(port: () => number, isDone: () => boolean, result: Fuzzed): Promise<void> {
  while (!isDone()) {
    const socket = await client(port()).catch(() => null);
    if (socket === null) result.bystanderFailed += 1;
    while (socket !== null && !isDone()) {
      const isAnswered = await new Promise<boolean>((resolve) => {
        const limit = setTimeout(resolve, BYSTANDER_MS_MAX, false);
        socket.once('data', () => resolve(true)).once('close', () => resolve(false));
        socket.write('x', () => undefined);
        socket.once('data', () => clearTimeout(limit));
      });
      socket.removeAllListeners('close').removeAllListeners('data');
      if (isAnswered) result.bystanderTrips += 1;
      else {
        result.bystanderFailed += 1;
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, BYSTANDER_GAP_MS));
    }
    socket?.destroy();
    await new Promise((resolve) => setTimeout(resolve, BYSTANDER_GAP_MS));
  }
}
