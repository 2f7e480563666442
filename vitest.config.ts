import { fileURLToPath } from 'node:url';
import { defineConfig, type TestProjectInlineConfiguration } from 'vitest/config';
import { filesOf, tierAsked, type Project } from './test/tiers.ts';

const NEEDS_MORE = [
  'test/ui/browser/**',
  'test/workflows/**',
  'test/temporal/**',
  'test/contract/**',
  'test/e2e/**',
  'test/scenarios/**',
];
const memoryUndici = fileURLToPath(new URL('./test/scenarios/simulation/memory-undici.ts', import.meta.url));

/** Projects by what their tests need: nothing, Temporal's server, servers where there are some, the whole stack. */
export default defineConfig({
  test: {
    // Two, because the machines that run this have two cores, and Temporal's worker is a thread of its own.
    maxWorkers: 2,
    projects: [
      project('unit', ['test/**/*.test.ts'], {
        exclude: NEEDS_MORE,
        // Modules are loaded once for all files of a thread; no test of these changes what another one sees.
        pool: 'threads',
        isolate: false,
        // A guard against tests that hang, on a machine that is busy with more than this.
        testTimeout: 60_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 0 },
      }),
      project('scenario', ['test/scenarios/**/*.test.ts'], {
        pool: 'forks',
        globalSetup: ['test/scenarios/one-bundle.ts'],
        // Three thousand scenarios on a busy machine.
        testTimeout: 3_600_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 1 },
      }),
      project('workflow', ['test/workflows/**/*.test.ts', 'test/temporal/**/*.test.ts'], {
        pool: 'forks',
        // As for the unit tests: loading the modules anew for each file took a sixth of the processors' time.
        isolate: false,
        globalSetup: ['test/workflows/one-server.ts'],
        // Four, because each waits for the server and for the pauses of its stories most of its time.
        maxWorkers: 4,
        // Longer than any wait of a story, which says what it waited for in vain.
        testTimeout: 600_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 2 },
      }),
      project('console', ['test/ui/browser/**/*.test.ts'], {
        pool: 'forks',
        // The files of a process share their browser too.
        isolate: false,
        globalSetup: ['test/ui/browser/build.ts'],
        testTimeout: 60_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 5 },
      }),
      project('contract', ['test/contract/**/*.test.ts'], {
        isolate: false,
        testTimeout: 60_000,
        hookTimeout: 60_000,
        sequence: { groupOrder: 3 },
      }),
      project('e2e', ['test/e2e/**/*.test.ts'], {
        pool: 'forks',
        isolate: false,
        // Files go one after the other, because each starts JVMs, and some stop parts of the stack.
        fileParallelism: false,
        // Gives up on what hangs: on a loaded machine an upgrade takes minutes.
        testTimeout: 900_000,
        hookTimeout: 900_000,
        sequence: { groupOrder: 4 },
      }),
    ].flat(),
  },
});

/** A project with its files of the asked tier; none when the tier has no file of it. */
function project(
  name: Project,
  include: readonly string[],
  { exclude, ...options }: NonNullable<TestProjectInlineConfiguration['test']>,
): TestProjectInlineConfiguration[] {
  const files = filesOf(tierAsked(), name, include, exclude);
  if (files === null) return [];
  // Requests of the clients go over a network in memory.
  const resolve = name === 'scenario' ? { alias: { undici: memoryUndici } } : {};
  return [{ resolve, test: { name, ...files, ...options } }];
}
