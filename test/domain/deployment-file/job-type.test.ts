/** Seen to fail: an operation without a type taken for a batch job. */
import { expect, test } from 'vitest';
import { rulesOf, withoutCheckpoints } from '../../../src/domain/deployment-file/job-type.ts';
import { recordLimits } from '../../../src/domain/operation/operation.ts';

test.each([
  ['streaming', true, 'savepoint', true, false],
  ['batch', false, 'none', false, true],
  ['stateless', false, 'none', true, false],
  [undefined, true, 'savepoint', true, false],
] as const)('%s keeps state: %s, stops with %s', (type, keepsState, stopWith, runsAllTasks, readsResult) => {
  expect(rulesOf(type)).toEqual({ keepsState, stopWith, runsAllTasks, readsResult });
});

test.each([
  ['declares an interval', { checkpointing: true }, false],
  ['declares none', { checkpointing: false }, true],
  ['keeps no state', { checkpointing: false, jobType: 'stateless' as const }, false],
  [
    'completed a checkpoint, because its program sets an interval',
    { checkpointing: false, completedCheckpoint: 1 },
    false,
  ],
])('a job that %s is warned of as it must be', (_what, facts, isWarned) => {
  const warning = withoutCheckpoints({ jobType: 'streaming', ...facts });
  expect(warning !== null).toBe(isWarned);
  expect((warning ?? '').length).toBeLessThanOrEqual(recordLimits.warning);
});
