import { expect, test } from 'vitest';
import { summary } from './compose-tests.ts';

const REPORT = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 0, numFailedTestSuites: 0 };

test('a run is told of in one line', () => {
  expect(summary(REPORT, 0)).toBe('Compose: 12 passed, 0 failed.');
  expect(summary({ ...REPORT, numFailedTests: 2, numPendingTests: 1, numFailedTestSuites: 1 }, 1)).toBe('Compose: 12 passed, 2 failed, 1 left out.');
});

test('a failure outside of every test does not read like success', () => {
  expect(summary({ ...REPORT, numFailedTestSuites: 1 }, 1)).toBe('Compose: 12 passed, 0 failed; a file failed outside its tests.');
  expect(summary(REPORT, 1)).toMatch(/the run itself failed/);
  expect(summary({ ...REPORT, numPassedTests: 0 }, 1)).toMatch(/no test has such a name/);
  expect(summary(null, 143)).toMatch(/no test ran to its end .*143/);
});
