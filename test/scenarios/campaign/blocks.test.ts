/**
 * The sum of a campaign counts only what was played on the same code, and since its last violation.
 *
 * Seen to fail: `sumOf` with blocks of every tree, and with those before a violation.
 */
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { again, ENTRIES, playedFiles, readBlocks, resultOf, sumOf, treeOf, writeBlocks, type Block } from './blocks.ts';

const block = (more: Partial<Block> = {}): Block => ({
  commit: 'c0ffee',
  tree: 'now',
  seed: 1,
  count: 500,
  minutes: 2.5,
  violation: null,
  ...more,
});
const broken = { path: '7:0:1', what: 'promise 1: two came' };

test('blocks of the same code add up, and those of other code do not', () => {
  expect(sumOf([block(), block({ tree: 'before' }), block({ count: 250 })], 'now')).toEqual({
    scenarios: 750,
    blocks: 2,
  });
});

test('a violation sets the sum to zero', () => {
  expect(sumOf([block(), block({ violation: broken })], 'now')).toEqual({ scenarios: 0, blocks: 0 });
  expect(sumOf([block(), block({ violation: broken }), block({ count: 3 })], 'now').scenarios).toBe(3);
  expect(sumOf([block(), block({ violation: broken, tree: 'before' })], 'now').scenarios).toBe(500);
});

test('blocks are read as they were written, one a line', () => {
  const blocks = [block(), block({ violation: broken })];
  expect(readBlocks(writeBlocks(blocks))).toEqual(blocks);
  expect(writeBlocks(blocks).split('\n')).toHaveLength(5);
});

test('a run is read by what it prints: its count, or the violation and the line that plays it again', () => {
  expect(resultOf('x\n250 scenarios, seed 7, 12 ms each\n')).toEqual({ count: 250, violation: null });
  const output = `Error: scenario 12 breaks: promise 1: two came\n08:00 …\nagain: ${again(7, broken)}\n`;
  expect(resultOf(output)).toEqual({ count: 12, violation: broken });
  expect(resultOf('SyntaxError: no code')).toBeNull();
});

test('the code is every file that is played, and no other', () => {
  const repository = mkdtempSync(join(tmpdir(), 'sluice-campaign-'));
  const write = (name: string, text: string): void => {
    mkdirSync(dirname(join(repository, name)), { recursive: true });
    writeFileSync(join(repository, name), text);
  };
  for (const entry of ENTRIES) write(entry, '');
  write('src/workflows/index.ts', "import { a } from '../deep/a.ts';\nexport * from './c.ts';\n");
  write('src/deep/a.ts', "import './b.ts';\n");
  write('src/deep/b.ts', '');
  write('src/workflows/c.ts', '');
  const first = treeOf(repository);
  write('src/api/not-played.ts', '');
  write('test/scenarios/campaign.json', '[]');
  expect(treeOf(repository)).toBe(first);
  write('src/deep/b.ts', 'changed');
  expect(treeOf(repository)).not.toBe(first);
});

test('the workflows and activities of this repository are played, the API and the CLI are not', () => {
  const played = playedFiles(process.cwd());
  expect(played).toContain('src/workflows/job/flink-job.ts');
  expect(played).toContain('src/activities/end/end-application.ts');
  expect(played).toContain('test/fakes/yarn.ts');
  expect(played.filter((name) => /^src\/(api|cli)\//.test(name))).toEqual([]);
});
