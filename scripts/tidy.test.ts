import { expect, test } from 'vitest';
import { resolveInside } from './house/rooms.ts';
import { readSource } from './house/source.ts';
import { countImports, findOffences, readHouse, type House } from './tidy.ts';
import { ROOT } from './tool.ts';

test('the house keeps its rules', () => {
  const offences = findOffences(readHouse(ROOT)).map(({ file, line, message }) => `${file}:${line}: ${message}`);
  expect(offences).toEqual([]);
});

test('the rules are read off real sources: every room has files, and their imports are seen', () => {
  const house = readHouse(ROOT);
  for (const room of ['contracts', 'policy', 'kit', 'scripts', 'services', 'chaos', 'simulation']) {
    expect([...house.keys()].filter((file) => file.startsWith(`${room}/`)).length, room).toBeGreaterThan(1);
  }
  expect(countImports(house)).toBeGreaterThan(house.size);
});

/** Whatever a program loads, by path or by the name of its package. */
function reachOf(main: string, house: House, seen = new Set<string>()): Set<string> {
  for (const { name, typeOnly } of readSource(house.get(main) ?? '').imports) {
    const target = resolveInside(main, name) ?? name;
    if (typeOnly || seen.has(target)) continue;
    seen.add(target);
    if (house.has(target)) reachOf(target, house, seen);
  }
  return seen;
}

test('the controller, which everybody may ask, loads nothing that starts a process or drives an engine', () => {
  const house = readHouse(ROOT);
  const dangerous = (main: string): string[] => [...reachOf(main, house)].filter((name) => /child_process|dockerode|injector\/drivers\//.test(name));
  expect(reachOf('chaos/controller/main.ts', house).size).toBeGreaterThan(50);
  expect(dangerous('chaos/controller/main.ts')).toEqual([]);
  expect(dangerous('chaos/injector/main.ts').length).toBeGreaterThan(0);
});

/** One file that breaks one rule, among others that it needs. */
const OFFENDERS: { rule: string; file: string; text: string; beside?: Record<string, string>; message: RegExp }[] = [
  { rule: 'policy imports kit', file: 'policy/a.ts', text: "/** x */\nimport { b } from '#kit/b.ts';", message: /policy imports kit/ },
  { rule: 'policy imports kit by a relative path', file: 'policy/zone/a.ts', text: "/** x */\nimport '../../kit/b.ts';", message: /policy imports kit/ },
  { rule: 'policy imports kit dynamically', file: 'policy/a.ts', text: "/** x */\nconst b = await import('#kit/b.ts');", message: /policy imports kit/ },
  { rule: 'contracts re-exports from policy', file: 'contracts/a.ts', text: "/** x */\nexport type { B } from '#policy/b.ts';\nexport const c = 1;", message: /contracts imports policy/ },
  { rule: 'kit imports a service over several lines', file: 'kit/a.ts', text: "/** x */\nimport {\n  b,\n} from '../services/kitchen/b.ts';", message: /kit imports services/ },
  { rule: 'a program imports another program', file: 'services/storefront/a.ts', text: "/** x */\nimport { b } from '../kitchen/b.ts';", message: /another program/ },
  { rule: 'chaos imports a service', file: 'chaos/a.ts', text: "/** x */\nimport { b } from '../services/kitchen/b.ts';", message: /chaos imports services/ },
  { rule: 'chaos imports scripts', file: 'chaos/a.ts', text: "/** x */\nimport { b } from '../scripts/b.ts';", message: /chaos imports scripts/ },
  { rule: 'a test of the deployment imports a service', file: 'compose/a.fixture.ts', text: "/** x */\nimport { b } from '../services/kitchen/b.ts';", message: /compose imports services/ },
  { rule: 'a service imports the simulation', file: 'services/kitchen/a.ts', text: "/** x */\nimport '#simulation/b.ts';", message: /services imports simulation/ },
  { rule: 'a computed import', file: 'kit/a.ts', text: '/** x */\nexport const load = (name: string) => import(name);', message: /computed name/ },
  { rule: 'policy uses a package', file: 'policy/a.ts', text: "/** x */\nimport pino from 'pino';", message: /uses no package/ },
  { rule: 'the simulation reads a file', file: 'simulation/a.ts', text: "/** x */\nimport fs from 'node:fs';", message: /uses no package/ },
  { rule: 'policy reads the clock', file: 'policy/a.ts', text: '/** x */\nconst now = Date.now();', message: /no clock/ },
  { rule: 'policy sets a timer in a template', file: 'policy/a.ts', text: '/** x */\nconst text = `${setTimeout(() => 1, 2)}`;', message: /no clock/ },
  { rule: 'contracts read the environment', file: 'contracts/a.ts', text: "/** x */\nconst a = process.env['A'];", message: /no clock/ },
  { rule: 'a service throws dice', file: 'services/kitchen/app.ts', text: '/** x */\nconst a = Math.random();', message: /dice/ },
  { rule: 'a service starts a process', file: 'services/kitchen/app.ts', text: "/** x */\nimport { spawn } from 'node:child_process';", message: /may start processes/ },
  { rule: 'the injector beside its drivers starts a process', file: 'chaos/injector/app.ts', text: "/** x */\nimport { spawn } from 'node:child_process';", message: /may start processes/ },
  { rule: 'a reader of experiments starts a process', file: 'chaos/chaos-toolkit/run-activity.ts', text: "/** x */\nimport { spawn } from 'node:child_process';", message: /may start processes/ },
  { rule: 'something is left to do', file: 'kit/a.ts', text: `/** x */\n// TO${'DO'}: finish`, message: /unfinished/ },
  { rule: 'only one test runs', file: 'kit/a.test.ts', text: `test.on${'ly'}('x', () => {});`, beside: { 'kit/a.ts': '/** x */' }, message: /leaves tests out/ },
  { rule: 'a test is skipped', file: 'kit/a.test.ts', text: `describe.concurrent.sk${'ip'}('x', () => {});`, beside: { 'kit/a.ts': '/** x */' }, message: /leaves tests out/ },
  { rule: 'a test far from its file', file: 'kit/b.test.ts', text: "import { a } from '#policy/a.ts';", message: /beside its file/ },
  { rule: 'a file that is too long', file: 'kit/a.ts', text: `/** x */${'\nlet a = 1;'.repeat(300)}`, message: /301 lines/ },
  { rule: 'a file named for nothing', file: 'kit/http-utils.ts', text: '/** x */', message: /name says nothing/ },
  { rule: 'a folder named for nothing', file: 'kit/helpers/http.ts', text: '/** x */', message: /name says nothing/ },
  { rule: 'a barrel', file: 'kit/all.ts', text: "/** x */\nexport * from './a.ts';\nexport { b } from './b.ts';", message: /barrel/ },
  { rule: 'a file that opens without a reason', file: 'kit/a.ts', text: 'export const a = 1;', message: /opens with a comment/ },
  { rule: 'a policy without a test', file: 'policy/a.ts', text: '/** x */\nexport function decide() {}', message: /has its test/ },
  { rule: 'a policy as an arrow without a test', file: 'policy/a.ts', text: '/** x */\nexport const decide = (a: number) => a;', message: /has its test/ },
];

for (const { rule, file, text, beside, message } of OFFENDERS) {
  test(`a planted offender is found: ${rule}`, () => {
    const house: House = new Map([...Object.entries(beside ?? {}), [file, text]]);
    expect(findOffences(house).map((offence) => offence.message)).toEqual([expect.stringMatching(message)]);
  });
}

test('what only looks like an offence is let pass', () => {
  const house: House = new Map([
    ['policy/a.test.ts', "import { a } from './a.ts';\nimport fc from 'fast-check';\nconst began = performance.now();"],
    ['policy/a.ts', "/** Never calls Date.now(). */\nimport type { B } from '#contracts/b.ts';\nexport function a(text: string): boolean {\n  // Math.random() would not replay.\n  return /import 'x'|process\\.env/.test(text) || text === `setTimeout ${1}` || text === 'Date.now()';\n}"],
    ['chaos/injector/drivers/embedded.ts', "/** x */\nimport { spawn } from 'node:child_process';"],
    ['services/kitchen/app.ts', "/** x */\nimport { b } from './b.ts';\nimport { listen } from '#kit/listen.ts';\nconst later = await import('#kit/later.ts');"],
    ['services/kitchen/main.ts', '/** x */\nconst seed = Math.random();'],
    ['simulation/freeze.test.ts', "import { run } from './run.ts';"],
  ]);
  expect(findOffences(house)).toEqual([]);
});

test('a policy is tested as a part only by what is composed of it, in its own folder, at run time', () => {
  const part = '/** x */\nexport function part() {}';
  const tested = (path: string, line: string): House => new Map([['policy/a.ts', part], [path, `/** x */\n${line}`], [path.replace('.ts', '.test.ts'), `import './${path.split('/').at(-1)}';`]]);
  expect(findOffences(tested('policy/whole.ts', "import { part } from './a.ts';"))).toEqual([]);
  expect(findOffences(tested('policy/whole.ts', "import type { part } from './a.ts';"))).toHaveLength(1);
  expect(findOffences(tested('policy/zone/whole.ts', "import { part } from '#policy/a.ts';"))).toHaveLength(1);
});

test('an offence names its file and line', () => {
  const house: House = new Map([['policy/a.ts', '/** x */\n\nconst now = Date.now();']]);
  expect(findOffences(house)).toMatchObject([{ file: 'policy/a.ts', line: 3 }]);
});
