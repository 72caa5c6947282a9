import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { shippedNames, shippedPath } from './shipped-names.ts';
import { experimentJsonSchema } from './json-schema.ts';

const FILE = new URL('experiment.schema.json', import.meta.url);

test('the schema that editors read is the one that documents are checked with', () => {
  expect(JSON.parse(readFileSync(FILE, 'utf8'))).toEqual(experimentJsonSchema());
});

test('every shipped document tells editors where it is', () => {
  for (const name of shippedNames()) expect(readFileSync(shippedPath(name), 'utf8')).toMatch(/^# yaml-language-server: \$schema=\.\.\/experiment\.schema\.json\n/);
});
