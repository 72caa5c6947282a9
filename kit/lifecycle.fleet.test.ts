import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { BACKLOG } from './lifecycle.ts';

/** Runs a program whose start is given as source; says `up` on standard output once it runs. */
function run(start: string) {
  const source = `import { runProgram } from ${JSON.stringify(join(import.meta.dirname, 'lifecycle.ts'))};
    import { ConfigError } from ${JSON.stringify(join(import.meta.dirname, 'config.ts'))};
    await runProgram(async () => { ${start} });`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', source], { stdio: ['ignore', 'pipe', 'pipe'] });
  const program = { child, errors: '', up: once(child.stdout, 'data'), exit: once(child, 'exit').then(([code]) => code as number | null) };
  child.stderr.on('data', (chunk) => (program.errors += String(chunk)));
  return program;
}

const UP = "setTimeout(() => console.log('up')); setInterval(() => {}, 1000);";

test.each(['SIGTERM', 'SIGINT'] as const)('%s drains and ends with 0', async (signal) => {
  const program = run(`${UP} return { drain: async () => console.error('drained') };`);
  await program.up;
  program.child.kill(signal);
  expect(await program.exit).toBe(0);
  expect(program.errors).toBe('drained\n');
});

test('a signal during the start ends it at once', async () => {
  const program = run(`${UP} await new Promise(() => {}); return { drain: async () => console.error('drained') };`);
  await program.up;
  program.child.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(program.errors).toBe('');
});

test('a drain that never ends is cut after five seconds, and says so', async () => {
  const program = run(`${UP} return { drain: () => new Promise(() => {}) };`);
  await program.up;
  const askedMs = performance.now();
  program.child.kill('SIGTERM');
  expect(await program.exit).toBe(0);
  expect(performance.now() - askedMs).toBeGreaterThan(4900);
  expect(program.errors).toMatch(/still in flight after 5000 ms and are cut/);
});

test.each([
  ['a bad configuration is one message and 2', "throw new ConfigError('X=1 is not allowed');", 2, /^X=1 is not allowed\n$/],
  ['a start that fails is 6, with its stack', "throw new Error('no idea');", 6, /^the program failed: Error: no idea\n\s+at /],
  ['what nobody caught is 6', "setTimeout(() => { throw new Error('later'); }); return { drain: async () => {} };", 6, /^the program failed: Error: later/],
  ['a promise that nobody awaited is 6', "Promise.reject(new Error('lost')); return { drain: async () => {} };", 6, /^the program failed: Error: lost/],
])('%s', async (_what, start, code, message) => {
  const program = run(start);
  program.up.catch(() => {});
  expect(await program.exit).toBe(code);
  expect(program.errors).toMatch(message);
});

test.skipIf(process.platform !== 'linux')('who is too busy to accept holds few connections, and not those of the last seconds', async () => {
  const program = run(`
    const { listen } = await import(${JSON.stringify(join(import.meta.dirname, 'lifecycle.ts'))});
    const { createServer } = await import('node:http');
    const server = createServer();
    await listen({ listen: (address) => new Promise((resolve) => server.listen(address, resolve)) }, { host: '127.0.0.1', port: 0 });
    console.log(server.address().port);
    return { drain: async () => {} };`);
  const [port] = await program.up;
  program.child.kill('SIGSTOP');
  const sockets: Socket[] = [];
  let connected = 0;
  try {
    for (let count = 0; count < 3 * BACKLOG; count += 1) {
      sockets.push(connect({ host: '127.0.0.1', port: Number(String(port)) }).on('connect', () => (connected += 1)).on('error', () => undefined));
    }
    await sleep(500);
    // Linux holds one more than it is told.
    expect(connected).toBe(BACKLOG + 1);
  } finally {
    for (const socket of sockets) socket.destroy();
    program.child.kill('SIGCONT');
    program.child.kill('SIGKILL');
  }
  await program.exit;
});
