import { expect, test } from 'vitest';
import { swallowedFlags, type KnownFlag } from './swallowed-flags.ts';

const DEMO: KnownFlag[] = [
  { name: 'az', takesValue: true },
  { name: 'rate', takesValue: true },
  { name: 'keep', takesValue: false },
  { name: 'one-way', takesValue: false },
  { name: 'json', takesValue: false },
];

test('nothing is looked for outside npm', () => {
  expect(swallowedFlags({ npm_config_json: 'true' }, DEMO, [])).toBeNull();
});

test('a value with "=" is given back', () => {
  expect(swallowedFlags({ npm_lifecycle_event: 'demo', npm_config_rate: '300' }, DEMO, [])).toMatch(/npm run demo -- --rate 300$/);
});

test('a value that npm passed on as a word is put behind its flag again', () => {
  const env = { npm_lifecycle_event: 'demo', npm_config_az: 'true', npm_config_keep: 'true' };
  expect(swallowedFlags(env, DEMO, ['az2'])).toMatch(/^npm kept --az, --keep for itself.* npm run demo -- --az az2 --keep$/);
});

test('a dashed flag and the verb of a command with many are kept', () => {
  const env = { npm_lifecycle_event: 'chaos', npm_config_one_way: 'true' };
  expect(swallowedFlags(env, DEMO, ['cut', 'az1', 'az2'])).toMatch(/npm run chaos -- cut az1 az2 --one-way$/);
});

test('start and test need no "run"', () => {
  expect(swallowedFlags({ npm_lifecycle_event: 'start', npm_config_json: 'true' }, DEMO, [])).toMatch(/: npm start -- --json$/);
});

test('settings of npm that the command does not know, and those that are off, are npm’s own', () => {
  expect(swallowedFlags({ npm_lifecycle_event: 'demo', npm_config_audit: 'true', npm_config_json: '' }, DEMO, [])).toBeNull();
});

test('a flag that did reach the command was not swallowed', () => {
  const env = { npm_lifecycle_event: 'demo', npm_config_json: 'true', npm_config_rate: '300' };
  expect(swallowedFlags(env, DEMO, ['--json', '--rate=200'])).toBeNull();
});

test('a silent fault whose flag npm took for a quiet npm is told apart by the person, not guessed', () => {
  const silent = [{ name: 'silent', takesValue: false }];
  const env = { npm_lifecycle_event: 'chaos', npm_config_loglevel: 'silent' };
  expect(swallowedFlags(env, silent, ['kill', 'az1'])).toMatch(/npm run chaos -- kill az1 --silent\nIf npm was to be silent .* \.\/azimuth kill az1$/);
  expect(swallowedFlags(env, silent, ['kill', 'az1', '--silent'])).toBeNull();
  expect(swallowedFlags({ ...env, npm_config_loglevel: 'notice' }, silent, ['kill', 'az1'])).toBeNull();
  expect(swallowedFlags(env, [{ name: 'json', takesValue: false }], ['status'])).toBeNull();
});
