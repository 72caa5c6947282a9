import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { mergeRepeatedSignals } from './npm-signals.ts';
import { ROOT } from './tool.ts';

function counted(): { emitter: EventEmitter; clock: { nowMs: number }; seen: string[] } {
  const emitter = new EventEmitter();
  const clock = { nowMs: 0 };
  const seen: string[] = [];
  mergeRepeatedSignals(emitter, () => clock.nowMs);
  for (const event of ['SIGINT', 'SIGTERM', 'message']) emitter.on(event, () => seen.push(event));
  return { emitter, clock, seen };
}

test('one Ctrl-C that arrives twice is one, a second Ctrl-C of the person is a second', () => {
  const { emitter, clock, seen } = counted();
  emitter.emit('SIGINT');
  clock.nowMs = 3;
  emitter.emit('SIGINT');
  expect(seen).toEqual(['SIGINT']);
  clock.nowMs = 800;
  emitter.emit('SIGINT');
  expect(seen).toEqual(['SIGINT', 'SIGINT']);
});

test('another signal and other events are never held back', () => {
  const { emitter, seen } = counted();
  for (const event of ['SIGINT', 'SIGTERM', 'message', 'message']) emitter.emit(event);
  expect(seen).toEqual(['SIGINT', 'SIGTERM', 'message', 'message']);
});

/** Starts a child that reports its signals, from a parent that then goes away. */
const CHILD = `
  const { mergeRepeatedSignals, stopWithParent } = await import(process.argv[1]);
  mergeRepeatedSignals(process, () => performance.now());
  stopWithParent();
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.stdout.write(signal + '\\n'));
  process.stdout.write(process.pid + '\\n');
  setTimeout(() => process.exit(), 4000);
`;

test('real signals are merged, and the death of the parent is one SIGTERM', async () => {
  const url = pathToFileURL(join(ROOT, 'scripts/npm-signals.ts')).href;
  const parent = spawn('sh', ['-c', `"$0" --input-type=module --eval "$1" "$2" & wait`, process.execPath, CHILD, url], { stdio: ['ignore', 'pipe', 'inherit'] });
  let out = '';
  parent.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString();
    if (out !== `${Number(out)}\n`) return;
    process.kill(Number(out), 'SIGINT');
    setTimeout(() => {
      process.kill(Number(out.split('\n')[0]), 'SIGINT');
      parent.kill('SIGKILL');
    }, 50);
  });
  await once(parent, 'close');
  expect(out.split('\n').slice(1)).toEqual(['SIGINT', 'SIGTERM', '']);
});
