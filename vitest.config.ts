import { defineConfig } from 'vitest/config';

const NEEDS_MORE = ['test/workflows/**', 'test/contract/**', 'test/e2e/**'];

/** What each folder of tests needs: nothing, Temporal's test server, servers where there are some, the whole stack. */
export default defineConfig({
  test: {
    // Two, because the machines that run this have two cores, and Temporal's worker is a thread of its own.
    maxWorkers: 2,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: NEEDS_MORE,
          testTimeout: 20_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'workflow',
          include: ['test/workflows/**/*.test.ts'],
          pool: 'forks',
          // Without a workflow cache a query can wait for a whole workflow task (10 s).
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          pool: 'forks',
          // One after the other: each starts JVMs, and figures measured side by side would mean nothing.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 3 },
        },
      },
    ],
  },
});
