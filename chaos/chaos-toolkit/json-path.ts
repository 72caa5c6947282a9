/**
 * A part of JSONPath: `$`, `.name`, `['name']`, `[0]`, `[-1]`, `.*`, `[*]`. Filters, slices, unions and descent (`..`) are
 * refused, so that no tolerance is judged by half of its path.
 * Reference: RFC 9535, section 2.
 */
type Step = string | number | typeof EVERY;

const EVERY = Symbol('every');
const STEP = /\.(\*|[\p{L}_][\p{L}\p{N}_-]*)|\[(?:(\*)|(-?\d+)|'([^'\\]*)'|"([^"\\]*)")\]/uy;

/** Null for a path that is none, or uses what is not understood here. */
export function parseJsonPath(path: string): readonly Step[] | null {
  if (!path.startsWith('$')) return null;
  const steps: Step[] = [];
  STEP.lastIndex = 1;
  while (STEP.lastIndex < path.length) {
    const match = STEP.exec(path);
    if (match === null) return null;
    const [, name, every, index, single, double] = match;
    steps.push(name === '*' || every !== undefined ? EVERY : index !== undefined ? Number(index) : (name ?? single ?? double ?? ''));
  }
  return steps;
}

/** All that the steps find, in the value's order. */
export function findByPath(steps: readonly Step[], value: unknown): unknown[] {
  return steps.reduce<unknown[]>((found, step) => found.flatMap((one) => below(one, step)), [value]);
}

function below(value: unknown, step: Step): unknown[] {
  if (Array.isArray(value)) {
    if (step === EVERY) return value;
    return typeof step === 'number' && value.at(step) !== undefined ? [value.at(step)] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  if (step === EVERY) return Object.values(value);
  return typeof step === 'string' && Object.hasOwn(value, step) ? [(value as Record<string, unknown>)[step]] : [];
}
