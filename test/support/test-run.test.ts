import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { addUp, countsOf, needsStack, summaryOf } from './test-run.ts';

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

describe('the stack is brought up', () => {
  const repository = fileURLToPath(new URL('../../', import.meta.url));

  test.each([
    { story: 'for all tests', filters: [], needed: true },
    { story: 'for an end-to-end test', filters: ['e2e/upgrade'], needed: true },
    { story: 'for contract tests', filters: ['contract/s3'], needed: true },
    { story: 'when an option may select anything', filters: ['-t', 'counts on'], needed: true },
    { story: 'not for unit tests', filters: ['test/domain'], needed: false },
  ])('$story', ({ filters, needed }) => {
    expect(needsStack(repository, filters)).toBe(needed);
  });
});
