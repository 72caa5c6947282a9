import { expect, test } from 'vitest';
import { createLogger } from './log.ts';

test('every line carries the instance, the level decides what is written', () => {
  const log = createLogger('az1-kitchen-a', 'error');
  expect(log.bindings()).toEqual({ instance: 'az1-kitchen-a' });
  expect(log.isLevelEnabled('error')).toBe(true);
  expect(log.isLevelEnabled('warn')).toBe(false);
});

test('an unknown level is an error that names the known ones', () => {
  expect(() => createLogger('x', 'loud')).toThrow('LOG_LEVEL="loud" is not allowed: it must be one of trace, debug, info, warn, error, fatal, silent');
});
