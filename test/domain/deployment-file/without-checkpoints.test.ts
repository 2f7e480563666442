import { expect, test } from 'vitest';
import { withoutCheckpoints } from '../../../src/domain/deployment-file/without-checkpoints.ts';
import { recordLimits } from '../../../src/domain/operation/operation.ts';

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
