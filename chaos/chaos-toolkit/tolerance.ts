/**
 * Whether what a probe saw is within its tolerance. What cannot be compared is not within it, and never throws.
 * Reference: chaoslib, `hypothesis.py` (`within_tolerance`).
 */
import { isDeepStrictEqual } from 'node:util';
import { checkTolerance } from './check-tolerance.ts';
import type { JsonPathTolerance, Tolerance } from './experiment.ts';
import { findByPath, parseJsonPath } from './json-path.ts';

/**
 * @param tolerance with its variables filled in, which may have made something of it that is none
 * @param output of a process `{status, stdout, stderr}`, of a request `{status, headers, body}`
 */
export function isWithin(tolerance: Tolerance, output: unknown): boolean {
  if (!isSound(tolerance)) return false;
  if (typeof tolerance !== 'object') return isDeepStrictEqual(typeof tolerance === 'number' ? statusOf(output) : output, tolerance);
  if (isList(tolerance)) return isInList(tolerance, output);
  const value = tolerance.target === undefined ? output : fieldOf(output, tolerance.target);
  switch (tolerance.type) {
    case 'regex':
      return isMatched(tolerance.pattern, textOf(value));
    case 'range':
      return isBetween(value, tolerance.range);
    case 'jsonpath':
      return isFound(tolerance, value);
  }
}

function isInList(tolerance: readonly unknown[], output: unknown): boolean {
  const status = statusOf(output);
  // A list is a set of statuses; of anything else two are a range.
  if (status !== output || tolerance.length !== 2) return tolerance.some((one) => isDeepStrictEqual(one, status));
  return isBetween(output, tolerance);
}

function isFound({ path, expect, count }: JsonPathTolerance, value: unknown): boolean {
  const steps = parseJsonPath(path);
  if (steps === null) return false;
  const found = findByPath(steps, typeof value === 'string' ? parsed(value) : value);
  if (expect !== undefined) return isDeepStrictEqual(found, Array.isArray(expect) ? expect : [expect]);
  return count === undefined ? found.length > 0 : found.length === count;
}

/** Python's `$` also stands before a line end that ends the text, as what a process prints does. */
function isMatched(pattern: string, text: string): boolean {
  let regex: RegExp;
  try {
    regex = new RegExp(pattern, 'u');
  } catch {
    // A name that nobody configured stands in it still.
    return false;
  }
  return regex.test(text) || regex.test(text.replace(/\n$/, ''));
}

function isSound(tolerance: unknown): boolean {
  let isIt = true;
  checkTolerance(tolerance, [], () => (isIt = false));
  return isIt;
}

function isBetween(value: unknown, [least, most]: readonly unknown[]): boolean {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && number >= Number(least) && number <= Number(most);
}

function isList(tolerance: Tolerance): tolerance is readonly unknown[] {
  return Array.isArray(tolerance);
}

function statusOf(output: unknown): unknown {
  return typeof output === 'object' && output !== null && 'status' in output ? output.status : output;
}

function fieldOf(output: unknown, name: string): unknown {
  return typeof output === 'object' && output !== null && Object.hasOwn(output, name) ? (output as Record<string, unknown>)[name] : output;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value) ?? '';
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
