import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';

/** End-to-end tests that take longer than CI has time for: `npm run test:long` runs them, `npm test` does not. */
const LONG = ['test/e2e/causes.test.ts', 'test/e2e/launchers.test.ts', 'test/e2e/lost-workflow.test.ts'];
const isLong = process.env['SLUICE_LONG'] === '1';

const NEEDS_MORE = ['test/workflows/**', 'test/temporal/**', 'test/contract/**', 'test/e2e/**', 'test/scenarios/**'];
const memoryUndici = fileURLToPath(new URL('./test/scenarios/simulation/memory-undici.ts', import.meta.url));

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
          // Modules are loaded once for all files of a thread; no test of these changes what another one sees.
          pool: 'threads',
          isolate: false,
          // A guard against tests that hang, on a machine that is busy with more than this.
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        // Requests of the clients go over a network in memory.
        resolve: { alias: { undici: memoryUndici } },
        test: {
          name: 'scenario',
          include: ['test/scenarios/**/*.test.ts'],
          pool: 'forks',
          testTimeout: 600_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'workflow',
          include: ['test/workflows/**/*.test.ts', 'test/temporal/**/*.test.ts'],
          pool: 'forks',
          globalSetup: ['test/workflows/one-server.ts'],
          // Without a workflow cache a query can wait for a whole workflow task (10 s).
          testTimeout: 120_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'contract',
          include: ['test/contract/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: isLong ? LONG : ['test/e2e/**/*.test.ts'],
          exclude: isLong ? [] : LONG,
          pool: 'forks',
          // One after the other: each starts JVMs, and figures measured side by side would mean nothing.
          fileParallelism: false,
          testTimeout: 240_000,
          hookTimeout: 240_000,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
