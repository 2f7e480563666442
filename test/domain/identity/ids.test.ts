import fc from 'fast-check';
import { expect, test } from 'vitest';
import { flinkJobIdOf, OperationId, triggerIdOf } from '../../../src/domain/identity/ids.ts';
import { canonicalJson, fingerprintOf } from '../../../src/domain/identity/fingerprint.ts';
import { identityOfTags, tagsOf } from '../../../src/domain/identity/yarn-tags.ts';
import { jobOfWorkflowId, workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';

test('the workflow id and its inverse agree, and no other id names a job', () => {
  expect(jobOfWorkflowId(workflowIdOf('clicks-prod'))).toBe('clicks-prod');
  for (const id of [
    'clicks-prod',
    'flink-job:',
    'flink-job:Not',
    'flink-job:a/../b',
    `flink-job:${'a'.repeat(64)}`,
    'cluster:a',
  ]) {
    expect(jobOfWorkflowId(id), id).toBeNull();
  }
});

test('tags survive what YARN does to them: lower case, any order', () => {
  const start = { job: 'clicks-prod', flinkJobId: 'ab'.repeat(16), epoch: 7 };
  const back = tagsOf(start)
    .map((tag) => tag.toLowerCase())
    .reverse();
  expect(identityOfTags(back)).toEqual(start);
  expect(back.every((tag) => tag.length <= 100 && /^[\x21-\x7e]+$/.test(tag))).toBe(true);
  expect(identityOfTags(['other', 'sluice-epoch-x'])).toEqual({ job: null, flinkJobId: null, epoch: null });
});

test('ids of starts and triggers are 32 hexadecimal digits and never shared', () => {
  const ids = [
    flinkJobIdOf('a', 'op/1', 1),
    flinkJobIdOf('a', 'op/2', 1),
    flinkJobIdOf('a', 'op/1', 2),
    flinkJobIdOf('b', 'op/1', 1),
    triggerIdOf('a', 'op'),
    triggerIdOf('b', 'op'),
  ];
  expect(new Set(ids).size).toBe(ids.length);
  for (const id of ids) expect(id).toMatch(/^[0-9a-f]{32}$/);
});

test('an operation id is safe in a key, a URL and a log line', () => {
  for (const good of ['d1', 'ci-2026.11.23_4', 'A'.repeat(64)])
    expect(OperationId.safeParse(good).success, good).toBe(true);
  for (const bad of ['', '../x', 'a/b', 'a b', 'a\nb', '-a', 'a..b', 'A'.repeat(65), 'ä']) {
    expect(OperationId.safeParse(bad).success, bad).toBe(false);
  }
});

test('a fingerprint depends on what is asked, not on the order in which it is written', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
      const reversed = Object.fromEntries(Object.entries(value).reverse());
      expect(fingerprintOf(reversed)).toBe(fingerprintOf(value));
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
  expect(fingerprintOf({ a: 1 })).not.toBe(fingerprintOf({ a: 2 }));
  expect(fingerprintOf({ a: 1, b: undefined })).toBe(fingerprintOf({ a: 1 }));
});
