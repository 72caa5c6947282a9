/** What a tolerance may be, said in words before anything is run: one that cannot be compared would read as a deviation. */
import type { Path } from '#chaos/experiments/reading/source.ts';
import { parseJsonPath } from './json-path.ts';

type Report = (path: Path, message: string) => void;

export function checkTolerance(tolerance: unknown, path: Path, report: Report): void {
  if (['boolean', 'number', 'string'].includes(typeof tolerance)) return;
  if (Array.isArray(tolerance)) {
    if (tolerance.length === 0) report(path, 'an empty list holds nothing: name what is tolerated');
    return;
  }
  if (typeof tolerance !== 'object' || tolerance === null) return report(path, 'it must be true or false, a number, a text, a list, or one of type regex, range, jsonpath');
  const { type, pattern, range, path: jsonPath } = tolerance as Record<string, unknown>;
  switch (type) {
    case 'regex':
      if (typeof pattern !== 'string' || !isPattern(pattern)) report([...path, 'pattern'], 'it must be a regular expression');
      return;
    case 'range':
      if (!Array.isArray(range) || range.length !== 2 || !range.every((bound) => typeof bound === 'number')) report([...path, 'range'], 'it must be two numbers, the least and the most');
      return;
    case 'jsonpath':
      if (typeof jsonPath !== 'string' || parseJsonPath(jsonPath) === null) report([...path, 'path'], 'it must be a path of names, indices and *, such as $.orders.failed or $.zones[*].state');
      return;
    case 'probe':
      return report([...path, 'type'], 'a tolerance that is a probe is not run here: use regex, range or jsonpath');
    default:
      report([...path, 'type'], `${JSON.stringify(type) ?? 'nothing'} must be one of regex, range, jsonpath`);
  }
}

/** Names of variables may stand in it. */
function isPattern(text: string): boolean {
  try {
    new RegExp(text.replaceAll(/\$\{\w+\}/g, 'x'), 'u');
    return true;
  } catch {
    return false;
  }
}
