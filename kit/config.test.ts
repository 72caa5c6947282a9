import { expect, test } from 'vitest';
import { Type } from 'typebox';
import { ConfigError, readConfig } from './config.ts';

const Schema = Type.Object({
  OVENS: Type.Integer({ minimum: 1, maximum: 1000, default: 8 }),
  MEAN_MS: Type.Number({ minimum: 1, default: 80 }),
  RESCUE: Type.Enum(['on', 'off'], { default: 'on' }),
  VERBOSE: Type.Boolean({ default: false }),
  NAME: Type.String({ pattern: '^[a-z]+$', description: 'endpoint name' }),
  NOTE: Type.Optional(Type.String()),
});

test('text becomes what the schema says, and defaults fill in', () => {
  expect(readConfig(Schema, { NAME: 'kitchen', OVENS: '12', MEAN_MS: '79.5', RESCUE: 'off', VERBOSE: 'true', NOTE: '7', OTHER: 'x' })).toEqual({
    NAME: 'kitchen',
    OVENS: 12,
    MEAN_MS: 79.5,
    RESCUE: 'off',
    VERBOSE: true,
    NOTE: '7',
  });
  expect(readConfig(Schema, { NAME: 'a' })).toEqual({ NAME: 'a', OVENS: 8, MEAN_MS: 80, RESCUE: 'on', VERBOSE: false });
});

test('an empty variable counts as unset', () => {
  expect(readConfig(Schema, { NAME: 'a', OVENS: '', NOTE: '' })).toEqual(readConfig(Schema, { NAME: 'a' }));
});

test('every bad variable is named in one message, with its value and what is allowed', () => {
  const read = (): unknown => readConfig(Schema, { OVENS: 'many', MEAN_MS: '0', RESCUE: 'yes', VERBOSE: '1' });
  expect(read).toThrow(ConfigError);
  expect(read).toThrow('OVENS="many" is not allowed: it must be a whole number from 1 to 1000, default 8');
  expect(read).toThrow('MEAN_MS="0" is not allowed: it must be a number of at least 1, default 80');
  expect(read).toThrow('RESCUE="yes" is not allowed: it must be one of on, off, default on');
  expect(read).toThrow('VERBOSE="1" is not allowed: it must be true or false, default false');
  expect(read).toThrow('NAME is not set: it must be text that matches ^[a-z]+$ (endpoint name)');
});

test.each(['0x10', '1e3', ' 8', '8.5', 'NaN', 'Infinity', '-1', '99999'])('%s is no number of ovens', (text) => {
  expect(() => readConfig(Schema, { NAME: 'a', OVENS: text })).toThrow(`OVENS=${JSON.stringify(text)}`);
});

test('the result cannot be changed', () => {
  const config = readConfig(Schema, { NAME: 'a' });
  expect(() => Object.assign(config, { OVENS: 9 })).toThrow(TypeError);
});
