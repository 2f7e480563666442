/** Seen to fail: a prefix alone taken for an id; an offset as long as the period; a periodic id of any text. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  bucketOfReleaseWatchId,
  clusterOfWatchId,
  isPeriodicOperation,
  jobOfScheduleId,
  jobOfWorkflowId,
  offsetOf,
  periodicIdOf,
  periodicOfWorkflowId,
  planIdOf,
  releaseWatchIdOf,
  scheduleIdOf,
  watchIdOf,
  workflowIdOf,
} from '../../../src/domain/identity/workflow-ids.ts';
import { jobNames } from './names.ts';

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

test('the id of a watch and its inverse agree, and no other id names a cluster', () => {
  expect(clusterOfWatchId(watchIdOf('yarn-a'))).toBe('yarn-a');
  for (const id of ['yarn-a', 'cluster:', 'flink-job:a']) expect(clusterOfWatchId(id), id).toBeNull();
});

test('each id is read back by its own inverse and by no other', () => {
  const builders = [workflowIdOf, watchIdOf, releaseWatchIdOf, scheduleIdOf];
  const inverses = [jobOfWorkflowId, clusterOfWatchId, bucketOfReleaseWatchId, jobOfScheduleId];
  fc.assert(
    fc.property(jobNames, (name) => {
      for (const [index, build] of builders.entries()) {
        expect(inverses.map((inverse) => inverse(build(name)))).toEqual(
          inverses.map((_, other) => (other === index ? name : null)),
        );
      }
      expect(inverses.map((inverse) => inverse(planIdOf(name, 'x')))).toEqual([null, null, null, null]);
    }),
  );
});

test('a firing of a schedule is an operation of its job', () => {
  fc.assert(
    fc.property(
      jobNames,
      fc.date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }),
      (job, at) => {
        const fired = periodicOfWorkflowId(`${periodicIdOf(job)}-${at.toISOString()}`);
        expect(fired?.job).toBe(job);
        expect(isPeriodicOperation(fired?.operation ?? '')).toBe(true);
      },
    ),
  );
  expect(periodicOfWorkflowId(periodicIdOf('clicks-dev'))).toBeNull();
  expect(isPeriodicOperation('periodic-report')).toBe(false);
});

test('the offset of a job is always the same and shorter than the period', () => {
  fc.assert(
    fc.property(jobNames, fc.integer({ min: 1, max: 86_400_000 }), (job, every) => {
      expect(offsetOf(job, every)).toBe(offsetOf(job, every));
      expect(offsetOf(job, every)).toBeLessThan(every);
    }),
  );
  expect(new Set(['a', 'b', 'c', 'd'].map((job) => offsetOf(job, 86_400_000))).size).toBe(4);
});
