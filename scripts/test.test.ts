import { beforeEach, expect, test, vi } from 'vitest';
import { testCommand } from './test.ts';
import type * as Tool from './tool.ts';

const runTool = vi.hoisted(() => vi.fn<typeof Tool.runTool>());
vi.mock('./tool.ts', () => ({ runTool }));
const installTestPrograms = vi.hoisted(() => vi.fn<() => Promise<void>>());
vi.mock('./test-programs.ts', () => ({ installTestPrograms }));

beforeEach(() => {
  runTool.mockReset().mockResolvedValue({ exitCode: 0, output: '', tookMs: 0 });
  return () => (process.exitCode = undefined);
});

test.each([
  ['', ['--project', 'house', '--project', 'fleet']],
  ['policy/retry', ['--project', 'house', '--project', 'fleet', 'policy/retry']],
  ['--project house', ['--project', 'house']],
  ['--project house policy/retry', ['--project', 'house', 'policy/retry']],
  ['policy/retry --project=fleet --reporter verbose', ['--project', 'fleet', 'policy/retry', '--reporter', 'verbose']],
  ['--queries', ['--project', 'queries']],
])('"test %s" runs the projects that were meant, and no other', async (words, expected) => {
  await testCommand().parseAsync(words.split(' ').filter(Boolean), { from: 'user' });
  expect(runTool.mock.calls).toEqual([['vitest', 'vitest', ['run', ...expected], 'inherit']]);
});

test.each([
  ['--project houses', /Allowed choices are house, fleet/],
  ['--project house --queries', /cannot be used with option '--queries'/],
])('"test %s" is refused before anything runs', async (words, complaint) => {
  const command = testCommand().exitOverride().configureOutput({ writeErr: () => undefined });
  await expect(command.parseAsync(words.split(' '), { from: 'user' })).rejects.toThrow(complaint);
  expect(runTool).not.toHaveBeenCalled();
});

test('with --provision installs what tests ask first, and only then', async () => {
  await testCommand().parseAsync(['policy'], { from: 'user' });
  expect(installTestPrograms).not.toHaveBeenCalled();
  installTestPrograms.mockImplementation(async () => expect(runTool).toHaveBeenCalledOnce());
  await testCommand().parseAsync(['--provision', 'policy'], { from: 'user' });
  expect(installTestPrograms).toHaveBeenCalledOnce();
  expect(runTool.mock.lastCall?.[2]).toEqual(['run', '--project', 'house', '--project', 'fleet', 'policy']);
});

test('ends as the test runner did', async () => {
  runTool.mockResolvedValue({ exitCode: 1, output: '', tookMs: 0 });
  await testCommand().parseAsync([], { from: 'user' });
  expect(process.exitCode).toBe(1);
});
