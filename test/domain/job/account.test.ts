/**
 * The account of a failure that people read beside its cause: what runs now, where the state is, and what to do.
 *
 * Seen to fail: without the lineage a savepoint of a branch that was left is named; with `left` not looked at, the point
 * that the instance was started from is called the newest.
 */
import { describe, expect, test } from 'vitest';
import { readTolerantly } from '../../../src/domain/compatibility/tolerant.ts';
import { errorTable } from '../../../src/domain/errors/errors.ts';
import { accountOf, errorOf, whereTheStateIs, withCause } from '../../../src/domain/job/account.ts';
import { newMemory, viewOf, type JobMemory } from '../../../src/domain/job/job-memory.ts';
import { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { keysOf } from '../../../src/domain/values/keys-of.ts';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import { deployment } from '../../support/deployment.ts';

const point = (path: string, epoch: number, checkpointId: number): RestorePoint => ({
  path,
  kind: 'savepoint',
  taken: 'stop',
  epoch,
  checkpointId,
  completedAt: null,
  deployment: epoch,
  flinkVersion: null,
  format: null,
  stateBackend: null,
  maxParallelism: null,
});
const stopSavepoint = point('s3://b/savepoints/clicks/op-1', 1, 9);
const left = point('s3://b/checkpoints/clicks/f2/chk-12', 2, 12);
const current = { ...deployment, operationId: 'op-2', restorePoint: stopSavepoint };
const over = { at: '2026-01-01T00:00:00Z', how: 'stopped' } as const;
const memory = (change: Partial<JobMemory>): JobMemory => ({
  ...newMemory('clicks', '2026-01-01T00:00:00Z'),
  proven: true,
  ...change,
});
const told = (change: Partial<JobMemory>, operation = 'op-3') =>
  accountOf(memory(change), operation, errorOf('StartFailed', 'x'));

describe('what runs now', () => {
  const named = 'deployment 2 (application_1_0002 on cluster yarn-a)';
  test.each([
    ['running', { state: 'running', current }, 'op-3', `${named} runs on`],
    ['running by this operation', { state: 'running', current }, 'op-2', `${named} runs`],
    ['failed', { state: 'failed', current }, 'op-2', 'nothing runs'],
    ['never deployed', {}, 'op-2', 'nothing runs'],
    ['not proven', { proven: false }, 'op-2', 'not known: S3 and YARN are still to be asked'],
    ['doubted', { proven: false, state: 'failed', current }, 'op-2', 'not known: S3 and YARN are still to be asked'],
    ['unreachable', { state: 'unreachable', current }, 'op-2', `not known: ${named} is presumed to run`],
  ] as const)('%s', (_, change, operation, expected) => {
    expect(told(change, operation).runsNow).toBe(expected);
  });
});

describe('where the state is', () => {
  test.each([
    ['nothing has run', {}, 'there is none: nothing has run yet'],
    ['not proven', { proven: false }, 'not known: S3 and YARN are still to be asked'],
    [
      'a failed job names what it left, and what it was started from',
      { state: 'failed', current, left },
      `safe: ${left.path}; deployment 2 was started from ${stopSavepoint.path}`,
    ],
    ['a failed start names what it was started from', { state: 'failed', current }, `safe: ${stopSavepoint.path}`],
    [
      'what an older instance left is not what this one left',
      { state: 'failed', current, left: point('s3://b/checkpoints/clicks/f1/chk-99', 1, 99) },
      `safe: ${stopSavepoint.path}`,
    ],
    [
      'a running job holds it itself',
      { state: 'running', current },
      `the running instance holds it; newest restore point known: ${stopSavepoint.path}`,
    ],
    [
      'a running job names the checkpoint that it completed itself',
      { state: 'running', current: { ...current, completedCheckpoint: 14, newestCheckpoint: 's3://b/chk-14' } },
      'the running instance holds it; newest restore point known: s3://b/chk-14',
    ],
    [
      'a failed job tells that it had come further than what is left',
      { state: 'failed', current: { ...current, completedCheckpoint: 14, newestCheckpoint: 's3://b/chk-14' } },
      `deployment 2 completed checkpoint 14 (s3://b/chk-14), which is not known to be left; the newest restore point known besides: ${stopSavepoint.path}`,
    ],
    [
      'a finished job has none',
      { state: 'finished', current },
      `the Flink job has reached its end, and Flink deletes the checkpoints of a finished job; deployment 2 was started from ${stopSavepoint.path}`,
    ],
    [
      'a drained savepoint says so',
      { state: 'stopped', current: { ...current, ended: { ...over, savepoint: { ...left, drained: true } } } },
      `safe: ${left.path} (its stop drained the job, so a start from it needs \`--accept-state-risk\`); deployment 2 was started from ${stopSavepoint.path}`,
    ],
    [
      'nobody knows of anything',
      { state: 'failed', current: { ...current, restorePoint: null } },
      'no restore point is known: nothing was completed before the end',
    ],
    [
      'nobody could count what it completed',
      {
        state: 'failed',
        current: { ...current, restorePoint: null, ended: { ...over, savepoint: null, counted: false } },
      },
      'no restore point is known, nor whether anything was completed before the end',
    ],
    [
      'an unreachable job may hold newer state',
      { state: 'unreachable', current },
      `newest restore point known: ${stopSavepoint.path}`,
    ],
  ] as const)('%s', (_, change, expected) => {
    expect(whereTheStateIs(memory(change))).toBe(expected);
  });

  test('however long the path is, it is not cut', () => {
    const long = point(`s3://b/${'x'.repeat(900)}`, 2, 3);
    expect(told({ state: 'failed', current, left: long }).state).toContain(long.path);
  });
});

test('the cause comes from the code until something shows more, and brings what to do', () => {
  const error = errorOf('JarMissing', 'releases/clicks/1/clicks.jar is not in bucket b');
  expect(error).toMatchObject({
    cause: { class: 'jarMissing' },
    whatToDo: expect.stringContaining('Publish') as string,
  });
  const better = withCause(error, { class: 'heapExhausted', evidence: 'OutOfMemoryError: Java heap space' });
  expect(better).toMatchObject({
    detail: error.detail,
    cause: { class: 'heapExhausted', meaning: expect.stringContaining('heap') as string },
    whatToDo: expect.stringContaining('taskManager.memory') as string,
  });
  expect(withCause(error, null)).toBe(error);
});

test.each(keysOf(errorTable))(
  '%s gives the advice of the table of errors while only the code tells of a cause',
  (code) => {
    expect(errorOf(code, 'x').whatToDo).toBe(errorTable[code].hint);
  },
);

test('older state than the newest is refused with the option that accepts it', () => {
  const { whatToDo, cause } = errorOf('DiscardsNewerState', 'savepoint-1 is older than checkpoint 7');
  expect(whatToDo).toContain('--discard-newer-state');
  expect(cause?.class).toBe('newerState');
});

test('the job itself shows its cause in the same words', () => {
  const cause = { class: 'containerKilled', evidence: 'exit code 137' } as const;
  expect(viewOf(memory({ state: 'failed', current, left, cause }), null, []).cause).toMatchObject({
    ...cause,
    meaning: expect.stringContaining('killed') as string,
    state: expect.stringContaining(left.path) as string,
  });
  expect(viewOf(memory({ state: 'running', current }), null, []).cause).toBeNull();
});

test('a record of a release that named no cause is still read, and a class of a release to come is unknown', () => {
  const error = { code: 'StartFailed', detail: 'x', hint: 'y' };
  const Told = OperationRecord.shape.error;
  expect(Told.parse(error)).toEqual({ ...error, cause: null, runsNow: null, state: null, whatToDo: null });
  const cause = { class: 'meteorite', meaning: 'm', evidence: 'e' };
  expect(readTolerantly(Told, { ...error, cause })).toMatchObject({
    value: { cause: { class: 'unknown', evidence: 'e' } },
  });
});
