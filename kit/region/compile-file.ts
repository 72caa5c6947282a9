/**
 * Compiles the description in a file, for whoever starts a region: either a region, or one error that names
 * every problem with its line.
 */
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import type { Region } from '#contracts/region.ts';
import { ConfigError } from '../config.ts';
import { compileRegion, type CompileInput } from './compile.ts';
import { problemText } from './problem.ts';

/** A description is a few hundred lines; a wrong path must not read a disk image into memory. */
const BYTES_MAX = 1_048_576;

/**
 * @param path also how problems name the file
 * @throws ConfigError when the file cannot be read or does not describe a region
 */
export function compileFile(path: string, options: Omit<CompileInput, 'text' | 'file'>): Region {
  const result = compileRegion({ ...options, text: readText(path), file: path });
  if ('region' in result) return result.region;
  const count = result.errors.length === 1 ? 'one problem' : `${result.errors.length} problems`;
  throw new ConfigError(`${path} does not describe a region (${count}):\n${result.errors.map(problemText).join('\n')}`);
}

function readText(path: string): string {
  let file: number | undefined;
  try {
    file = openSync(path, 'r');
    const found = fstatSync(file);
    if (!found.isFile()) throw new ConfigError(`${path} is no file; name the region's docker-compose.yml`);
    if (found.size > BYTES_MAX) throw new ConfigError(`${path} has ${found.size} bytes; a description has at most ${BYTES_MAX}`);
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOENT') throw new ConfigError(`there is no ${path}; name the region's docker-compose.yml`);
    if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA') throw new ConfigError(`${path} is not UTF-8 text`);
    throw new ConfigError(`cannot read ${path}: ${(error as Error).message}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
