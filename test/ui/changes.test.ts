/** The reading of diffs, and the counts of how two starts differ. */
import { describe, expect, test } from 'vitest';
import { diffCounts, diffLines } from '../../src/ui/parts/data/diff-lines.ts';
import {
  changeCount,
  configurationCounts,
  countsText,
  fieldsOf,
  overridesOf,
  type Changed,
} from '../../src/ui/parts/changes/counts.ts';

const HEAD = '--- a\n+++ b\n';

describe('a diff', () => {
  test('has the numbers of both sides, and says what it leaves out', () => {
    const text = `${HEAD}@@ -3,3 +3,3 @@\n job:\n-  parallelism: 1\n+  parallelism: 10\n end\n@@ -9,1 +9,2 @@\n a\n+b\n`;
    const lines = diffLines(text);
    expect(lines.map(({ kind, before, after }) => [kind, before, after])).toEqual([
      ['gap', null, null],
      ['same', 3, 3],
      ['drop', 4, null],
      ['add', null, 4],
      ['same', 5, 5],
      ['gap', null, null],
      ['same', 9, 9],
      ['add', null, 10],
    ]);
    expect(lines.flatMap(({ kind, text: said }) => (kind === 'gap' ? [said] : []))).toEqual([
      '2 unchanged lines',
      '3 unchanged lines',
    ]);
    expect(diffCounts(lines)).toEqual({ added: 2, removed: 1 });
  });

  test.each([
    ['parallelism: 1', 'parallelism: 10', '', '0'],
    ['memory: 700m', 'memory: 896m', '700', '896'],
    ['a', 'b', undefined, undefined],
  ])('of %s and %s marks the part that differs', (old, now, dropped, added) => {
    const lines = diffLines(`${HEAD}@@ -1 +1 @@\n-${old}\n+${now}\n`);
    const marked = lines.map(({ text, changed }) => changed && text.slice(...changed));
    expect(marked).toEqual([dropped, added]);
  });

  test('pairs lines in their order, and leaves alone what has no other side', () => {
    const lines = diffLines(`${HEAD}@@ -1,2 +1,3 @@\n-a: 1\n-b: 1\n+a: 2\n+b: 2\n+c: 3\n x\n`);
    expect(lines.map(({ text, changed }) => changed && text.slice(...changed))).toEqual([
      '1',
      '1',
      '2',
      '2',
      undefined,
      undefined,
    ]);
  });

  test('that was cut or ends without a line break says so', () => {
    const cut = diffLines(`${HEAD}@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n… cut: the diff is longer`);
    expect(cut.filter(({ kind }) => kind === 'gap').map(({ text }) => text)).toEqual([
      'no line break at the end',
      'cut: the diff is longer',
    ]);
  });
});

const same = { before: 'x', after: 'x' };
const none: Changed = {
  release: same,
  gitCommit: same,
  file: { ...same, diff: null },
  configuration: [],
  configurationLeftOut: 0,
  jar: { before: null, after: null, changed: false },
  shipped: [],
  hotfix: { before: null, after: null, lines: [], expiresAt: null },
  cluster: same,
  launcher: { before: 'direct', after: 'direct' },
  flinkVersion: same,
  parallelism: { before: 1, after: 1 },
};

describe('two starts', () => {
  test('that are the same have no change', () => expect(changeCount(none)).toBe(0));

  test('count what comes, goes and changes', () => {
    const option = { originBefore: null, originAfter: null };
    const changes: Changed = {
      ...none,
      parallelism: { before: 1, after: 2 },
      configuration: [
        { key: 'a', before: null, after: '1', ...option },
        { key: 'b', before: '1', after: '2', ...option },
      ],
      configurationLeftOut: 3,
    };
    expect(countsText(configurationCounts(changes))).toBe('4 changed · 1 added');
    expect(fieldsOf(changes)).toEqual([['Parallelism', '1', '2']]);
    expect(changeCount(changes)).toBe(6);
  });

  test('compare their hotfixes path by path', () => {
    const hotfix = {
      before: { set: { 'job.parallelism': 2, 'flink.config.a': 'x' }, unset: ['flink.config.b'] },
      after: { set: { 'job.parallelism': 2, 'flink.config.b': 'y' }, unset: [] },
      lines: [],
      expiresAt: null,
    };
    expect(overridesOf({ ...none, hotfix })).toEqual([
      { path: 'flink.config.a', before: 'x', after: null },
      { path: 'flink.config.b', before: 'unset', after: 'y' },
    ]);
  });
});
