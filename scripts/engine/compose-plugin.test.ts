import { expect, test } from 'vitest';
import { isRecent } from './compose-plugin.ts';

test('a Compose is recent enough by its version, whatever stands around it', () => {
  expect(['2.24.0', 'v2.36.2', '5.0.1\n', '2.40.3-desktop.1'].map(isRecent)).toEqual([true, true, true, true]);
  expect(['2.23.3', '1.29.2', 'unknown', ''].map(isRecent)).toEqual([false, false, false, false]);
});
