import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { open as openHandle, type FileHandle } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { tellTrouble, type JournalFile } from '../journal/journal-file.ts';
import { textOf } from '../journal/json-lines.ts';
import { openJournal } from './journal.ts';
import type { JournalLine, JournalState } from './journal-lines.ts';
import { intentOf } from './memory-journal.fixture.ts';

let folder: string;
let path: string;
let opened: JournalFile<JournalLine, JournalState>[];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-journal-'));
  path = join(folder, 'injector', 'journal.jsonl');
  opened = [];
});

afterEach(async () => {
  await Promise.all(opened.map((journal) => journal.close()));
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

async function open(): Promise<JournalFile<JournalLine, JournalState>> {
  const journal = await openJournal(path, () => 42);
  opened.push(journal);
  return journal;
}

const lines = (): string[] => readFileSync(path, 'utf8').split('\n').filter((line) => line !== '');
const types = (): unknown[] => lines().map((line) => (JSON.parse(line) as { type: string }).type);

/** That of every open file, where what the journal asks of its own can be met. */
async function filePrototype(): Promise<FileHandle> {
  const handle = await openHandle(join(folder, 'probe'), 'w');
  await handle.close();
  return Object.getPrototypeOf(handle) as FileHandle;
}

async function fillDiskInTheMiddleOfTheNextLine(): Promise<void> {
  const prototype = await filePrototype();
  const { appendFile } = prototype;
  vi.spyOn(prototype, 'appendFile').mockImplementationOnce(async function (this: FileHandle, data) {
    await appendFile.call(this, (data as Buffer).subarray(0, '{"type":"intent"'.length));
    throw new Error('ENOSPC: no space left on device, write');
  });
}

describe('the journal on disk', () => {
  it('has a line when its append is through, and the next start knows what it says', async () => {
    const journal = await open();
    await journal.append(intentOf('f1', { restore: ['az1-kitchen-a'] }));
    expect(types()).toEqual(['started', 'intent']);
    // Not closed: as after a SIGKILL.
    expect((await open()).state).toEqual({ lastFault: 1, open: new Map([['f1', intentOf('f1', { restore: ['az1-kitchen-a'] })]]), lever: null });
  });

  it('has told nobody of an intent before its line is synced: a file that is only written goes with the power', async () => {
    const journal = await open();
    const prototype = await filePrototype();
    const { sync } = prototype;
    const disk = Promise.withResolvers<void>();
    let atSync: unknown[] = [];
    vi.spyOn(prototype, 'sync').mockImplementationOnce(async function (this: FileHandle) {
      atSync = types();
      await disk.promise;
      await sync.call(this);
    });
    const appended = vi.fn<() => void>();
    const append = journal.append(intentOf('f1')).then(appended);
    await vi.waitFor(() => expect(atSync).toEqual(['started', 'intent']));
    await new Promise(setImmediate);
    expect([appended.mock.calls.length, [...journal.state.open.keys()]]).toEqual([0, []]);
    disk.resolve();
    await append;
    expect([...journal.state.open.keys()]).toEqual(['f1']);
  });

  it('keeps the order in which it was told', async () => {
    const journal = await open();
    await Promise.all([journal.append(intentOf('f1')), journal.append({ type: 'applied', atMs: 1, id: 'f1', startedMs: 1, skewMs: 0 }), journal.append({ type: 'healed', atMs: 2, id: 'f1' })]);
    expect(types()).toEqual(['started', 'intent', 'applied', 'healed']);
  });

  it('goes on with the numbers of before, and forgets what is healed', async () => {
    const first = await open();
    for (const id of ['f1', 'f2', 'f16']) await first.append(intentOf(id));
    for (const id of ['f1', 'f16']) await first.append({ type: 'healed', atMs: 3, id });
    await first.close();
    const { state } = await open();
    expect([state.lastFault, [...state.open.keys()]]).toEqual([16, ['f2']]);
    await opened[1]?.close();
    expect(types()).toEqual(['started', 'intent']);
  });

  it('cuts a torn line off, so that the next one is whole', async () => {
    mkdirSync(join(folder, 'injector'));
    writeFileSync(path, `${textOf(intentOf('f1'))}${textOf(intentOf('f2')).slice(0, 40)}`);
    const journal = await open();
    expect(journal.found).toEqual({ unreadable: [], isTorn: true });
    await journal.append(intentOf('f3'));
    expect(lines().map((line) => (JSON.parse(line) as { id?: string }).id ?? null)).toEqual([null, 'f1', 'f3']);
  });

  it('leaves no other file beside it', async () => {
    await (await open()).append(intentOf('f1'));
    expect(readdirSync(join(folder, 'injector'))).toEqual(['journal.jsonl']);
  });

  it('is written again in few lines when it has grown', async () => {
    const journal = await open();
    await journal.append({ type: 'lever', atMs: 1, reason: 'x'.repeat(600_000) });
    await journal.append({ type: 'lever', atMs: 1, reason: 'y'.repeat(600_000) });
    await journal.append({ type: 'lever', atMs: 1, reason: null });
    expect(types()).toEqual(['started', 'lever']);
  });
});

it('tells what is wrong with it', async () => {
  const told: unknown[] = [];
  const tell = (...words: unknown[]): unknown => told.push(words);
  mkdirSync(join(folder, 'injector'));
  writeFileSync(path, `${textOf(intentOf('f1'))}rubbish\n${textOf(intentOf('f2')).slice(0, 40)}`);
  tellTrouble({ warn: tell, error: tell }, await open());
  expect(told).toEqual([['journal.torn-line-cut'], [{ line: 2, reason: 'it is no JSON' }, 'journal.line-passed-over']]);
  told.length = 0;
  rmSync(join(folder, 'injector'), { recursive: true });
  writeFileSync(join(folder, 'injector'), 'a file where the folder should be');
  tellTrouble({ warn: tell, error: tell }, await open());
  expect(told).toEqual([[{ trouble: expect.stringContaining('EEXIST') as string }, 'journal.unusable']]);
});

describe('a journal that cannot be written', () => {
  it('refuses an intent with the reason, and counts what happened all the same', async () => {
    writeFileSync(join(folder, 'injector'), 'a file where the folder should be');
    const journal = await open();
    await expect(journal.append(intentOf('f1'))).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED', message: expect.stringContaining('EEXIST') as string });
    await expect(journal.append({ type: 'lever', atMs: 1, reason: 'incident' })).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED' });
    expect(journal.trouble).toContain('EEXIST');
    expect(journal.state).toEqual({ lastFault: 0, open: new Map(), lever: { reason: 'incident', sinceMs: 1 } });
  });

  it('is whole again with the first line that it can take, with what was not written before', async () => {
    writeFileSync(join(folder, 'injector'), 'a file where the folder should be');
    const journal = await open();
    await expect(journal.append({ type: 'lever', atMs: 1, reason: 'incident' })).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED' });
    rmSync(join(folder, 'injector'));
    await journal.append(intentOf('f1'));
    expect(journal.trouble).toBeNull();
    expect(types()).toEqual(['started', 'lever', 'intent']);
  });

  it('cuts off what a failed write left of a line', async () => {
    const journal = await open();
    await journal.append(intentOf('f1'));
    await fillDiskInTheMiddleOfTheNextLine();
    await expect(journal.append(intentOf('f2'))).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED', message: expect.stringContaining('ENOSPC') as string });
    expect(lines().at(-1)).toBe('{"type":"intent"');
    await journal.append(intentOf('f3'));
    expect(lines().map((line) => (JSON.parse(line) as { id?: string }).id ?? null)).toEqual([null, 'f1', 'f3']);
  });

  it('is never replaced when it could not be read', async () => {
    mkdirSync(path, { recursive: true });
    writeFileSync(join(path, 'treasure'), '');
    const journal = await open();
    await expect(journal.append(intentOf('f1'))).rejects.toMatchObject({ code: 'AZ_NOT_RECORDED', message: expect.stringContaining('EISDIR') as string });
    expect(existsSync(join(path, 'treasure'))).toBe(true);
  });
});
