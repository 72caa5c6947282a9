/**
 * What it costs to load a program of the region: CPU time of a fresh Node that imports everything the
 * program's `main.ts` imports, and nothing is started. 22 programs start on two cores, so one careless
 * import (a validator, a logger's pretty printer) is paid 22 times before the first order.
 *
 * Measured as the region starts: with Node's compile cache of an earlier start.
 */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { resolveInside } from './house/rooms.ts';
import { readSource } from './house/source.ts';
import { ROOT } from './tool.ts';

const PROBE = `
  const { flushCompileCache } = await import('node:module');
  for (const url of JSON.parse(process.argv[1])) await import(url);
  const { user, system } = process.cpuUsage();
  process.stdout.write(String((user + system) / 1000));
  flushCompileCache();
  process.exit();
`;

/**
 * @param main path of a `main.ts` inside the checkout
 * @param cache folder of the compile cache; the first call with it fills it
 * @returns milliseconds of CPU, Node's own start included
 */
export function bootCostMs(main: string, cache: string): Promise<number> {
  const urls = readSource(readFileSync(join(ROOT, main), 'utf8'))
    .imports.filter((one) => !one.typeOnly)
    .map(({ name }) => {
      const inside = resolveInside(main, name);
      return inside === null ? name : pathToFileURL(join(ROOT, inside)).href;
    });
  return loadCostMs(urls, join(ROOT, dirname(main)), cache);
}

/** What Fastify alone costs, in the same way: the yardstick for a machine that is slower at the moment. */
export function yardstickMs(cache: string): Promise<number> {
  return loadCostMs(['fastify'], ROOT, cache);
}

async function loadCostMs(urls: readonly string[], cwd: string, cache: string): Promise<number> {
  const child = spawn(process.execPath, ['--input-type=module', '--eval', PROBE, JSON.stringify(urls)], {
    cwd,
    env: { ...process.env, NODE_COMPILE_CACHE: cache },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  await new Promise((resolve) => child.on('close', resolve));
  if (out === '') throw new Error(`${urls.join(', ')} cannot be imported: ${err}`);
  return Number(out);
}
