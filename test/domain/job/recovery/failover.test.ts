/**
 * Failover by Sluice itself: when a job leaves its cluster, and why it is left to people.
 *
 * Seen to fail: a job without a lease that moves; one that moves although somebody kills it; one whose cluster is only silent; a
 * fact about an older instance that moves the newer one; a failover that does not go on once the old instance is given up.
 */
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../../../src/domain/deployment/deployment.ts';
import { judgeFailover, whyGone } from '../../../../src/domain/job/recovery/failover.ts';
import type { Recoverable } from '../../../../src/domain/job/recovery/judgement.ts';
import {
  afterOperation as afterOperationOn,
  noRecovery,
  type Recovery,
} from '../../../../src/domain/job/recovery/recovery.ts';
import { judgeRecovery, plannedInWords, recoveryViewOf } from '../../../../src/domain/job/recovery/view.ts';
import { deployment } from '../../../support/deployment.ts';

type Ended = Parameters<typeof afterOperationOn>[1];
const afterOperation = (recovery: Recovery, ended: Omit<Ended, 'phases' | 'request'>): Recovery =>
  afterOperationOn(recovery, { phases: [], request: {}, ...ended }, null);

const AT = '2026-01-01T12:00:00.000Z';
const at = (seconds: number): string => new Date(Date.parse(AT) + seconds * 1000).toISOString();
const gone = { epoch: 7, at: AT, detail: 'no sign of life since 11:57' };

const inVainAt = (seconds: number) => ({ at: at(seconds), isFree: true, foundSilence: false });

const lost = (more: Partial<Deployment> = {}, facts: Partial<Recoverable> = {}): Recoverable => ({
  job: 'clicks',
  proven: true,
  desired: 'running',
  pendingStop: null,
  decision: null,
  ending: null,
  recovery: { ...noRecovery, gone },
  state: 'unreachable',
  health: 'unknown',
  healthSince: null,
  knownOperations: [],
  current: {
    ...deployment,
    cluster: 'yarn-a',
    placed: { cluster: 'yarn-a', backups: ['yarn-b'], moved: null },
    epoch: 7,
    verifiedAt: AT,
    gated: true,
    lease: 120_000,
    restart: null,
    ended: null,
    ...more,
  },
  ...facts,
});

const replaced = { at: at(5), how: 'replaced', savepoint: null, counted: false } as const;
const givenUpBy = (operationId: string) => ({ epoch: 7, operationId, at: at(5), kind: 'givenUp' }) as const;
const over = (operationId: string): Recoverable =>
  lost({ ended: replaced }, { state: 'failed', decision: givenUpBy(operationId) });

describe('a failover by Sluice', () => {
  test('is due at once when the cluster counts as gone', () => {
    expect(judgeFailover(lost())).toEqual({
      kind: 'planned',
      at: Date.parse(AT),
      attempt: 1,
      operationId: 'failover-e7-1',
    });
  });

  test.each<[string, Recoverable]>([
    ['nothing was started', { ...lost(), current: null }],
    ['the file leaves failovers to people', lost({ lease: null })],
    ['the cluster is silent, and JVMs there live', lost({}, { recovery: noRecovery })],
    [
      'an earlier instance was on the cluster that is gone',
      lost({}, { recovery: { ...noRecovery, gone: { ...gone, epoch: 6 } } }),
    ],
    ['the instance answers again', lost({}, { state: 'running' })],
    ['somebody wants the job stopped', lost({}, { desired: 'stopped' })],
    [
      'a kill waits for its confirmation',
      lost({}, { ending: { epoch: 7, how: 'killed', forGood: true, believeLost: false, by: null } }),
    ],
    ['the instance has ended', lost({ ended: { ...replaced, how: 'failed' } }, { state: 'failed' })],
    ['a person gave the instance up', over('kill-1')],
    ['nobody knows yet what runs', lost({}, { proven: false })],
  ])('is no question where %s', (_why, memory) => {
    expect(judgeFailover(memory)).toEqual({ kind: 'none' });
  });

  test.each<[string, Recoverable, string]>([
    ['a stop is open', lost({}, { pendingStop: { operationId: 'stop-1' } }), 'stop of operation stop-1 has no known'],
    ['it never proved healthy', lost({ verifiedAt: null, number: 4 }), 'deployment 4 never proved healthy'],
    ['its JVMs pass no gate', lost({ gated: false, number: 4 }), 'deployment 4 keeps no lease'],
    [
      'no other cluster is named',
      lost({ placed: { cluster: 'yarn-a', backups: [], moved: null } }),
      'names no other cluster',
    ],
    ['an earlier try is hopeless', lost({}, { recovery: { ...noRecovery, gone, left: 'no state' } }), 'no state'],
  ])('is left to people where %s', (_why, memory, why) => {
    const judged = judgeFailover(memory);
    expect(judged).toMatchObject({ kind: 'left' });
    expect(judged.kind === 'left' && judged.why).toContain(why);
  });

  test('goes on once the old instance is given up and nothing runs elsewhere yet', () => {
    const memory = over('failover-e7-1');
    expect(judgeRecovery({ ...memory, knownOperations: [{ id: 'failover-e7-1' }] })).toEqual({
      act: 'failover',
      kind: 'planned',
      at: Date.parse(at(5)),
      attempt: 1,
      operationId: 'failover-e7-2',
    });
  });

  test('goes on from an end that a failover began and could not record', () => {
    const ending = { epoch: 7, how: 'replaced', forGood: false, believeLost: false, by: null } as const;
    expect(judgeFailover(lost({}, { ending })).kind).toBe('planned');
  });

  test('waits longer after each try in vain, at most five minutes where the file says nothing', () => {
    const inVain = (count: number) =>
      lost(
        {},
        {
          recovery: { ...noRecovery, gone, tries: Array.from({ length: count }, () => inVainAt(60)) },
        },
      );
    const waits = [1, 2, 3, 20].map((count) => {
      const judged = judgeFailover(inVain(count));
      if (judged.kind !== 'planned') throw new Error(judged.kind);
      return (judged.at - Date.parse(at(60))) / 1000;
    });
    expect(waits[0]).toBeGreaterThanOrEqual(8);
    expect(waits[1]).toBeGreaterThan(waits[0] ?? 0);
    expect(waits[2]).toBeGreaterThan(waits[1] ?? 0);
    expect(waits[3]).toBeGreaterThan(200);
    expect(waits[3]).toBeLessThanOrEqual(360);
  });
});

const ended = {
  id: 'failover-e7-1',
  kind: 'failover',
  via: 'supervisor',
  outcome: 'failed',
  error: null,
  deployment: null,
  acceptedAt: AT,
  endedAt: at(9),
} as const;
const failedAs = (code: string) =>
  ({ code, detail: 'why', cause: null, runsNow: null, state: null, whatToDo: null }) as never; // only these matter here

describe('a failed job', () => {
  const restart = {
    maxAttempts: 3,
    window: 3_600_000,
    backoff: { initial: 10_000, max: 60_000 },
    whenDegradedFor: null,
  };
  const silence = { ...inVainAt(300), foundSilence: true };
  const failedThere = (tries: readonly ReturnType<typeof inVainAt>[], more: Partial<Deployment> = {}): Recoverable =>
    lost(
      { restart, ended: { ...replaced, how: 'failed', at: AT }, ...more },
      { state: 'failed', recovery: { ...noRecovery, tries: [...tries] } },
    );

  test('moves after a restart to which its cluster gave no answer', () => {
    const judged = judgeRecovery(failedThere([silence]));
    expect(judged).toMatchObject({ act: 'failover', kind: 'planned', attempt: 2, operationId: 'failover-e7-1' });
    expect(whyGone({ ...failedThere([silence]), stateReason: null })).toBe('cluster yarn-a gave a restart no answer');
  });

  test.each<[string, Recoverable]>([
    ['the restart failed for another reason', failedThere([inVainAt(300)])],
    ['that was before it ran again and failed', failedThere([{ ...silence, at: at(-60) }])],
    ['the failover after it was in vain too', failedThere([silence, inVainAt(400)])],
    ['the file leaves failovers to people', failedThere([silence], { lease: null })],
    ['there is no other cluster', failedThere([silence], { placed: { cluster: 'yarn-a', backups: [], moved: null } })],
  ])('is restarted where it is when %s', (_why, memory) => {
    expect(judgeRecovery(memory)).toMatchObject({ act: 'restart', kind: 'planned', operationId: 'restart-e7-1' });
  });

  test('is left to people by no failover that could not start, because it can be restarted where it is', () => {
    const { current, recovery } = failedThere([silence]);
    const refused: Ended = { ...ended, outcome: 'rejected', error: failedAs('StateRisk'), phases: [], request: {} };
    expect(afterOperationOn(recovery, refused, current).left).toBeNull();
    expect(afterOperationOn(recovery, refused, { ...current!, ended: null }).left).toContain('why');
    expect(afterOperationOn(recovery, { ...refused, outcome: 'cancelled' }, current).left).toContain('was cancelled');
  });

  test('stays where somebody ended it by other means than Sluice', () => {
    const { ended } = failedThere([]).current ?? {};
    expect(
      judgeRecovery(failedThere([silence], { ended: { ...replaced, ...ended, how: 'failed', by: 'hand' } })),
    ).toMatchObject({ kind: 'left' });
  });
});

describe('the end of a failover', () => {
  const before = { ...noRecovery, gone };

  test('is a try that cost nothing where nothing was started', () => {
    expect(afterOperation(before, { ...ended, error: failedAs('QueueFull') })).toEqual({
      ...before,
      tries: [inVainAt(9)],
    });
  });

  test.each([
    ['restart', 'ClusterUnreachable', null, true],
    ['restart', 'ClusterUnreachable', 8, false],
    ['restart', 'QueueFull', null, false],
    ['failover', 'ClusterUnreachable', null, false],
  ] as const)('a %s that fails with %s, of deployment %s, found silence: %s', (kind, code, number, foundSilence) => {
    const record = { ...ended, id: `${kind}-e7-1`, kind, error: failedAs(code), deployment: number };
    expect(afterOperation(before, record).tries[0]).toMatchObject({ foundSilence });
  });

  test.each(['MoveRefused', 'RestorePointBroken'])('leaves the job to people after %s', (code) => {
    const outcome = code === 'MoveRefused' ? 'rejected' : 'failed';
    expect(afterOperation(before, { ...ended, outcome, error: failedAs(code) }).left).toContain('why');
  });

  test('leaves the job to people after a cancel', () => {
    expect(afterOperation(before, { ...ended, outcome: 'cancelled' }).left).toContain('was cancelled');
  });

  test('by a person clears the tries, and the cluster stays gone', () => {
    const tried = { ...before, tries: [inVainAt(0)], left: 'no state' };
    expect(afterOperation(tried, { ...ended, id: 'f-1', via: 'api' })).toEqual(before);
  });
});

test('people see the planned failover, and why the cluster counts as gone', () => {
  const view = recoveryViewOf({ ...lost(), observedAt: AT });
  expect(view).toEqual({
    attempts: 0,
    budget: 0,
    window: 0,
    nextAt: AT,
    act: 'failover',
    turn: null,
    left: null,
    gone: gone.detail,
    lastDrill: null,
  });
  expect(view && plannedInWords(view)).toContain('moves the job to another cluster');
  expect(recoveryViewOf({ ...lost({ lease: null }), observedAt: AT })).toBeNull();
});
