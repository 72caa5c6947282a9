import { expect, test } from 'vitest';
import { endRunning, lastWords, run } from './command.ts';

test('a program gets its input, and its lines are told as they come', async () => {
  const lines: string[] = [];
  const ran = await run(['sh', '-c', 'cat; echo complaint >&2; exit 3'], { input: 'one\ntwo\n', onLine: (line) => lines.push(line) });
  expect(ran).toEqual({ code: 3, stdout: 'one\ntwo\n', stderr: 'complaint\n' });
  expect(lines.sort()).toEqual(['complaint', 'one', 'two']);
});

test('a program that is not there, one that ended early and one that takes too long are outcomes', async () => {
  expect((await run(['azimuth-no-such-program'])).code).toBe(127);
  expect((await run(['true'], { input: 'x'.repeat(1_000_000) })).code).toBe(0);
  expect((await run(['sleep', '30'], { limitMs: 50 })).code).toBe(137);
});

test('what runs can be ended with all that it started, and what is started afterwards runs on', async () => {
  // A shell that waits for its child would otherwise come to its end only with it.
  const ended = run(['sh', '-c', 'sleep 30; true']);
  endRunning();
  expect((await ended).code).toBe(143);
  expect((await run(['true'])).code).toBe(0);
});

test('the last words of a failure are its last lines, and silence is said to be silence', () => {
  expect(lastWords({ code: 1, stdout: 'a\n', stderr: '\n b \n\nc\n' }, 2)).toBe('b | c');
  expect(lastWords({ code: 1, stdout: '', stderr: '' })).toBe('it said nothing');
});
