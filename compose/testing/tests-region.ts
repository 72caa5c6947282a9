/** Around all of these tests: whatever happened between, the engine has nothing of theirs afterwards. */
import { clear } from './region.fixture.ts';

/** Vitest runs it before the first file and, with what it returns, after the last. */
export async function setup(): Promise<() => Promise<void>> {
  await clear();
  return clear;
}
