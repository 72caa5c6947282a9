/**
 * Reads `region.json` and follows its changes. A running program must survive a file that is half written,
 * gone for a moment or broken by hand: it then keeps the last good description. Static stability: nothing
 * that serves customers waits for this file after the start.
 */
import { readFileSync, unwatchFile, watchFile } from 'node:fs';
import { Check, Errors } from 'typebox/schema';
import { RegionSchema, type Endpoint, type Region } from '#contracts/region.ts';
import { ConfigError } from './config.ts';

/** Membership changes are rare and nobody waits for them; a stat per second and program costs nothing. */
const POLL_MS = 1000;

/** @throws ConfigError when the file is missing, is not JSON, or is no `azimuth.region/1` document. */
export function readRegion(path: string): Region {
  return parseRegion(readText(path), path);
}

/** @throws ConfigError when the region has no endpoint of that name. */
export function findInstance(region: Region, name: string): Endpoint {
  const found = region.endpoints.find((endpoint) => endpoint.name === name);
  if (found !== undefined) return found;
  const names = region.endpoints.map((endpoint) => endpoint.name).join(', ');
  throw new ConfigError(`region "${region.region}" has no endpoint "${name}"; it has: ${names}`);
}

/**
 * Calls `onChange` with every new good content, and `onIgnored` for content that cannot be used.
 * @param pollMs how often the file is looked at
 * @returns stops watching
 */
export function watchRegion(
  path: string,
  onChange: (region: Region) => void,
  onIgnored: (error: ConfigError) => void = () => {},
  pollMs = POLL_MS,
): () => void {
  let known = '';
  try {
    known = readText(path);
  } catch {
    // Not there yet: its first good content is a change.
  }
  // A stat poll, because inotify follows the inode and loses a file that is replaced by rename.
  const listener = (): void => {
    try {
      const text = readText(path);
      if (text === known) return;
      const region = parseRegion(text, path);
      known = text;
      onChange(region);
    } catch (error) {
      if (!(error instanceof ConfigError)) throw error;
      onIgnored(error);
    }
  };
  watchFile(path, { interval: pollMs, persistent: false }, listener);
  return () => unwatchFile(path, listener);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw new ConfigError(`cannot read the region's description ${path}: ${(error as Error).message}`);
  }
}

function parseRegion(text: string, path: string): Region {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new ConfigError(`${path} is not JSON (half written?): ${(error as Error).message}`);
  }
  if (Check(RegionSchema, value)) return value;
  const [first] = Errors(RegionSchema, value)[1];
  const where = first === undefined ? '' : `: ${first.instancePath || '/'} ${first.message}`;
  throw new ConfigError(`${path} is no azimuth.region/1 document${where}`);
}
