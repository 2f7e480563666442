/** Which files of the long tier have passed on which code, so that a run goes on where an earlier one was interrupted. */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { CAMPAIGN_FILE } from '../../scenarios/campaign/blocks.ts';

const RESULTS_FILE = 'test/long-tier.json';

const Result = z.strictObject({
  file: z.string(),
  commit: z.string(),
  /** The hash of all files that may decide whether it passes. */
  tree: z.string(),
  passed: z.number().int(),
  skipped: z.number().int(),
  minutes: z.number(),
});
export type Result = z.infer<typeof Result>;

export const readResults = (repository: string): Result[] => {
  const file = join(repository, RESULTS_FILE);
  return existsSync(file) ? z.array(Result).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
};

/** Writes one result on a line, by file, so that a change of the file shows what has run. */
export function writeResults(repository: string, results: readonly Result[]): void {
  const sorted = [...results].sort((a, b) => a.file.localeCompare(b.file));
  const lines = sorted.map((result) => `  ${JSON.stringify(result)}`).join(',\n');
  writeFileSync(join(repository, RESULTS_FILE), `[\n${lines}\n]\n`);
}

/** Files that decide nothing: texts, results of long proofs, and the console, which has browser tests of its own. */
const decidesNothing = (path: string): boolean =>
  path.endsWith('.md') ||
  path === RESULTS_FILE ||
  path === CAMPAIGN_FILE ||
  path.startsWith('src/ui/') ||
  path.startsWith('test/ui/') ||
  /^(bench|test\/soak)\/.*\.json$/.test(path);

/** Names and contents of the files of a commit that may decide whether a file of tests passes: no other tests do. */
export function treeOf(listing: string, file: string): string {
  const lines = listing.split('\n').filter((line) => {
    const path = line.split('\t')[1] ?? '';
    return path !== '' && !decidesNothing(path) && (path === file || !path.endsWith('.test.ts'));
  });
  return createHash('sha256').update(lines.join('\n')).digest('hex').slice(0, 16);
}

const git = (repository: string, ...args: readonly string[]): string =>
  execFileSync('git', args, { cwd: repository, encoding: 'utf8', maxBuffer: 1 << 26 });

/** The commit that is checked out. Null: the code has changes since, so no result could name it. */
export function committedCode(repository: string): string | null {
  const changed = git(repository, 'status', '--porcelain', '--no-renames')
    .split('\n')
    .filter((line) => line !== '' && !decidesNothing(line.slice(3)));
  return changed.length > 0 ? null : git(repository, 'rev-parse', 'HEAD').trim();
}

/** All files of a commit, for `treeOf`. */
export const listingOf = (repository: string, commit: string): string => git(repository, 'ls-tree', '-r', commit);

/** The files that have passed on the code of this listing. */
export const passedOn = (results: readonly Result[], listing: string): string[] =>
  results.filter(({ file, tree }) => tree === treeOf(listing, file)).map(({ file }) => file);

/** Puts a file's result in the place of its earlier one; null, when it has failed, only takes that away. */
export const withResult = (results: readonly Result[], file: string, result: Result | null): Result[] => [
  ...results.filter((earlier) => earlier.file !== file),
  ...(result === null ? [] : [result]),
];
