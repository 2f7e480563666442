/**
 * Divides the tests into two tiers. `npm test` and CI run the fast tier, which holds each promise at least once: most
 * promises by a story from end to end, the others by unit, scenario or workflow tests. `npm run test:long` runs the rest.
 * CONTRIBUTING.md says which promise each file holds, and `test/support/tiers.test.ts` compares the two.
 */

export type Tier = 'fast' | 'long';

/** The projects of `vitest.config.ts`, by what their tests need. */
export type Project = 'unit' | 'scenario' | 'console' | 'workflow' | 'contract' | 'e2e';

/** Tests of the long tier: files, and folders that end in a slash. All other files are in the fast tier. */
export const longTests: Readonly<Record<Project, readonly string[]>> = {
  // The first compiles a linter with Go and runs each template through it and through Groovy. The second packs and installs the
  // command. The third fuzzes the API for ten minutes. The last reads files that fill a small heap for a minute.
  unit: [
    'test/ci/templates.test.ts',
    'test/ci/package.test.ts',
    'test/api/fuzz/',
    'test/domain/deployment-file/hostile-deployment-files.test.ts',
  ],
  // The first plays up to 300 scenarios for each rule that it breaks. The second moves two thousand jobs.
  scenario: ['test/scenarios/broken-rules.test.ts', 'test/scenarios/lost-jobs.test.ts'],
  // The first rolls workers out and back, with builds that Temporal takes many seconds to drain. The others take minutes, and
  // what they hold the end-to-end tests of the long tier hold too.
  workflow: [
    'test/workflows/watch/rollout.test.ts',
    'test/workflows/watch/auto-deploy.test.ts',
    'test/workflows/operations/adopt.test.ts',
    'test/workflows/operations/hotfix.test.ts',
    'test/workflows/operations/job-types.test.ts',
    'test/workflows/operations/rescale.test.ts',
    'test/workflows/operations/shell-runner.test.ts',
    'test/workflows/turns/failovers.test.ts',
    'test/workflows/turns/hundred-jobs.test.ts',
  ],
  // The pages one by one. The fast tier has the frame, every action, and a launch from end to end.
  console: [
    'test/ui/browser/activity.test.ts',
    'test/ui/browser/campaigns.test.ts',
    'test/ui/browser/deployment.test.ts',
    'test/ui/browser/job.test.ts',
    'test/ui/browser/jobs.test.ts',
    'test/ui/browser/operation.test.ts',
    'test/ui/browser/pictures.test.ts',
    'test/ui/browser/releases.test.ts',
    'test/ui/browser/settings.test.ts',
  ],
  contract: [],
  e2e: [
    'test/e2e/clusters/',
    'test/e2e/console/',
    'test/e2e/faults/',
    'test/e2e/jobs/',
    'test/e2e/launchers/',
    'test/e2e/releases/',
  ],
};

/** Tests of both tiers, which play as much as the tables below say. */
export const testsOfBothTiers = [
  'test/scenarios/fault-matrix.test.ts',
  'test/scenarios/scenarios-1.test.ts',
  'test/scenarios/scenarios-2.test.ts',
];

/** How many random scenarios the two files of a tier play together. */
export const randomScenarios: Readonly<Record<Tier, number>> = { fast: 300, long: 3_000 };

/** How many cells of the fault matrix a tier plays. */
export const matrixCells: Readonly<Record<Tier, number>> = { fast: 100, long: Infinity };

/** The tier of a file, given its path from the root of the repository. */
export function tierOf(file: string): Tier {
  const isLong = Object.values(longTests)
    .flat()
    .some((entry) => (entry.endsWith('/') ? file.startsWith(entry) : file === entry));
  return isLong ? 'long' : 'fast';
}

/** The tier that `test/run.ts` asks vitest for; null when the files are named instead, and may be of any tier. */
export function tierAsked(environment: NodeJS.ProcessEnv = process.env): Tier | null {
  const tier = environment['SLUICE_TIER'];
  if (tier === undefined || tier === '') return null;
  if (tier === 'fast' || tier === 'long') return tier;
  throw new Error(`SLUICE_TIER is "${tier}": it must be "fast" or "long"`);
}

/** The files that `test/run.ts` asks vitest to leave out, because they have passed on this code. */
export const leftOut = (environment: NodeJS.ProcessEnv = process.env): string[] =>
  (environment['SLUICE_LEAVE_OUT'] ?? '').split(',').filter((file) => file !== '');

/** Which files of a project run: those of the tier, or all. Null when the tier has none. */
export function filesOf(
  tier: Tier | null,
  project: Project,
  include: readonly string[],
  exclude: readonly string[] = [],
): { readonly include: string[]; readonly exclude: string[] } | null {
  const long = longTests[project].map((entry) => (entry.endsWith('/') ? `${entry}**/*.test.ts` : entry));
  switch (tier) {
    case null:
      return { include: [...include], exclude: [...exclude] };
    case 'fast':
      return { include: [...include], exclude: [...exclude, ...long] };
    case 'long': {
      const files = project === 'scenario' ? [...long, ...testsOfBothTiers] : long;
      return files.length === 0 ? null : { include: files, exclude: leftOut() };
    }
  }
}
