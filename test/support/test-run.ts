/** What `npm test` needs to know of a run: which files it means, and how many tests passed. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { z } from 'zod';

const NEED_STACK = /^test\/(contract|e2e)\//;

/** Whether vitest, given these arguments, runs a file that needs the stack. Options may select anything. */
export function needsStack(repository: string, filters: readonly string[]): boolean {
  if (filters.length === 0 || filters.some((filter) => filter.startsWith('-'))) return true;
  return readdirSync(join(repository, 'test'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.test.ts'))
    .map((entry) => relative(repository, join(entry.parentPath, entry.name)))
    .some((file) => NEED_STACK.test(file) && filters.some((filter) => file.includes(filter)));
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

/** The last line of `npm test`. */
export function summaryOf({ passed, failed, skipped }: Counts): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ''}`;
}
