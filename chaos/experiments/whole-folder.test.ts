import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { writeFolder } from './whole-folder.ts';

let state: string;
let wanted: string;
beforeEach(() => {
  state = mkdtempSync(join(tmpdir(), 'azimuth-folder-'));
  wanted = join(state, 'reports', 'run');
});
afterEach(() => rmSync(state, { recursive: true }));

const write = (text: string): string => writeFolder(wanted, (draft) => writeFileSync(join(draft, 'text'), text));
const textIn = (folder: string): string => readFileSync(join(folder, 'text'), 'utf8');

describe('a folder', () => {
  test('is not there before it is whole', () => {
    const folder = writeFolder(wanted, (draft) => {
      writeFileSync(join(draft, 'text'), 'one');
      expect(existsSync(wanted)).toBe(false);
    });
    expect([folder, textIn(folder), readdirSync(join(state, 'reports'))]).toEqual([wanted, 'one', ['run']]);
  });

  test('of one who comes later has a number, and what lay there stays', () => {
    expect([write('one'), write('two'), write('three')].map((folder) => basename(folder))).toEqual(['run', 'run-2', 'run-3']);
    expect(['run', 'run-2', 'run-3'].map((name) => textIn(join(state, 'reports', name)))).toEqual(['one', 'two', 'three']);
  });

  test('of one who comes while another writes is a folder of its own', () => {
    let second = '';
    const first = writeFolder(wanted, (draft) => {
      writeFileSync(join(draft, 'text'), 'one');
      second = write('two');
      expect(readdirSync(draft)).toEqual(['text']);
    });
    expect([textIn(first), textIn(second)]).toEqual(['one', 'two']);
    expect(readdirSync(join(state, 'reports')).sort()).toEqual(['run', 'run-2']);
  });

  test('that cannot be filled leaves nothing, and its place to the next', () => {
    expect(() => writeFolder(wanted, (draft) => {
      writeFileSync(join(draft, 'text'), 'half');
      throw new Error('no room');
    })).toThrow('no room');
    expect(readdirSync(join(state, 'reports'))).toEqual([]);
    expect(write('one')).toBe(wanted);
  });

  test('is not put over one that somebody made, even an empty one', () => {
    mkdirSync(wanted, { recursive: true });
    expect(write('one')).toBe(`${wanted}-2`);
    expect(readdirSync(wanted)).toEqual([]);
  });
});

test('processes that write at the same moment lose nothing', { timeout: 60_000 }, async () => {
  const [writers, folders] = [4, 25];
  const module = JSON.stringify(join(import.meta.dirname, 'whole-folder.ts'));
  const script = `
    const { writeFileSync } = require('node:fs');
    const [wanted, writer, startMs] = process.argv.slice(1);
    import(${module}).then(({ writeFolder }) => {
      while (Date.now() < Number(startMs));
      for (let count = 0; count < ${folders}; count += 1) writeFolder(wanted, (draft) => writeFileSync(draft + '/text', writer + ' ' + count));
    });`;
  const startMs = String(Date.now() + 1000);
  const codes = await Promise.all(Array.from({ length: writers }, async (_, writer) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', '-e', script, wanted, String(writer), startMs], { stdio: ['ignore', 'inherit', 'inherit'] });
    const [code] = await once(child, 'exit');
    return code as number | null;
  }));
  expect(codes).toEqual(Array(writers).fill(0));
  const names = readdirSync(join(state, 'reports'));
  expect(names.filter((name) => name.endsWith('.part'))).toEqual([]);
  const expected = Array.from({ length: writers * folders }, (_, at) => `${at % writers} ${Math.floor(at / writers)}`);
  expect(names.map((name) => textIn(join(state, 'reports', name))).sort()).toEqual(expected.sort());
});
