import { expect, it } from 'vitest';
import type { Node } from 'yaml';
import { apiPortOf, flagOf } from './link-command.ts';
import type { Text } from './yaml-source.ts';

const command = (...words: string[]): Text[] => words.map((text) => ({ text, at: {} as Node }));

it.each([
  ['-port', '8475'],
  ['--port', '8475'],
  ['-port=8475'],
  ['--port=8475'],
  ['-port', '1', '-port=8475'],
  ['-host', '10.83.0.101', '-port', '8475'],
  ['-host', '10.83.0.101', '-port', '8475', '-proxy-metrics', '-runtime-metrics'],
])('the port is read as Go reads flags: %s %s', (...words) => {
  expect(apiPortOf(command(...words))).toBe(8475);
});

it('without the flag the port is Toxiproxy\'s own', () => {
  expect(apiPortOf(command('-host', '10.83.0.101'))).toBe(8474);
  expect(apiPortOf([])).toBe(8474);
});

it('a flag without a value is an empty one, and other words are none', () => {
  expect(flagOf(command('-host'), 'host')?.text).toBe('');
  expect(flagOf(command('host', '---host=x', '-hosts=x'), 'host')).toBeNull();
});
