/** Ours beside the real Toxiproxy. Among the tests that go one at a time, because much of it is about time. */
import fc from 'fast-check';
import { Toxiproxy } from 'toxiproxy-node-client';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freePort } from '#kit/free-port.ts';
import { OURS, startServer, type ServerProcess } from '../reference/server-process.ts';
import { findToxiproxy } from '../reference/toxiproxy-binary.ts';
import { RULES, type RuleId } from './allowances.ts';
import type { Case } from './case.ts';
import { BODY_CASES } from './cases/bodies.ts';
import { DEVIATION_CASES } from './cases/deviations.ts';
import { EFFECT_CASES } from './cases/effects.ts';
import { LIFE_CYCLE_CASES } from './cases/life-cycle.ts';
import { ROUTE_CASES } from './cases/routes.ts';
import { TOXIC_CASES } from './cases/toxics.ts';
import { CLIENT_FLOWS } from './client-flow.ts';
import { compare, describeDifferences, type Comparison, type Worlds } from './compare.ts';
import { randomCalls } from './random-calls.ts';
import { World } from './world.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const found = await findToxiproxy(say);
const reference = 'path' in found ? [found.path] : [];
if ('missing' in found) say(`Left out, because the real Toxiproxy is not at hand: the comparison of ours with it. ${found.missing}`);

/** A machine that stands still for a second makes one server late; three times in a row is no such second. */
const ATTEMPTS = 3;
const RANDOM = { runs: 25, seed: Number(process.env['AZIMUTH_DIFFERENTIAL_SEED'] ?? 20_260_518) };

const CASES: readonly Case[] = [...ROUTE_CASES, ...BODY_CASES, ...LIFE_CYCLE_CASES, ...TOXIC_CASES];
const TIMED_CASES: readonly Case[] = [...EFFECT_CASES, ...DEVIATION_CASES];

describe.skipIf(reference.length === 0)('ours and the real Toxiproxy', () => {
  const byFlags = new Map<string, Worlds>();
  const used = new Set<RuleId>();

  async function worldsFor(flags: readonly string[] = []): Promise<Worlds> {
    const key = flags.join(' ');
    const known = byFlags.get(key);
    if (known !== undefined) return known;
    const [left, right] = await Promise.all([World.around(() => startServer(reference, flags)), World.around(() => startServer(OURS, flags))]);
    const worlds = { reference: left, ours: right };
    byFlags.set(key, worlds);
    return worlds;
  }

  async function check(one: Case, attempts: number): Promise<void> {
    const worlds = await worldsFor(one.flags);
    let comparison: Comparison | null = null;
    for (let attempt = 1; attempt <= attempts; attempt++) {
      comparison = await compare(one, worlds);
      if (one.breaksReference === true) await worlds.reference.restart();
      if (comparison.differences.length === 0) break;
      if (attempt < attempts) say(`${one.name}: once more, after\n${describeDifferences(comparison.differences)}`);
    }
    expect(describeDifferences(comparison?.differences ?? [])).toBe('');
    for (const rule of comparison?.used ?? []) used.add(rule);
  }

  beforeAll(async () => void (await worldsFor()));
  afterAll(async () => {
    await Promise.all([...byFlags.values()].flatMap(({ reference, ours }) => [reference.close(), ours.close()]));
  });

  describe('answer alike', () => {
    for (const one of CASES) test(one.name, () => check(one, 1));
  });

  test('sequences of calls that nobody thought of are answered alike', async () => {
    const worlds = await worldsFor();
    await fc.assert(
      fc.asyncProperty(randomCalls, async (steps) => {
        const { differences } = await compare({ steps }, worlds);
        if (differences.length > 0) throw new Error(describeDifferences(differences));
      }),
      { numRuns: RANDOM.runs, seed: RANDOM.seed },
    );
  });

  describe('act alike', () => {
    for (const one of TIMED_CASES) test(one.name, () => check(one, ATTEMPTS));
  });

  test('D18: the seed decides who is hit; that of the reference decides nothing', async () => {
    const hit = async (command: readonly string[], seed: number): Promise<string> => {
      const world = await World.around(() => startServer(command, ['-seed', String(seed)]));
      try {
        await world.run({ call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:<port a>', upstream: '<echo>' } });
        await world.run({ call: 'POST /proxies/a/toxics', body: { type: 'timeout', toxicity: 0.5, attributes: { timeout: 0 } } });
        await world.run({ connect: 'a', to: '127.0.0.1:<port a>', count: 40 });
        return (await world.run({ survey: 'a', show: 'places' })).text;
      } finally {
        await world.close();
      }
    };
    const ours = [await hit(OURS, 7), await hit(OURS, 7), await hit(OURS, 8)];
    expect(ours[0]).toMatch(/^(?=.*0)(?=.*1)[01]{40}$/);
    expect(ours[1]).toBe(ours[0]);
    expect(ours[2]).not.toBe(ours[0]);
    const theirs = [await hit(reference, 7), await hit(reference, 7), await hit(reference, 8)];
    expect(theirs[1] === theirs[0] && theirs[2] !== theirs[0], 'the seed of the reference works: D18 is no difference any more').toBe(false);
    used.add('D18');
  });

  test('every agreed difference is needed', () => {
    expect([...used].toSorted()).toEqual(Object.keys(RULES).toSorted());
  });
});

describe('toxiproxy-node-client, unchanged', () => {
  const servers: ServerProcess[] = [];
  beforeAll(async () => {
    servers.push(await startServer(OURS));
    if (reference.length > 0) servers.push(await startServer(reference));
  });
  afterAll(async () => void (await Promise.all(servers.map((server) => server.close()))));

  for (const [sentence, flow] of Object.entries(CLIENT_FLOWS)) {
    test(`${sentence}, by ours${reference.length > 0 ? ' and by the real one' : ''}`, async () => {
      for (const { host, port } of servers) {
        const client = new Toxiproxy(`http://${host}:${port}`);
        for (const proxy of Object.values(await client.getAll())) await proxy.remove();
        await flow(client, `127.0.0.1:${await freePort()}`);
      }
    });
  }
});
