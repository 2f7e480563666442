/**
 * Restarts by Sluice itself: when one is due, and why a job is left to people.
 *
 * Seen to fail: a restart of a job that somebody killed outside; one of a stopped job; a budget that no window bounds; free
 * tries that cost; a person's operation that leaves the count; a wait that does not grow.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../../src/domain/deployment/deployment.ts';
import type { Recoverable } from '../../../../src/domain/job/recovery/judgement.ts';
import {
  actTaken,
  afterOperation as afterOperationOn,
  afterProof,
  noRecovery,
  type Recovery,
} from '../../../../src/domain/job/recovery/recovery.ts';
import { judgeRestart } from '../../../../src/domain/job/recovery/restart.ts';
import { TAKE_OVER, withoutTakeOver } from '../../../../src/domain/job/recovery/take-over.ts';
import { plannedInWords, recoveryViewOf } from '../../../../src/domain/job/recovery/view.ts';
import { deployment } from '../../../support/deployment.ts';

type Ended = Parameters<typeof afterOperationOn>[1];
type Brief = Omit<Ended, 'phases' | 'request'>;
const afterOperation = (recovery: Recovery, ended: Brief): Recovery =>
  afterOperationOn(recovery, { phases: [], request: {}, ...ended }, null);

const AT = '2026-01-01T12:00:00.000Z';
const at = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();
const ended = { at: AT, how: 'failed', savepoint: null, by: 'itself' } as const;

const failed = (
  more: Partial<Deployment> = {},
  recovery: Recovery = noRecovery,
  facts: Partial<Recoverable> = {},
): Recoverable => ({
  job: 'clicks',
  proven: true,
  desired: 'running',
  pendingStop: null,
  decision: null,
  ending: null,
  recovery,
  state: 'failed',
  health: 'unknown',
  healthSince: null,
  knownOperations: [],
  current: {
    ...deployment,
    epoch: 7,
    verifiedAt: AT,
    restart: { maxAttempts: 3, window: 3_600_000, backoff: { initial: 10_000, max: 60_000 }, whenDegradedFor: null },
    ended,
    ...more,
  },
  ...facts,
});

const tried = (seconds: readonly number[], isFree = false): Recovery => ({
  ...noRecovery,
  tries: seconds.map((second) => ({ at: at(second), isFree, foundSilence: false })),
});

/** Seconds between the last event and the restart. */
const waitOf = (memory: Recoverable, after = 0): number => {
  const judged = judgeRestart(memory);
  if (judged.kind !== 'planned') throw new Error(JSON.stringify(judged));
  return (judged.at - Date.parse(at(after))) / 1000;
};

const restart = {
  id: 'restart-e7-1',
  kind: 'restart',
  via: 'supervisor',
  outcome: 'succeeded',
  error: null,
  deployment: 8,
  acceptedAt: at(1),
  endedAt: at(30),
} as const;
const problem = (code: string, of: 'unknown' | 'restorePointUnreadable' = 'unknown') => ({
  ...{ code, detail: 'it broke', hint: '', runsNow: null, state: null, whatToDo: null },
  cause: { class: of, evidence: 'x', meaning: 'y' },
});

describe('a restart', () => {
  test('of an instance that failed is due at once, as the first of its budget', () => {
    expect(judgeRestart(failed())).toEqual({
      kind: 'planned',
      at: Date.parse(AT),
      attempt: 1,
      operationId: 'restart-e7-1',
    });
  });

  test.each<[string, Recoverable]>([
    ['nothing was started', { ...failed(), current: null }],
    ['the instance runs', failed({ ended: null })],
    ['the file wants no restarts, as all did before', failed({ restart: null })],
    ['the job reached its end', failed({ ended: { ...ended, how: 'finished' } })],
    ['an operation replaced the instance and started no other', failed({ ended: { ...ended, how: 'replaced' } })],
    ['somebody wants the job stopped', failed({}, noRecovery, { desired: 'stopped' })],
    ['a stop has no known outcome', failed({}, noRecovery, { pendingStop: { operationId: 'stop-1' } })],
    ['nobody knows yet what runs', failed({}, noRecovery, { proven: false })],
  ])('is no question where %s', (_why, memory) => {
    expect(judgeRestart(memory)).toEqual({ kind: 'none' });
    expect(recoveryViewOf({ ...memory, observedAt: AT })?.nextAt ?? null).toBeNull();
  });

  test.each(['restart', 'failover'] as const)(
    'follows a %s by Sluice that replaced the instance with nothing',
    (kind) => {
      const inVain = { ...restart, id: `${kind}-e7-1`, kind, outcome: 'failed', deployment: null } as const;
      const living = failed({ ended: null }).current;
      const record = { phases: [], request: {}, ...inVain, error: problem('StorageUnavailable') };
      const recovery = afterOperationOn(noRecovery, record, living);
      const taken = failed({ ended: { ...ended, how: 'replaced' } }, recovery);
      expect(judgeRestart(taken)).toMatchObject({ kind: 'planned', operationId: 'restart-e7-1' });
      expect(judgeRestart({ ...taken, current: { ...taken.current!, epoch: 8 } })).toEqual({ kind: 'none' });
      expect(afterOperation(recovery, { ...restart, id: 'by-hand', via: 'api' }).took).toBeNull();
    },
  );

  test.each<[string, Recoverable, string]>([
    [
      'the end stands on a decision',
      failed({}, noRecovery, { decision: { epoch: 7, operationId: 'x', at: AT, kind: 'givenUp' } }),
      'decision of a person',
    ],
    ['somebody killed it outside', failed({ ended: { ...ended, by: 'hand' } }), 'other means than Sluice'],
    ['it never proved healthy', failed({ verifiedAt: null, number: 4 }), 'deployment 4 never proved healthy'],
    [
      'it was adopted',
      failed({ adopted: { name: 'old', user: 'flink', checkpoints: null } }),
      'Sluice has never started it yet',
    ],
    ['it was left before', failed({}, { ...noRecovery, left: 'its state is broken' }), 'its state is broken'],
    ['the budget is used up', failed({}, tried([-30, -20, -10])), 'restarted 3 times within 1h'],
  ])('is left to people when %s', (_why, memory, why) => {
    expect(judgeRestart(memory)).toMatchObject({ kind: 'left', why: expect.stringContaining(why) as string });
    expect(recoveryViewOf({ ...memory, observedAt: AT })?.left).toContain(why);
  });

  test('of what Sluice itself restarted needs no proof of health', () => {
    expect(judgeRestart(failed({ verifiedAt: null, operationId: 'restart-e6-1' }))).toMatchObject({ kind: 'planned' });
    // A person's word is no name of Sluice.
    expect(judgeRestart(failed({ verifiedAt: null, operationId: 'restart-e6' }))).toMatchObject({ kind: 'left' });
  });

  test('waits longer each time, up to the longest wait, and never the same for all jobs', () => {
    const more = {
      restart: { maxAttempts: 9, window: 3_600_000, backoff: { initial: 10_000, max: 60_000 }, whenDegradedFor: null },
    };
    const waits = [[-9], [-9, -8], [-9, -8, -7], [-9, -8, -7, -6]].map((seconds) =>
      waitOf(failed(more, tried(seconds))),
    );
    waits.forEach((wait, index) => {
      const middle = Math.min(60, 10 * 2 ** index);
      expect(wait).toBeGreaterThanOrEqual(middle * 0.8);
      expect(wait).toBeLessThanOrEqual(middle * 1.2);
    });
    expect(waitOf({ ...failed(more, tried([-9])), job: 'orders' })).not.toBe(waits[0]);
  });

  test('counts within the window only', () => {
    expect(judgeRestart(failed({}, tried([-7200, -3601, -3600, -5])))).toMatchObject({ kind: 'planned', attempt: 2 });
  });

  test('that costs nothing waits too, so that what cannot start is not tried all the time', () => {
    const free = tried([1, 2, 3], true);
    expect(judgeRestart(failed({}, free))).toMatchObject({ kind: 'planned', attempt: 1 });
    expect(waitOf(failed({}, free), 3)).toBeGreaterThanOrEqual(32);
  });
});

test('no id is used twice, also when the count began anew', () => {
  const knownOperations = ['restart-e7-1', 'd', 'restart-e7-2', 'restart-e70-1'].map((id) => ({ id }));
  expect(judgeRestart(failed({}, noRecovery, { knownOperations }))).toMatchObject({ operationId: 'restart-e7-3' });
  // The memory keeps the newest ids only, newest first.
  const many = ['restart-e7-201', 'restart-e7-200', 'restart-e7-199'].map((id) => ({ id }));
  expect(judgeRestart(failed({}, noRecovery, { knownOperations: many }))).toMatchObject({
    operationId: 'restart-e7-202',
  });
});

describe('a degraded job', () => {
  const lives = (seconds: number, whenDegradedFor: number | null): Recoverable => ({
    ...failed({ ended: null, restart: { ...failed().current!.restart!, whenDegradedFor } }),
    ...{ state: 'running', health: 'degraded', healthSince: at(seconds) },
  });

  test('is left to Flink, unless its file says for how long', () => {
    expect(judgeRestart(lives(0, null))).toEqual({ kind: 'none' });
    expect(judgeRestart({ ...lives(0, 600_000), health: 'healthy' })).toEqual({ kind: 'none' });
    expect(judgeRestart({ ...lives(0, 600_000), state: 'unreachable' })).toEqual({ kind: 'none' });
    expect(judgeRestart(lives(5, 600_000))).toMatchObject({ kind: 'planned', at: Date.parse(at(605)), attempt: 1 });
  });

  test('costs an attempt each time it is restarted', () => {
    expect(judgeRestart({ ...lives(0, 600_000), recovery: tried([100, 200]) })).toMatchObject({ attempt: 3 });
    expect(judgeRestart({ ...lives(0, 600_000), recovery: tried([100, 200, 300]) })).toMatchObject({ kind: 'left' });
  });
});

describe('the end of a restart by Sluice', () => {
  test('costs an attempt, whatever its outcome', () => {
    expect(afterOperation(noRecovery, restart)).toMatchObject({ tries: [{ at: at(30), isFree: false }], left: null });
    const lost = { ...restart, outcome: 'failed', error: problem('StartFailed') } as const;
    expect(afterOperation(noRecovery, lost)).toMatchObject({ tries: [{ isFree: false }], left: null });
  });

  test('costs none when the cluster had lost the instance', () => {
    const taken = actTaken(failed({ ended: { ...ended, by: 'cluster' } }), 'restart-e7-1');
    expect(afterOperation(taken, restart)).toMatchObject({ tries: [{ isFree: true }], trying: null });
  });

  test.each(['ClusterUnreachable', 'StorageUnavailable', 'QueueFull', 'ApplicationNotEnding'])(
    'costs none when nothing could be started because of %s',
    (code) => {
      const nothing = { ...restart, outcome: 'failed', deployment: null, error: problem(code) } as const;
      expect(afterOperation(noRecovery, nothing)).toMatchObject({ tries: [{ isFree: true }], left: null });
    },
  );

  test.each(['ResourcesTooLarge', 'QueueNotFound', 'ForeignInstance'])(
    'costs none because of %s, until it was so twelve times in a row',
    (code) => {
      const nothing = { ...restart, outcome: 'failed', deployment: null, error: problem(code) } as const;
      const after = (...tries: readonly Recovery['tries'][]) =>
        afterOperation({ ...noRecovery, tries: tries.flat() }, nothing).left;
      const free = (count: number) =>
        tried(
          Array.from({ length: count }, () => -1),
          true,
        ).tries;
      expect(after([])).toBeNull();
      expect(after(free(10))).toBeNull();
      expect(after(free(11))).toContain('it broke');
      expect(after(free(11), tried([-1]).tries, free(10))).toBeNull();
    },
  );

  test.each<[string, Parameters<typeof afterOperation>[1]]>([
    ['cancelled', { ...restart, outcome: 'cancelled', error: problem('Cancelled') }],
    [
      'RestorePointNotFound',
      { ...restart, outcome: 'failed', deployment: null, error: problem('RestorePointNotFound') },
    ],
    [
      'a state that Flink cannot read',
      { ...restart, outcome: 'failed', error: problem('StartFailed', 'restorePointUnreadable') },
    ],
  ])('leaves the job to people after: %s', (_what, record) => {
    expect(afterOperation(noRecovery, record).left).toContain('restart-e7-1');
  });
});

describe('a proof of what runs', () => {
  const worn = { ...tried([-3, -2]), left: 'somebody must look' };
  const known = { current: { epoch: 7 }, recovery: worn };

  test.each(['running', 'failed', 'unreachable'] as const)('keeps the tries of the instance it knows: %s', (state) => {
    expect(afterProof(known, { current: { epoch: 7 }, state })).toEqual(worn);
  });

  test.each<[string, Parameters<typeof afterProof>[0]]>([
    ['knew nothing', { current: null, recovery: noRecovery }],
    ['knew another instance', { current: { epoch: 6 }, recovery: noRecovery }],
  ])('leaves a failed job to people where the run %s, also after a silence', (_what, before) => {
    const silent = afterProof(before, { current: { epoch: 7 }, state: 'unreachable' });
    const again = { current: { epoch: 7 }, recovery: silent };
    expect(afterProof(again, { current: { epoch: 7 }, state: 'failed' }).left).toContain('lost its memory');
    expect(afterProof(again, { current: { epoch: 7 }, state: 'running' }).left).toBeNull();
  });
});

test('a restart waits for its own turn, not for that of an earlier one which is not given back yet', () => {
  const asked = { cluster: 'yarn-a', since: AT, answeredAt: null, before: 3, isGranted: false };
  const viewed = (operationId: string) =>
    recoveryViewOf({ ...failed({}, { ...noRecovery, turn: { ...asked, operationId } }), observedAt: AT })?.turn;
  expect(viewed('restart-e7-1')).toEqual({ cluster: 'yarn-a', since: AT, before: 3 });
  expect(viewed('restart-e6-1')).toBeNull();
});

test('a take-over that comes too late is a restart from the newest state', () => {
  const takeOver = {
    kind: 'restart',
    id: 'restart-e7-1',
    actor: 'supervisor',
    reason: 'it loops',
    ...TAKE_OVER,
  } as const;
  expect(withoutTakeOver(takeOver)).toEqual({
    kind: 'restart',
    id: 'restart-e7-1',
    actor: 'supervisor',
    reason: 'it loops',
  });
});

test('what a person did begins a new count, and what was refused or Sluice did does not', () => {
  const worn = { ...tried([-3, -2, -1]), left: 'left' };
  const deploy = { ...restart, id: 'd', kind: 'deploy', via: 'api' } as const;
  expect(afterOperation(worn, deploy)).toEqual(noRecovery);
  expect(afterOperation(worn, { ...deploy, kind: 'kill', via: 'signal', outcome: 'failed' })).toEqual(noRecovery);
  expect(afterOperation(worn, { ...deploy, outcome: 'rejected' })).toEqual(worn);
  expect(afterOperation(worn, { ...deploy, kind: 'savepoint', via: 'schedule' })).toEqual(worn);
  expect(afterOperation(worn, { ...deploy, via: 'autoDeploy' })).toEqual({ ...worn, left: null });
});

test('a planned restart says when, which attempt, and how to prevent it', () => {
  const view = recoveryViewOf({ ...failed({}, tried([-10])), observedAt: AT })!;
  expect(view).toMatchObject({ attempts: 1, budget: 3, window: 3_600_000, left: null });
  expect(plannedInWords(view)).toContain(`at ${view.nextAt ?? ''}, as attempt 2 of 3 within 1h`);
  expect(plannedInWords(view)).toContain('kill');
});
