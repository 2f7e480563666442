/** Seen to fail: without the operation before, an instance that is coming up is asked for a savepoint. */
import { expect, test } from 'vitest';
import { wayToLeave } from '../../../../src/domain/job/state/ending.ts';
import { currentDeployment } from '../deployments.ts';

const runs = { ...currentDeployment, ended: null, runner: null, verifiedAt: '2026-01-01T00:00:00.000Z' };
const comesUp = { ...runs, verifiedAt: null };
const ended = { at: '', how: 'replaced' as const, savepoint: null };
const made = { id: runs.operationId, outcome: 'superseded' as const };
const stop = { epoch: runs.epoch };

test.each([
  ['what runs', 'running', runs, null, null, 'replace'],
  ['what has ended', 'failed', { ...runs, ended }, null, made, 'replace'],
  ['nothing', 'new', null, null, null, 'replace'],
  ['what nobody can ask', 'unreachable', runs, null, null, 'leave'],
  ['what nobody can ask while it is being stopped', 'unreachable', runs, stop, null, 'leave'],
  ['what Flink is stopping', 'running', runs, stop, null, 'awaitStop'],
  ['what runs, and was once being stopped', 'running', { ...runs, epoch: runs.epoch + 1 }, stop, null, 'replace'],
  ['what comes up, when its operation made room', 'running', comesUp, null, made, 'end'],
  ['what came up, although its operation made room', 'running', runs, null, made, 'replace'],
  ['what comes up by another operation', 'running', comesUp, null, { ...made, id: 'other' }, 'replace'],
  ['what comes up where nobody can ask', 'unreachable', comesUp, null, made, 'leave'],
  [
    'what a launcher has yet to submit',
    'unreachable',
    { ...comesUp, runner: comesUp.applicationId },
    null,
    made,
    'end',
  ],
] as const)('%s', (_what, state, current, pendingStop, before, way) => {
  expect(wayToLeave({ state, current, pendingStop }, before)).toBe(way);
});
