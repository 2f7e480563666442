/** Seen to fail: a kill that verifies; a stop with a checkpoint told as one with a savepoint. */
import { describe, expect, test } from 'vitest';
import type { Plan } from '../../../src/domain/plan/plan.ts';
import { phasesOf, summaryOf } from '../../../src/domain/plan/story.ts';

const stop = (how: 'savepoint' | 'checkpoint' | 'none') => ({ with: how, deployment: 3 }) as NonNullable<Plan['stop']>;
const changes = { release: { after: 'clicks/2' }, cluster: { after: 'yarn-a' } } as Plan['changes'];
const point = { kind: 'savepoint', path: 's3://b/sp' } as Exclude<Plan['restorePoint'], string>;

describe('the phases', () => {
  test.each([
    ['deploy', null, ['checking', 'staging', 'submitting', 'starting', 'verifying']],
    ['deploy', stop('checkpoint'), ['checking', 'staging', 'stopping', 'submitting', 'starting', 'verifying']],
    ['stop', stop('savepoint'), ['savepointing', 'stopping']],
    ['kill', stop('none'), ['stopping']],
    ['savepoint', null, ['savepointing']],
    ['adopt', null, ['checking']],
  ] as const)('of a %s, stopping %j, are %j', (kind, down, expected) => {
    const names = phasesOf({ kind, stop: down }).map(({ name }) => name);
    expect(names).toEqual(['claiming', ...expected, 'recording']);
  });
});

describe('the summary', () => {
  const outline = {
    job: 'clicks-dev',
    kind: 'deploy',
    ok: true,
    changes,
    stop: null,
    restorePoint: null,
    state: 'running',
  } as const;
  test.each([
    [{}, 'clicks/2 starts on yarn-a without state'],
    [{ restorePoint: point }, 'clicks/2 starts on yarn-a from savepoint s3://b/sp'],
    [
      { stop: stop('savepoint'), restorePoint: 'from-stop' },
      'deployment 3 is stopped with a savepoint, then clicks/2 starts on yarn-a from that savepoint',
    ],
    [
      { stop: stop('checkpoint'), restorePoint: 'from-stop' },
      'deployment 3 is killed, then clicks/2 starts on yarn-a from its newest checkpoint',
    ],
    [
      {
        kind: 'rollback',
        backTo: { deployment: 2, release: 'clicks/2', hotfix: null, leftOut: 'the hotfix of alice (a.b)' },
      },
      'what ran before (deployment 2, clicks/2 without a hotfix; the hotfix of alice (a.b) stays reverted) starts on yarn-a without state',
    ],
    [{ ok: false }, 'nothing changes: the deploy of clicks-dev would be refused'],
    [{ kind: 'stop' }, 'nothing of clicks-dev runs, and clicks-dev stays stopped'],
    [{ kind: 'savepoint' }, 'a savepoint of clicks-dev is taken while it runs on'],
  ] as const)('of %j is: %s', (change, expected) => expect(summaryOf({ ...outline, ...change })).toBe(expected));
});
