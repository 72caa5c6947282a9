import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startServer } from '../reference/server-process.ts';
import { findToxiproxy } from '../reference/toxiproxy-binary.ts';
import { allow } from './allowances.ts';
import type { Case, Step } from './case.ts';
import { BODY_CASES } from './cases/bodies.ts';
import { EFFECT_CASES } from './cases/effects.ts';
import { LIFE_CYCLE_CASES } from './cases/life-cycle.ts';
import { ROUTE_CASES } from './cases/routes.ts';
import { TOXIC_CASES } from './cases/toxics.ts';
import { compare, describeDifferences, type Worlds } from './compare.ts';
import { plant, type Defect, type Planted } from './planted-server.fixture.ts';
import { World } from './world.ts';

const say = (text: string): void => void process.stderr.write(`${text}\n`);
const found = await findToxiproxy(say);
const real = 'path' in found ? [found.path] : [];
if ('missing' in found) say(`Left out, because the real Toxiproxy is not at hand: the proof that the comparison finds planted defects. ${found.missing}`);

const CASES: readonly Case[] = [...ROUTE_CASES, ...BODY_CASES, ...LIFE_CYCLE_CASES, ...TOXIC_CASES];

test('what is agreed is taken out of one side, and named', () => {
  expect(allow({ reference: '200 {} "{\\"enabled\\":true,\\"Logger\\":{},\\"toxics\\":[]}"', ours: '200 {} "{\\"enabled\\":true,\\"toxics\\":[]}"' })).toMatchObject({ used: ['D1'] });
  const { reference, ours } = allow({ reference: '204 {x-toxiproxy-request-id: given} ""', ours: '204 {x-toxiproxy-implementation: azimuth/0.1.0, x-toxiproxy-request-id: given} ""' });
  expect(ours).toBe(reference);
});

test('the same defect on our side is no agreed difference', () => {
  const { reference, ours } = allow({ reference: '"{\\"toxics\\":[]}"', ours: '"{\\"Logger\\":{},\\"toxics\\":[]}"' });
  expect(ours).not.toBe(reference);
});

describe.skipIf(real.length === 0)('the real server beside itself', () => {
  let left: World;
  let right: World;
  beforeAll(async () => {
    left = await World.around(() => startServer(real));
    right = await World.around(() => startServer(real));
  });
  afterAll(async () => void (await Promise.all([left.close(), right.close()])));

  test('shows no difference', async () => {
    for (const one of CASES) {
      const { differences } = await compare(one, { reference: left, ours: right }, false);
      expect(describeDifferences(differences), one.name).toBe('');
    }
  });

  test('an agreed difference that no side shows is reported', async () => {
    const steps: Step[] = [{ call: 'GET /version', differs: { rule: 'D8', reference: /^no answer/, ours: /^200/ } }];
    const { differences, used } = await compare({ steps }, { reference: left, ours: right });
    expect(differences).toMatchObject([{ step: 1, broken: expect.stringContaining('D8') as string }]);
    expect([...used]).toEqual([]);
  });

  test('an agreed difference that shows otherwise than agreed is reported', async () => {
    const named = (name: string): Step => ({ call: `GET /proxies/${name}`, differs: { rule: 'D8', reference: /^200/, ours: /^500/ } });
    const worlds: Worlds = { reference: left, ours: right };
    const { differences } = await compare({ steps: [{ call: 'POST /proxies', body: { name: 'a', listen: '127.0.0.1:<port a>', upstream: '<echo>' } }, named('a')] }, worlds);
    expect(differences).toMatchObject([{ step: 2, broken: expect.stringContaining('not needed') as string }]);
  });
});

const onAnswer = (matches: (answer: Planted) => boolean, change: (answer: Planted) => Partial<Planted>): Defect => ({
  answer: (answer) => (matches(answer) ? { ...answer, ...change(answer) } : answer),
});
const askedFor = (type: string, attributes: object): Defect => ({
  ask: (body) => (body.includes(`"type":"${type}"`) ? JSON.stringify({ ...(JSON.parse(body) as object), attributes }) : body),
});

const DEFECTS: { defect: string; plant: Defect; cases: readonly Case[] }[] = [
  { defect: 'a new toxic is 201', plant: onAnswer(({ method, path }) => method === 'POST' && path.endsWith('/toxics'), ({ status }) => ({ status: status === 200 ? 201 : status })), cases: TOXIC_CASES },
  { defect: 'a deletion has a body', plant: onAnswer(({ status }) => status === 204, () => ({ status: 200, body: '{}' })), cases: TOXIC_CASES },
  { defect: 'errors are JSON by their type too', plant: onAnswer(({ status }) => status === 404, ({ headers }) => ({ headers: { ...headers, 'content-type': 'application/json' } })), cases: ROUTE_CASES },
  { defect: '405 says what is allowed', plant: onAnswer(({ status }) => status === 405, ({ headers }) => ({ headers: { ...headers, allow: 'GET' } })), cases: ROUTE_CASES },
  { defect: 'the newline of an error is missing', plant: onAnswer(({ status }) => status === 409, ({ body }) => ({ body: body.trim() })), cases: BODY_CASES },
  { defect: 'the key order of a toxic is another', plant: onAnswer(({ path, status }) => path.endsWith('/toxics') && status === 200, ({ body }) => ({ body: body.replace(/("name":"[^"]*"),("type":"[^"]*")/, '$2,$1') })), cases: TOXIC_CASES },
  { defect: 'a stream is echoed in lower case', plant: onAnswer(() => true, ({ body }) => ({ body: body.replace(/"stream":"\w+"/g, (text) => text.toLowerCase()) })), cases: BODY_CASES },
  { defect: 'the request id is missing', plant: onAnswer(({ status }) => status === 403, ({ headers }) => ({ headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== 'x-toxiproxy-request-id')) })), cases: ROUTE_CASES },
  { defect: 'keys are read by case', plant: { ask: (body) => body.replace('"NAME"', '"ignored"') }, cases: BODY_CASES },
  { defect: 'populate takes enabled of what matches', plant: { ask: (body, _, path) => (path === '/populate' ? body.replace('"enabled":false', '"enabled":false,"upstream":"127.0.0.1:1"') : body) }, cases: LIFE_CYCLE_CASES },
  { defect: 'latency is not applied', plant: askedFor('latency', {}), cases: EFFECT_CASES.filter(({ name }) => name.startsWith('latency upstream')) },
  { defect: 'limit_data lets one byte more pass', plant: { ask: (body) => body.replace('"bytes":5', '"bytes":6') }, cases: EFFECT_CASES.filter(({ name }) => name.startsWith('limit_data downstream cuts')) },
  { defect: 'reset_peer closes cleanly', plant: { ask: (body) => body.replace('"type":"reset_peer"', '"type":"limit_data"') }, cases: EFFECT_CASES.filter(({ name }) => name === 'reset_peer upstream without a wait') },
];

describe.skipIf(real.length === 0)('a planted defect is found', () => {
  let reference: World;
  beforeAll(async () => void (reference = await World.around(() => startServer(real))));
  afterAll(() => reference.close());

  for (const { defect, plant: planted, cases } of DEFECTS) {
    test(defect, async () => {
      const ours = await World.around(async () => plant(await startServer(real), planted));
      try {
        expect(await firstDifferent(cases, { reference, ours })).not.toBe(null);
      } finally {
        await ours.close();
      }
    });
  }
});

async function firstDifferent(cases: readonly Case[], worlds: Worlds): Promise<string | null> {
  for (const one of cases) {
    if ((await compare(one, worlds, false)).differences.length > 0) return one.name;
  }
  return null;
}
