/**
 * Reads request bodies as leniently as the reference's parser, which clients rely on without knowing: keys
 * in any case, unknown keys, null for "leave it", text behind the first value. And as strictly: an integer
 * is written as one ("1.0" and "1e3" are not), and nothing is converted.
 * https://pkg.go.dev/encoding/json#Unmarshal
 */
import { badBody } from './refusal.ts';

/** Deeper nesting is refused, as the reference does. */
const DEPTH_MAX = 10_000;
const INT64_MIN = -(2n ** 63n);
const INT64_MAX = 2n ** 63n - 1n;
/** Digits and sign of the longest of them: longer ones are not even converted, which would take minutes for a megabyte. */
const INT64_LENGTH_MAX = 20;
/** Beyond it a 32-bit float, which the reference keeps, would be infinite. */
const FLOAT32_MAX = 3.4028234663852886e38;

/** A number as it was written, because what kind it is shows only there. */
class WrittenNumber {
  readonly value: number;
  readonly source: string;

  constructor(value: number, source: string) {
    this.value = value;
    this.source = source;
  }
}

type Reviver = (key: string, value: unknown, context: { source: string }) => unknown;
// The library's types do not know the reviver's third argument yet (Node 22 and newer).
const parseWithSources = JSON.parse as (text: string, reviver: Reviver) => unknown;

/**
 * The first JSON value of a body; numbers are readable through {@link Fields} only.
 * @throws Refusal 400 when there is none
 */
export function readBody(body: string): unknown {
  const start = body.search(/[^ \t\r\n]/);
  if (start === -1) throw badBody('EOF');
  const end = endOfValue(body, start);
  try {
    return parseWithSources(body.slice(start, end), (_key, value, context) => (typeof value === 'number' ? new WrittenNumber(value, context.source) : value));
  } catch (error) {
    throw badBody((error as Error).message);
  }
}

/** Where the value that starts at `start` ends; what is wrong inside it is the parser's to find. */
function endOfValue(text: string, start: number): number {
  if (!'{['.includes(text.charAt(start))) {
    const end = text.slice(start).search(/[ \t\r\n]/);
    return end === -1 ? text.length : start + end;
  }
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (inString) {
      if (char === BACKSLASH) at += 1;
      else if (char === QUOTE) inString = false;
    } else if (char === QUOTE) {
      inString = true;
    } else if (char === BRACE_OPEN || char === BRACKET_OPEN) {
      depth += 1;
      if (depth > DEPTH_MAX) throw badBody('exceeded max depth');
    } else if (char === BRACE_CLOSE || char === BRACKET_CLOSE) {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  throw badBody('unexpected EOF');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BRACKET_OPEN = 0x5b;
const BRACKET_CLOSE = 0x5d;

/** The fields of one object: each reader gives undefined for a field that is absent or null, and refuses a wrong type with 400. */
export class Fields {
  readonly #values = new Map<string, unknown>();

  /** @param value of {@link readBody}; null counts as an object without fields */
  constructor(value: unknown, what = 'the body') {
    if (value === null || value === undefined) return;
    if (typeof value !== 'object' || Array.isArray(value) || value instanceof WrittenNumber) throw badBody(`${what} must be a JSON object`);
    for (const [key, field] of Object.entries(value)) if (field !== null) this.#values.set(key.toLowerCase(), field);
  }

  text(name: string): string | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === 'string') return value;
    throw badBody(`"${name}" must be a string`);
  }

  flag(name: string): boolean | undefined {
    const value = this.#values.get(name);
    if (value === undefined || typeof value === 'boolean') return value;
    throw badBody(`"${name}" must be true or false`);
  }

  /** A number of 32 bits, as it was written. */
  float(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (value instanceof WrittenNumber && Math.abs(value.value) <= FLOAT32_MAX) return value.value;
    throw badBody(`"${name}" must be a number`);
  }

  /** A whole number of 64 bits; beyond 2^53 the nearest that a double can hold. */
  integer(name: string): number | undefined {
    const value = this.#values.get(name);
    if (value === undefined) return undefined;
    if (value instanceof WrittenNumber && value.source.length <= INT64_LENGTH_MAX && /^-?\d+$/.test(value.source)) {
      const exact = BigInt(value.source);
      // Adding zero turns -0 into 0.
      if (exact >= INT64_MIN && exact <= INT64_MAX) return value.value + 0;
    }
    throw badBody(`"${name}" must be a whole number`);
  }

  object(name: string): Fields {
    return new Fields(this.#values.get(name), `"${name}"`);
  }
}
