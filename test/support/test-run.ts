/** Tells `npm test` which files a run means, and how many tests passed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { leftOut, testsOfBothTiers, tierOf, type Project, type Tier } from '../tiers.ts';

/** Projects that run in one vitest, because their tests need the same. */
export type Group = 'alone' | 'temporal' | 'stack';

/** Projects that need no server, those that need Temporal's, and those that need the whole stack. */
export const groups: Readonly<Record<Group, readonly Project[]>> = {
  // The browser of the console comes with the packages. The workflow tests alone take the whole run.
  alone: ['unit', 'scenario', 'console'],
  temporal: ['workflow'],
  stack: ['contract', 'e2e'],
};

const FOLDERS: Readonly<Record<Exclude<Group, 'alone'>, RegExp>> = {
  temporal: /^test\/(workflows|temporal)\//,
  stack: /^test\/(contract|e2e)\//,
};

const groupOf = (file: string): Group =>
  FOLDERS.stack.test(file) ? 'stack' : FOLDERS.temporal.test(file) ? 'temporal' : 'alone';

/** Whether vitest options are among the arguments, which may select anything. */
export const hasOptions = (filters: readonly string[]): boolean => filters.some((filter) => filter.startsWith('-'));

/** The groups with a file that vitest runs, given the tier and the arguments that are parts of paths. */
export function groupsOf(repository: string, tier: Tier | null, filters: readonly string[]): Group[] {
  const isMeant = (file: string): boolean => {
    const isOfTier = tier === null || tierOf(file) === tier || testsOfBothTiers.includes(file);
    return isOfTier && (filters.length === 0 || filters.some((filter) => file.includes(filter)));
  };
  const without = leftOut();
  const meant = testFiles(repository).filter((file) => isMeant(file) && !without.includes(file));
  const wanted = new Set(meant.map(groupOf));
  return (['alone', 'temporal', 'stack'] as const).filter((group) => wanted.has(group));
}

/** Every test file, by its path from the root of the repository. */
export function testFiles(repository: string): string[] {
  return readdirSync(join(repository, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
    .sort();
}

/** How many tests there were. */
export interface Counts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const Report = z.object({
  testResults: z.array(
    z.object({
      status: z.string(),
      assertionResults: z.array(z.object({ status: z.string() })),
    }),
  ),
});

/**
 * Adds up vitest's JSON report. A file that fails as a whole counts as one failure, and so does a run that failed
 * though every test passed: what happens outside of tests must not look like success.
 */
export function addUp(report: unknown, exitCode: number): Counts {
  const files = Report.parse(report).testResults;
  const count = (...states: readonly string[]): number =>
    files.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => states.includes(status)).length;
  const broken = files.filter(
    ({ status, assertionResults }) =>
      status === 'failed' && !assertionResults.some((assertion) => assertion.status === 'failed'),
  );
  const failed = count('failed') + broken.length;
  return {
    passed: count('passed'),
    failed: failed === 0 && exitCode !== 0 ? 1 : failed,
    skipped: count('pending', 'skipped', 'todo', 'disabled'),
  };
}

/** The same for the report in a file; without one nothing ran, which is a failure. */
export function countsOf(reportFile: string, exitCode: number): Counts {
  let text: string;
  try {
    text = readFileSync(reportFile, 'utf8');
  } catch {
    return { passed: 0, failed: 1, skipped: 0 };
  }
  return addUp(JSON.parse(text), exitCode);
}

/** The counts of several vitests. */
export function sumOf(counts: readonly Counts[]): Counts {
  const sum = (key: keyof Counts): number => counts.reduce((total, one) => total + one[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}

/** The last line of `npm test`. */
export function summaryOf({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
