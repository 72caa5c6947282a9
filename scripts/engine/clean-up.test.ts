import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { withCleanUp } from './clean-up.ts';

const none = (): void => undefined;

test('what was begun is cleaned up once, after success and after a failure', async () => {
  let cleaned = 0;
  const cleanUp = async (): Promise<void> => void cleaned++;
  expect(await withCleanUp(async () => 'done', cleanUp, none)).toBe('done');
  await expect(withCleanUp(() => Promise.reject(new Error('broken')), cleanUp, none)).rejects.toThrow('broken');
  expect(cleaned).toBe(2);
});

/** A process that waits for another one within `withCleanUp`; both signals of an impatient reader reach it. */
const WAITS = `
import { withCleanUp } from ${JSON.stringify(join(import.meta.dirname, 'clean-up.ts'))};
import { run } from ${JSON.stringify(join(import.meta.dirname, 'command.ts'))};
const waits = setInterval(() => undefined, 1000);
console.log('ready');
await withCleanUp(() => run(['sleep', '30']), async () => console.log('cleaned'), (text) => console.log(text));
clearInterval(waits);
`;

test.each([['SIGINT', 130], ['SIGTERM', 143]] as const)('after %s what runs is ended, everything is cleaned up once and the exit code says why', async (signal, code) => {
  const child = spawn(process.execPath, ['--input-type=module-typescript', '--disable-warning=ExperimentalWarning', '-e', WAITS], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString();
    if (output === 'ready\n') setTimeout(() => [child.kill(signal), child.kill(signal)], 200);
  });
  const ended = await new Promise((resolve) => child.on('close', resolve));
  expect({ ended, output }).toEqual({ ended: code, output: 'ready\nstopping …\ncleaned\n' });
});
