/** The tiers, and the table of CONTRIBUTING.md that says which promise each of them holds. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { linksIn, repository, textOf } from '../docs/markdown.ts';
import { filesOf, longTests, tierAsked, tierOf } from '../tiers.ts';
import { testFiles } from './test-run.ts';

const PROMISES = 13;

const files = testFiles(repository);

/** A row of the table: the number of a promise, and the test files in each of its columns. */
const rows = textOf('CONTRIBUTING.md')
  .split('\n')
  .flatMap((line) => {
    const [, number = '', , fast = '', long = ''] = line.split('|');
    if (!/^ \d+ $/.test(number)) return [];
    const targets = (cell: string): string[] => linksIn(cell).map(({ target }) => target);
    return [{ promise: Number(number), fast: targets(fast), long: targets(long) }];
  });

describe('the table of promises', () => {
  test('has a row for each promise, in order, and each is held in the fast tier', () => {
    expect(rows.map(({ promise }) => promise)).toEqual(Array.from({ length: PROMISES }, (_, index) => index + 1));
    expect(rows.filter(({ fast }) => fast.length === 0)).toEqual([]);
  });

  test.each(rows)('names files of the right tier for promise $promise', ({ fast, long }) => {
    expect([...fast, ...long].filter((file) => !existsSync(join(repository, file)))).toEqual([]);
    expect(fast.filter((file) => tierOf(file) !== 'fast')).toEqual([]);
    expect(long.filter((file) => tierOf(file) !== 'long')).toEqual([]);
  });

  test('names every end-to-end test', () => {
    const named = new Set(rows.flatMap(({ fast, long }) => [...fast, ...long]));
    expect(files.filter((file) => file.startsWith('test/e2e/') && !named.has(file))).toEqual([]);
  });
});

describe('the tiers', () => {
  test('have in the long one only entries that some file matches', () => {
    const idle = Object.values(longTests)
      .flat()
      .filter((entry) => !files.some((file) => file.startsWith(entry)));
    expect(idle).toEqual([]);
  });

  test('divide the end-to-end tests: core/ is fast, every other folder is long', () => {
    const endToEnd = files.filter((file) => file.startsWith('test/e2e/'));
    const isCore = (file: string): boolean => file.startsWith('test/e2e/core/');
    expect(endToEnd.filter((file) => tierOf(file) === 'fast')).toEqual(endToEnd.filter(isCore));
    expect(endToEnd.filter((file) => tierOf(file) === 'long')).toEqual(endToEnd.filter((file) => !isCore(file)));
  });

  test('are what vitest is given', () => {
    const include = ['test/e2e/**/*.test.ts'];
    expect(filesOf(null, 'e2e', include)).toEqual({ include, exclude: [] });
    expect(filesOf('fast', 'e2e', include)?.exclude).toContain('test/e2e/faults/**/*.test.ts');
    expect(filesOf('long', 'e2e', include)?.include).toContain('test/e2e/faults/**/*.test.ts');
    expect(filesOf('long', 'contract', ['test/contract/**/*.test.ts'])).toBeNull();
  });

  test.each([
    { environment: {}, tier: null },
    { environment: { SLUICE_TIER: '' }, tier: null },
    { environment: { SLUICE_TIER: 'long' }, tier: 'long' },
  ])('are asked for by SLUICE_TIER: $tier', ({ environment, tier }) => {
    expect(tierAsked(environment)).toBe(tier);
  });

  test('refuse a name that is none', () => {
    expect(() => tierAsked({ SLUICE_TIER: 'quick' })).toThrow('it must be "fast" or "long"');
  });
});
