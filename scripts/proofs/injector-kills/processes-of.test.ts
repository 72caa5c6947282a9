import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { afterEach, expect, test, vi } from 'vitest';
import { processesOf } from './processes-of.ts';

const FOLDER = `/tmp/azimuth-no-such-folder-${process.pid}`;
const children: ChildProcess[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
});

function sleeper(environment: NodeJS.ProcessEnv): ChildProcess {
  const child = spawn('sleep', ['60'], { stdio: 'ignore', detached: true, env: { ...process.env, ...environment } });
  children.push(child);
  return child;
}

test.runIf(process.platform === 'linux')('are found by the folder that they were told, frozen ones too, and nobody else is', async () => {
  const one = sleeper({ AZIMUTH_REGION_FILE: `${FOLDER}/r/region.json`, AZIMUTH_INSTANCE: 'az1-kitchen-a' });
  const frozen = sleeper({ AZIMUTH_STATE_DIR: FOLDER });
  sleeper({ AZIMUTH_STATE_DIR: '/somewhere/else' });
  await vi.waitFor(() => expect(processesOf(FOLDER)).toHaveLength(2));
  frozen.kill('SIGSTOP');
  expect(processesOf(FOLDER).toSorted((a, b) => a.name.localeCompare(b.name))).toEqual([{ pid: one.pid, name: 'az1-kitchen-a' }, { pid: frozen.pid, name: 'sleep' }]);
  const ended = [once(one, 'exit'), once(frozen, 'exit')];
  one.kill('SIGKILL');
  frozen.kill('SIGKILL');
  await Promise.all(ended);
  expect(processesOf(FOLDER)).toEqual([]);
});
