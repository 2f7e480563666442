/** Which files of the long tier need not run again. */
import { expect, test } from 'vitest';
import { passedOn, treeOf, withResult, type Result } from './results.ts';

const result = (file: string, tree: string): Result => ({
  file,
  tree,
  commit: 'abc',
  passed: 2,
  skipped: 0,
  minutes: 1.5,
});
const listing = (...files: readonly string[]): string =>
  files.map((file) => `100644 blob ${file.length}\t${file}`).join('\n');

test('a file that passed on other code runs again', () => {
  const now = listing('src/config.ts', 'a.test.ts', 'b.test.ts');
  const results = [result('a.test.ts', 'old'), result('b.test.ts', treeOf(now, 'b.test.ts'))];
  expect(passedOn(results, now)).toEqual(['b.test.ts']);
});

test('a file that fails loses what it had passed before', () => {
  const before = [result('a.test.ts', 'new'), result('b.test.ts', 'new')];
  expect(withResult(before, 'a.test.ts', null)).toEqual([result('b.test.ts', 'new')]);
  expect(withResult(before, 'a.test.ts', result('a.test.ts', 'newer'))).toEqual([
    result('b.test.ts', 'new'),
    result('a.test.ts', 'newer'),
  ]);
});

test('the tree is that of what may decide: no texts, no results of long proofs, no console, no other tests', () => {
  const treeWith = (...files: readonly string[]): string =>
    treeOf(listing('src/config.ts', 'test/e2e/a.test.ts', ...files), 'test/e2e/a.test.ts');
  const tree = treeWith();
  for (const file of ['README.md', 'test/long-tier.json', 'src/ui/main.tsx', 'test/e2e/b.test.ts'])
    expect(treeWith(file), file).toBe(tree);
  for (const file of ['src/worker.ts', 'package-lock.json', 'test/support/api.ts'])
    expect(treeWith(file), file).not.toBe(tree);
  expect(treeOf(listing('src/config.ts', 'test/e2e/a.test.ts'), 'test/e2e/b.test.ts')).not.toBe(tree);
});
