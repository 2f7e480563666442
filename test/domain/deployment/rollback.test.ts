/**
 * Where a rollback without a number goes. Seen to fail: with the ending alone, one that ran for days and crashed was passed
 * over; with `hasRun` alone, one that failed while it was verified was gone back to; with `runningAt` for `hasRun`, one that
 * left a checkpoint unseen was passed over; a reverted hotfix came back.
 */
import { expect, it } from 'vitest';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { rollbackTarget } from '../../../src/domain/deployment/rollback.ts';
import type { ActiveHotfix } from '../../../src/domain/hotfix/hotfix.ts';
import { deployment } from '../../support/deployment.ts';

const AT = '2026-01-01T00:00:00.000Z';
const one = (number: number, release: string, change: Partial<Deployment> = {}): Deployment => ({
  ...deployment,
  number,
  epoch: number,
  release,
  runningAt: AT,
  verifiedAt: AT,
  completedCheckpoint: 1,
  ended: { at: AT, how: 'stopped', savepoint: null },
  ...change,
});
const failed = { at: AT, how: 'failed', savepoint: null } as const;

it.each([
  ['the one before', [one(1, 'a'), one(2, 'b')], 1],
  ['past one that ran the same', [one(1, 'a'), one(2, 'b'), one(3, 'b')], 1],
  ['to one that ran well and crashed later', [one(1, 'a'), one(2, 'b', { ended: failed }), one(3, 'c')], 2],
  [
    'past one that failed while it was verified',
    [one(1, 'a'), one(2, 'b', { verifiedAt: null, ended: failed }), one(3, 'c')],
    1,
  ],
  [
    'past one that never ran',
    [one(1, 'a'), one(2, 'b', { verifiedAt: null, runningAt: null, completedCheckpoint: null }), one(3, 'c')],
    1,
  ],
  ['to one of before verification was noted', [one(1, 'a', { verifiedAt: null }), one(2, 'b')], 1],
  [
    'to one that was never seen running and left a checkpoint',
    [one(1, 'a', { verifiedAt: null, runningAt: null }), one(2, 'b')],
    1,
  ],
  ['nowhere, when nothing else ran', [one(1, 'a'), one(2, 'a')], null],
  ['never forward', [one(1, 'a'), one(3, 'c'), one(2, 'b')], 1],
] as const)('it goes %s', (_what, deployments, expected) => {
  expect(rollbackTarget(deployments, deployments.at(-1)!)?.deployment.number ?? null).toBe(expected);
});

const hotfix = (memory: string): { hotfix: ActiveHotfix } => ({
  hotfix: {
    set: { 'taskManager.memory': memory },
    unset: [],
    declared: {},
    actor: 'alice',
    reason: null,
    at: AT,
    operationId: 'h',
    expiresAt: AT,
    onExpiry: 'remind',
  },
});

/** The hotfix with which the target is started, and the one that stays reverted, by their values. */
it.each([
  [
    'past the hotfix that was reverted',
    [one(1, 'a'), one(2, 'b'), one(3, 'b', hotfix('4g')), one(4, 'b')],
    [1, null, null],
  ],
  [
    'to the release before, without the hotfix that was reverted since',
    [one(1, 'a', hotfix('4g')), one(2, 'b', hotfix('4g')), one(3, 'b')],
    [1, null, '4g'],
  ],
  ['out of a hotfix', [one(1, 'a'), one(2, 'a', hotfix('4g'))], [1, null, null]],
  ['to the hotfix before a larger one', [one(1, 'a', hotfix('4g')), one(2, 'a', hotfix('8g'))], [1, '4g', null]],
  [
    'to the release before, with the hotfix that is active',
    [one(1, 'a', hotfix('4g')), one(2, 'b', hotfix('4g'))],
    [1, '4g', null],
  ],
  [
    'to what came up, with its hotfix, when its revert never came up',
    [one(1, 'a', hotfix('4g')), one(2, 'a', { verifiedAt: null, ended: failed })],
    [1, '4g', null],
  ],
  ['nowhere, when only a reverted hotfix differs', [one(1, 'a'), one(2, 'a', hotfix('4g')), one(3, 'a')], null],
] as const)('with hotfixes it goes %s', (_what, deployments, expected) => {
  const target = rollbackTarget(deployments, deployments.at(-1)!);
  const valueOf = (one: ActiveHotfix | null) => one?.set['taskManager.memory'] ?? null;
  const startedWith = target?.leftOut ? null : (target?.deployment.hotfix ?? null);
  expect(target && [target.deployment.number, valueOf(startedWith), valueOf(target.leftOut)]).toEqual(expected);
});
