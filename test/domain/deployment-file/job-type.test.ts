/** Seen to fail: an operation without a type taken for a batch job. */
import { expect, test } from 'vitest';
import { rulesOf } from '../../../src/domain/deployment-file/job-type.ts';

test.each([
  ['streaming', true, 'savepoint', true, false],
  ['batch', false, 'none', false, true],
  ['stateless', false, 'none', true, false],
  [undefined, true, 'savepoint', true, false],
] as const)('%s keeps state: %s, stops with %s', (type, keepsState, stopWith, runsAllTasks, readsResult) => {
  expect(rulesOf(type)).toEqual({ keepsState, stopWith, runsAllTasks, readsResult });
});
