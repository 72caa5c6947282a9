// Two projects: what runs in one process goes in parallel; what starts the real fleet (`*.fleet.test.ts`)
// goes one file at a time, because fleets that share two cores would measure each other.
import { defineConfig } from 'vitest/config';

const FLEET = '**/*.fleet.test.ts';
const IGNORED = ['**/node_modules/**', '.azimuth/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    projects: [
      {
        extends: true,
        test: { name: 'house', include: ['**/*.test.ts'], exclude: [FLEET, ...IGNORED], testTimeout: 30_000, hookTimeout: 30_000 },
      },
      {
        extends: true,
        test: {
          name: 'fleet',
          include: [FLEET],
          exclude: IGNORED,
          fileParallelism: false,
          testTimeout: 180_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 1 },
        },
      },
    ],
  },
});
