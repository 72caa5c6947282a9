/**
 * The rules of the house, read from the sources themselves: who imports whom, where the clock, the dice and
 * processes may be, how files are named, how long they are, how they open. Guards against the exception
 * that nobody meant to make. Each rule is proven by a planted offender in `tidy.test.ts`; the idea is
 * TigerBeetle's `src/tidy.zig`.
 */
import { readFileSync, readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { PURE_PACKAGES, PURE_ROOMS, ROOMS, forbiddenImport, packageOf, resolveInside, roomOf } from './house/rooms.ts';
import { lineAt, readSource, type Source } from './house/source.ts';

export interface Offence {
  file: string;
  line: number;
  message: string;
}

/** Texts by path inside the checkout, with `/`. */
export type House = ReadonlyMap<string, string>;

const LINES_MAX = 300;
const NAMELESS = /^(?:index|utils?|helpers?|common|misc|shared|.*-(?:utils?|helpers?))$/;
const NEED_CLOCK = /\b(?:Date\.now|new Date\b|performance\.|setTimeout|setInterval|setImmediate|process\.|fetch\s*\(|console\.)/g;
const DICE = /\bMath\.random\b/g;
const UNFINISHED = /\b(?:TODO|FIXME|XXX)\b/;
const SELECTED_TEST = /\b(?:it|test|describe)(?:\.\w+)*\.(?:only|skip|todo)\b/g;
/** Beside the drivers: what the experiments of others start. */
const STARTS_PROCESSES = 'chaos/chaos-toolkit/providers/process.ts';
const DECIDES = /\bexport (?:async )?(?:function|class)\b|\bexport const \w+[^=;]*= (?:async )?\(/;
const PROCESS_MODULES = new Set(['node:child_process', 'child_process', 'node:cluster', 'node:worker_threads', 'dockerode']);

/** Every source of the rooms, as it lies on disk. */
export function readHouse(root: string): House {
  const house = new Map<string, string>();
  for (const room of ROOMS) {
    let names: string[];
    try {
      names = readdirSync(join(root, room), { recursive: true, encoding: 'utf8' });
    } catch {
      continue;
    }
    for (const name of names.filter((one) => /\.(?:ts|mjs)$/.test(one) && !one.includes('node_modules'))) {
      const path = `${room}/${name}`;
      house.set(path, readFileSync(join(root, path), 'utf8'));
    }
  }
  return house;
}

/** Modules that the rule about arrows has seen: 0 would mean that it checks nothing. */
export function countImports(house: House): number {
  return [...house.values()].reduce((sum, text) => sum + readSource(text).imports.length, 0);
}

/** All offences, by file. */
export function findOffences(house: House): Offence[] {
  return [...house].flatMap(([file, text]) => {
    const source = readSource(text);
    const found: { at: number; message: string }[] = [
      ...importOffences(file, source),
      ...impurities(file, source),
      ...unfinished(file, source),
      ...shape(file, text, house),
    ];
    return found.map(({ at, message }) => ({ file, line: lineAt(text, at), message }));
  });
}

type Found = { at: number; message: string }[];

function importOffences(file: string, source: Source): Found {
  const found: Found = [];
  const room = roomOf(file);
  for (const { at, name } of source.imports) {
    const inside = resolveInside(file, name);
    const reason = inside === null ? null : forbiddenImport(file, inside);
    if (reason !== null) found.push({ at, message: reason });
    const from = packageOf(name);
    if (from === null || isForTests(file) || room === null) continue;
    if (PURE_ROOMS.has(room) && !(PURE_PACKAGES[room] ?? []).includes(from)) {
      found.push({ at, message: `${room} decides or declares and uses no package ("${name}"); what needs one belongs into kit` });
    }
    if (PROCESS_MODULES.has(name) && room !== 'scripts' && file !== STARTS_PROCESSES && !file.startsWith('chaos/injector/drivers/')) {
      found.push({ at, message: `only chaos/injector/drivers and ${STARTS_PROCESSES} may start processes or containers ("${name}")` });
    }
  }
  if (room !== 'scripts') {
    for (const at of source.computedImports) found.push({ at, message: 'import() of a computed name hides who needs whom; write the name out' });
  }
  return found;
}

function impurities(file: string, source: Source): Found {
  if (isForTests(file)) return [];
  const room = roomOf(file) ?? '';
  const found: Found = [];
  if (PURE_ROOMS.has(room)) {
    for (const match of source.code.matchAll(NEED_CLOCK)) {
      found.push({ at: match.index, message: `${room} has no clock, process or I/O of its own ("${match[0].trim()}"); time is an argument` });
    }
  }
  if (room !== 'kit' && room !== 'scripts' && basename(file) !== 'main.ts') {
    for (const match of source.code.matchAll(DICE)) {
      found.push({ at: match.index, message: 'dice are an argument (policy/random.ts); only kit and main.ts may draw a seed' });
    }
  }
  return found;
}

function unfinished(file: string, source: Source): Found {
  const found: Found = source.comments
    .filter(({ text }) => UNFINISHED.test(text))
    .map(({ at }) => ({ at, message: 'nothing lands unfinished: do it, or leave the note out' }));
  if (!isTest(file)) return found;
  for (const match of source.code.matchAll(SELECTED_TEST)) found.push({ at: match.index, message: `"${match[0]}" leaves tests out` });
  return found;
}

function shape(file: string, text: string, house: House): Found {
  const found: Found = [];
  const lines = text.trimEnd().split('\n').length;
  const isPolicy = roomOf(file) === 'policy' && !isTest(file) && !file.endsWith('.fixture.ts');
  if (lines > LINES_MAX && !isTest(file)) found.push({ at: 0, message: `${lines} lines; a file holds one concept in at most ${LINES_MAX}` });
  const name = stem(file);
  if ([...dirname(file).split('/'), name].some((part) => NAMELESS.test(part))) {
    found.push({ at: 0, message: 'the name says nothing: name the concept' });
  }
  if (isTest(file)) {
    if (!liesBesideItsSubject(file, house)) found.push({ at: 0, message: 'a test lies beside its file: none of this folder has its name, and it imports none' });
    return found;
  }
  if (!/^(?:#!.*\n)?\/[*/]/.test(text)) found.push({ at: 0, message: 'a file opens with a comment: what it decides and what it guards against' });
  if (/^(?:\s*export\b[^;]*\bfrom\b[^;]*;)+\s*$/.test(withoutComments(text))) found.push({ at: 0, message: 'a barrel: import from where it is declared' });
  if (isPolicy && DECIDES.test(readSource(text).code) && !isTestedBeside(file, house)) {
    found.push({ at: 0, message: 'a policy has its test beside it, or is a part of one beside it that has' });
  }
  return found;
}

/** By a test of its name, or as a part: what a tested file of the same folder is composed of is tested by its traces. */
function isTestedBeside(file: string, house: House, asked = new Set<string>()): boolean {
  if (house.has(file.replace(/\.ts$/, '.test.ts'))) return true;
  asked.add(file);
  const users = [...house].filter(([other, text]) => {
    if (dirname(other) !== dirname(file) || isTest(other) || asked.has(other)) return false;
    return readSource(text).imports.some(({ name, typeOnly }) => !typeOnly && resolveInside(other, name) === file);
  });
  return users.some(([user]) => isTestedBeside(user, house, asked));
}

/** By name (`lag.test.ts`, `lag.fleet.test.ts` beside `lag.ts`), or by what it imports, for tests of how several work together. */
function liesBesideItsSubject(file: string, house: House): boolean {
  const subject = join(dirname(file), stem(file).split('.')[0] ?? '');
  if (house.has(`${subject}.ts`) || house.has(`${subject}.mjs`)) return true;
  return readSource(house.get(file) ?? '').imports.some(({ name }) => dirname(resolveInside(file, name) ?? '..').startsWith(dirname(file)));
}

function isTest(file: string): boolean {
  return file.endsWith('.test.ts');
}

/** A test, or what several tests share. */
function isForTests(file: string): boolean {
  return isTest(file) || file.endsWith('.fixture.ts');
}

/** Name without its ending: `balanced-client` of `kit/balanced-client.test.ts`. */
function stem(file: string): string {
  return basename(file).replace(/(?:\.test)?\.(?:ts|mjs)$/, '');
}

function withoutComments(text: string): string {
  return readSource(text).comments.reduce((rest, comment) => rest.replace(comment.text, ''), text).trim();
}
