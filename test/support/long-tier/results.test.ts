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
  expect(passedOn([result('a.test.ts', 'old'), result('b.test.ts', 'new')], 'new')).toEqual(['b.test.ts']);
});

test('a file that fails loses what it had passed before', () => {
  const before = [result('a.test.ts', 'new'), result('b.test.ts', 'new')];
  expect(withResult(before, 'a.test.ts', null)).toEqual([result('b.test.ts', 'new')]);
  expect(withResult(before, 'a.test.ts', result('a.test.ts', 'newer'))).toEqual([
    result('b.test.ts', 'new'),
    result('a.test.ts', 'newer'),
  ]);
});

test('the tree is that of what may decide: neither texts nor results of long proofs', () => {
  const tree = treeOf(listing('src/config.ts', 'README.md', 'test/long-tier.json'));
  expect(treeOf(listing('src/config.ts', 'docs/access.md'))).toBe(tree);
  expect(treeOf(listing('src/config.ts', 'src/worker.ts'))).not.toBe(tree);
  expect(treeOf(listing('src/config.ts', 'package-lock.json'))).not.toBe(tree);
});
