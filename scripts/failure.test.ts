import { expect, test } from 'vitest';
import { CommandFailure } from '#kit/command-line.ts';
import { ConfigError } from '#kit/config.ts';
import { reportFailure } from './failure.ts';

test('a foreseen failure is its sentence, its hint and its exit code', () => {
  expect(reportFailure(new CommandFailure('No region is running.', 5, 'Start one.'), false)).toEqual({
    text: 'azimuth: No region is running.\nStart one.\n',
    exitCode: 5,
  });
});

test('bad configuration is usage', () => {
  expect(reportFailure(new ConfigError('LOG_LEVEL is "loud"'), false)).toEqual({ text: 'azimuth: LOG_LEVEL is "loud"\n', exitCode: 2 });
});

test('a full disk says what to do', () => {
  const report = reportFailure(Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' }), false);
  expect(report.exitCode).toBe(6);
  expect(report.text).toMatch(/no space left.*\nThe disk is full\. Make room/);
});

test('what nobody foresaw is exit 6, says where to report it, and shows its stack only when asked', () => {
  const error = new TypeError('x is not a function');
  const quiet = reportFailure(error, false);
  expect(quiet.exitCode).toBe(6);
  expect(quiet.text).toMatch(/^azimuth: this should not have happened: x is not a function\nPlease report it/);
  expect(quiet.text).not.toContain('failure.test.ts');
  expect(reportFailure(error, true).text).toContain('failure.test.ts');
  expect(reportFailure('a string', false).text).toContain('a string');
});
