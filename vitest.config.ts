// Four projects: what runs in one process goes in parallel; what starts the real fleet (`*.fleet.test.ts`)
// goes one file at a time, because fleets that share two cores would measure each other; what needs a Docker
// engine (`*.compose.test.ts`) does so too, and is run by `./azimuth test-compose` alone; what needs a real Prometheus
// (`*.prometheus.test.ts`) is run by `./azimuth test --queries`.
import { defineConfig } from 'vitest/config';

const FLEET = '**/*.fleet.test.ts';
const COMPOSE = '**/*.compose.test.ts';
const PROMETHEUS = '**/*.prometheus.test.ts';
const IGNORED = ['**/node_modules/**', '.azimuth/**'];

export default defineConfig({
  test: {
    pool: 'forks',
    // As many as the smallest machine that it must be quick on has processors; by default one would stay idle there.
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'house', include: ['**/*.test.ts'], exclude: [FLEET, COMPOSE, PROMETHEUS, ...IGNORED], testTimeout: 30_000, hookTimeout: 30_000 },
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
      {
        extends: true,
        test: { name: 'queries', include: [PROMETHEUS], exclude: IGNORED, fileParallelism: false, testTimeout: 180_000, hookTimeout: 120_000, sequence: { groupOrder: 3 } },
      },
      {
        extends: true,
        test: {
          name: 'compose',
          include: [COMPOSE],
          globalSetup: 'compose/testing/tests-region.ts',
          // A shared machine that stands still for a second fails somebody; twice in a row it is us. Whoever was tried again is marked.
          retry: process.env['CI'] === undefined ? 0 : 1,
          exclude: IGNORED,
          fileParallelism: false,
          testTimeout: 300_000,
          hookTimeout: 180_000,
          sequence: { groupOrder: 2 },
        },
      },
    ],
  },
});
