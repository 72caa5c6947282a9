import { describe, expect, test } from 'vitest';
import { filledIn, readVariables } from './variables.ts';

describe('variables', () => {
  test('come from the environment in their type, with defaults, and configuration goes before secrets', () => {
    const complaints: string[] = [];
    const variables = readVariables(
      {
        configuration: { port: { type: 'env', key: 'PORT', env_var_type: 'int' }, host: { type: 'env', key: 'HOST', default: 'localhost' }, both: 'configured' },
        secrets: { api: { token: { type: 'env', key: 'TOKEN' }, both: 'secret' } },
      },
      { PORT: '8090', TOKEN: 't' },
      (path, message) => complaints.push(`${path.join('.')}: ${message}`),
    );
    expect(complaints).toEqual([]);
    expect(Object.fromEntries(variables)).toEqual({ port: 8090, host: 'localhost', both: 'configured', token: 't' });
  });

  test('that the environment has not, or not in that type, are all named', () => {
    const complaints: string[] = [];
    readVariables(
      { configuration: { a: { type: 'env', key: 'A' }, b: { type: 'env', key: 'B', env_var_type: 'int' } }, secrets: { api: { c: { type: 'env', key: 'C' } } } },
      { B: 'many' },
      (path, message) => complaints.push(`${path.join('.')}: ${message}`),
    );
    expect(complaints).toEqual([
      'secrets.api.c: the environment has no C, and there is no default: set it',
      'configuration.a: the environment has no A, and there is no default: set it',
      'configuration.b: B of the environment is "many", which is no int',
    ]);
  });

  test('are filled in at any depth; alone they keep their type, and unknown names stay', () => {
    const variables = new Map<string, unknown>([['port', 8090], ['host', 'here']]);
    expect(filledIn({ url: 'http://${host}:${port}/', words: ['${port}', '${HOME}'], n: 1 }, variables)).toEqual({ url: 'http://here:8090/', words: [8090, '${HOME}'], n: 1 });
  });
});
