import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { addUp, countsOf, groupsOf, hasOptions, sumOf, summaryOf } from './test-run.ts';

const file = (status: string, ...states: readonly string[]) => ({
  status,
  assertionResults: states.map((state) => ({ status: state })),
});

describe('the counts of a run', () => {
  test.each([
    { story: 'all pass', files: [file('passed', 'passed', 'passed')], exit: 0, line: '2 passed, 0 failed' },
    { story: 'one fails', files: [file('failed', 'passed', 'failed')], exit: 1, line: '1 passed, 1 failed' },
    {
      story: 'some are skipped',
      files: [file('passed', 'passed', 'pending')],
      exit: 0,
      line: '1 passed, 0 failed, 1 skipped',
    },
    {
      story: 'a file cannot be loaded',
      files: [file('passed', 'passed'), file('failed')],
      exit: 1,
      line: '1 passed, 1 failed',
    },
    {
      story: 'its beforeAll fails',
      files: [file('failed', 'pending')],
      exit: 1,
      line: '0 passed, 1 failed, 1 skipped',
    },
    {
      story: 'something fails outside of tests',
      files: [file('passed', 'passed')],
      exit: 1,
      line: '1 passed, 1 failed',
    },
  ])('when $story', ({ files, exit, line }) => {
    expect(summaryOf(addUp({ testResults: files }, exit))).toBe(line);
  });

  test('when vitest wrote no report', () => {
    expect(summaryOf(countsOf('/nowhere/report.json', 0))).toBe('0 passed, 1 failed');
  });
});

describe('the vitests of a run', () => {
  const repository = fileURLToPath(new URL('../../', import.meta.url));

  test.each([
    { story: 'of the fast tier', tier: 'fast', filters: [], groups: ['alone', 'temporal', 'stack'] },
    { story: 'of the long tier', tier: 'long', filters: [], groups: ['alone', 'temporal', 'stack'] },
    { story: 'of an end-to-end test of either tier', tier: null, filters: ['e2e/faults/causes'], groups: ['stack'] },
    { story: 'of contract tests', tier: null, filters: ['contract/s3'], groups: ['stack'] },
    { story: 'of workflow tests', tier: null, filters: ['workflows/job'], groups: ['temporal'] },
    { story: 'of unit tests', tier: null, filters: ['test/domain'], groups: ['alone'] },
    { story: 'of no file of the long tier', tier: 'long', filters: ['e2e/core/'], groups: [] },
    { story: 'of a part of the long tier', tier: 'long', filters: ['e2e/'], groups: ['stack'] },
    { story: 'of a word in no path', tier: null, filters: ['nowhere-at-all'], groups: [] },
  ] as const)('$story', ({ tier, filters, groups }) => {
    expect(groupsOf(repository, tier, filters)).toEqual(groups);
  });

  test('of options are one, with everything set up', () => {
    expect(hasOptions(['-t', 'counts on'])).toBe(true);
    expect(hasOptions(['upgrade'])).toBe(false);
  });
});

test('the counts of several vitests are added up', () => {
  const counts = [
    { passed: 2, failed: 0, skipped: 1 },
    { passed: 3, failed: 1, skipped: 0 },
  ];
  expect(summaryOf(sumOf(counts))).toBe('5 passed, 1 failed, 1 skipped');
});
