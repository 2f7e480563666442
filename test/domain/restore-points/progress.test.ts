/**
 * The mark of a job only rises, and tells what a start from a restore point would lose.
 *
 * Seen to fail: with the lower of two marks; with the mark of a job of which nobody knows how far it had come taken for its
 * last word; with an abandoned branch of a newer epoch taken for newer state (in its row of "a start from").
 */
import { describe, expect, it } from 'vitest';
import {
  higherOf,
  isMarkFinal,
  newerThan,
  withCheckpoint,
  type Progressed,
} from '../../../src/domain/restore-points/progress.ts';
import type { RestorePoint } from '../../../src/domain/restore-points/restore-point.ts';
import { deployment } from '../../support/deployment.ts';

const point = (epoch: number | null, checkpointId: number): RestorePoint => ({
  path: `s3://sluice/point-${epoch}-${checkpointId}`,
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
const over = (
  epoch: number,
  more: Partial<Omit<Progressed, 'ended'>> & { readonly ended?: Partial<NonNullable<Progressed['ended']>> } = {},
): Progressed => ({
  ...deployment,
  number: epoch,
  epoch,
  runningAt: '2026-01-01T00:00:00.000Z',
  ...more,
  ended: { how: 'killed', savepoint: null, ...more.ended },
});

describe('a mark', () => {
  const mark = (completedCheckpoint: number | null, newestCheckpoint?: string) => ({
    completedCheckpoint,
    newestCheckpoint,
  });
  it.each([
    [mark(null), mark(3, 'three'), mark(3, 'three')],
    [mark(3, 'three'), mark(null), mark(3, 'three')],
    [mark(3, 'three'), mark(2, 'two'), mark(3, 'three')],
    [mark(3, 'three'), mark(3), mark(3, 'three')],
    [mark(3, 'three'), mark(4), mark(4)],
  ])('%j merged with %j is %j', (a, b, merged) => {
    expect(higherOf(a, b)).toEqual(merged);
  });

  it('rises by a checkpoint that is found in S3', () => {
    expect(withCheckpoint(mark(3), point(1, 5))).toEqual(mark(5, 's3://sluice/point-1-5'));
    expect(withCheckpoint(mark(3, 'three'), null)).toEqual(mark(3, 'three'));
  });
});

describe('a mark is the last word', () => {
  it.each([
    ['when the JobManager told at the end', over(1, { ended: { counted: true } }), false, true],
    ['when the job was stopped with a savepoint', over(1, { ended: { savepoint: point(1, 9) } }), false, true],
    ['when a checkpoint is left, because Flink keeps the newest', over(1), true, true],
    ['when a job without periodic checkpoints was killed', over(1, { checkpointing: false }), false, true],
    ['not when nobody could ask, and nothing is left', over(1, { ended: { counted: false } }), false, false],
    ['not in an old record of a job that ran', over(1), false, false],
    ['but in an old record of a job that never ran', over(1, { runningAt: null }), false, true],
    ['not of a job that nobody saw running', over(1, { runningAt: null, ended: { counted: false } }), false, false],
    [
      'not of a finished job, whose checkpoints Flink deletes',
      over(1, { checkpointing: false, ended: { how: 'finished' } }),
      false,
      false,
    ],
  ])('%s', (_when, deployment, isCheckpointLeft, expected) => {
    expect(isMarkFinal(deployment, isCheckpointLeft)).toBe(expected);
  });
});

describe('a start from', () => {
  const first = over(1, { completedCheckpoint: 10, ended: { savepoint: point(1, 11) } });
  const left = over(2, { restorePoint: point(1, 11), completedCheckpoint: 20 });
  const base = over(3, { restorePoint: point(1, 11), completedCheckpoint: 15, newestCheckpoint: 's3://own/chk-15' });
  const all = [first, left, base];
  it.each([
    ['its newest checkpoint loses nothing', base, point(3, 15), null],
    ['a newer savepoint of it loses nothing', base, point(3, 16), null],
    ['an older checkpoint of it', base, point(3, 14), 'deployment 3 completed checkpoint 15 (s3://own/chk-15)'],
    ['the savepoint that it began with', base, point(1, 11), 'deployment 3 completed checkpoint 15 (s3://own/chk-15)'],
    ['a branch that was left', base, point(2, 20), 'deployment 3 completed checkpoint 15 (s3://own/chk-15)'],
    [
      'a branch that was left, newer than where it started, when it completed nothing',
      over(4, { restorePoint: point(1, 11) }),
      point(2, 20),
      'deployment 4 was started from s3://sluice/point-1-11',
    ],
    ['nothing', base, null, 'deployment 3 completed checkpoint 15 (s3://own/chk-15)'],
    ['a path from elsewhere cannot be judged', base, point(null, 3), null],
    [
      'a checkpoint before the savepoint of the stop',
      first,
      point(1, 10),
      'deployment 1 was stopped with s3://sluice/point-1-11',
    ],
    [
      'where it started loses nothing when it completed nothing',
      over(4, { restorePoint: point(3, 15) }),
      point(3, 15),
      null,
    ],
    [
      'something older than where it started',
      over(4, { restorePoint: point(3, 15) }),
      point(3, 14),
      'deployment 4 was started from s3://sluice/point-3-15',
    ],
    ['nothing loses nothing when there never was any state', over(4), null, null],
  ])('%s', (_what, from, chosen, expected) => {
    expect(newerThan([...all, from], from, chosen)).toBe(expected);
  });
});
