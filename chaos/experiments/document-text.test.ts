import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readDocumentText } from './document-text.ts';

const BYTES_MAX = 262_144;
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'azimuth-document-'));
  path = join(folder, 'mine.yaml');
});
afterEach(() => rmSync(folder, { recursive: true }));

const refusal = (message: RegExp): unknown => expect.objectContaining({ exitCode: 2, message: expect.stringMatching(message) as string });

describe('a file', () => {
  test.each([['nothing', ''], ['some characters of several bytes', 'title: ein Ofen für Pizza 🍕\n'], ['as much as a document can have', 'é'.repeat(BYTES_MAX / 2)]])('with %s is read whole', (_what, text) => {
    writeFileSync(path, text);
    expect(readDocumentText(path, 'mine.yaml')).toBe(text);
  });

  test.each([['by a byte', BYTES_MAX + 1], ['by far', 2 ** 40]])('that is too long %s is refused, and not read to its end', (_what, bytes) => {
    writeFileSync(path, '');
    truncateSync(path, bytes);
    expect(() => readDocumentText(path, 'mine.yaml')).toThrow(refusal(/^mine\.yaml is longer than any document: it has more than 262144 bytes\.$/));
  });

  test('that is not there is refused', () => {
    expect(() => readDocumentText(path, 'mine.yaml')).toThrow(refusal(/^mine\.yaml cannot be read: ENOENT/));
  });
});

describe('what is no file is refused by name:', () => {
  test('a folder', () => {
    expect(() => readDocumentText(folder, 'mine/')).toThrow(refusal(/^mine\/ is a folder, and no file\.$/));
  });

  test('a device', () => {
    expect(() => readDocumentText('/dev/zero', '/dev/zero')).toThrow(refusal(/^\/dev\/zero is a device, and no file\.$/));
  });

  test('a named pipe, which nobody is waited for to write to', () => {
    expect(spawnSync('mkfifo', [path]).status).toBe(0);
    expect(() => readDocumentText(path, 'mine.yaml')).toThrow(refusal(/^mine\.yaml is a named pipe, and no file\.$/));
  });
});

describe('what bash hands over', () => {
  const module = JSON.stringify(join(import.meta.dirname, 'document-text.ts'));
  const script = `import(${module}).then(({ readDocumentText }) => process.stdout.write(readDocumentText(process.argv[1], "it"))).catch(({ message }) => process.stdout.write(message))`;
  /** `READ` prints the document that the word after it names. */
  const bash = (line: string): string => {
    const { stdout, error } = spawnSync('bash', ['-c', line.replace('READ', '"$NODE" --disable-warning=ExperimentalWarning -e "$SCRIPT"')], {
      env: { PATH: process.env['PATH'], NODE: process.execPath, SCRIPT: script, FILE: path }, encoding: 'utf8', timeout: 25_000,
    });
    if (error !== undefined) throw error;
    return stdout;
  };

  test.each([
    ['READ <(sleep 0.2; cat "$FILE")', 'what a command prints, even late'],
    ['cat "$FILE" | READ /dev/stdin', 'a pipe as standard input'],
    ['READ /dev/stdin < "$FILE"', 'a file as standard input'],
  ])('is read: %s', (line) => {
    writeFileSync(path, 'title: Pizza\n');
    expect(bash(line)).toBe('title: Pizza\n');
  });

  test('and does not end is given up', () => {
    expect(bash('READ <(yes)')).toMatch(/^it is longer than any document/);
  });
});
