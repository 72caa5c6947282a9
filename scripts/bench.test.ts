import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { BENCHES } from './bench.ts';
import { ROOT } from './tool.ts';

test('what is listed as a benchmark is there, and what is there is listed', () => {
  const files = readdirSync(join(ROOT, 'scripts/bench')).filter((name) => name.endsWith('.ts') && !name.endsWith('.test.ts'));
  expect(Object.keys(BENCHES).toSorted()).toEqual(files.map((name) => name.replace(/\.ts$/, '')).toSorted());
});
