/** The course of an operation. Seen to fail: without the phases of going back, an operation that went back took an instance down once more. */
import { describe, expect, test } from 'vitest';
import { failedStarts, phases, type OperationKind, type Phase } from '../../src/domain/lifecycle.ts';
import { comingPhases, consequences, type Underway } from '../../src/ui/parts/operation/operation-course.ts';

interface Case {
  readonly kind?: OperationKind;
  readonly phase: Phase;
  /** Phases that have been. */
  readonly been?: readonly Phase[];
  readonly request?: Record<string, unknown>;
  /** Whether the deployment that is known is that of the operation. */
  readonly isOwn?: boolean;
  readonly hasEnded?: boolean;
}

const underway = ({
  kind = 'deploy',
  phase,
  been = [],
  request = {},
  isOwn = false,
  hasEnded = false,
}: Case): Underway => ({
  operation: {
    id: 'op',
    kind,
    phase,
    phases: [...been, phase].map((name) => ({ name, startedAt: '', endedAt: null })),
    request,
  },
  deployment: {
    operationId: isOwn ? 'op' : 'before',
    ended: hasEnded ? { at: '', how: 'stopped', savepoint: null } : null,
    onFailedStart: 'rollback',
  },
});

describe('an operation', () => {
  test.each<[string, Case, readonly Phase[]]>([
    [
      'takes down what runs with a savepoint',
      { phase: 'staging' },
      ['savepointing', 'stopping', 'submitting', 'starting', 'verifying', 'recording'],
    ],
    [
      'kills it when that was asked for',
      { phase: 'staging', request: { stopWith: 'checkpoint' } },
      ['stopping', 'submitting', 'starting', 'verifying', 'recording'],
    ],
    [
      'takes nothing down where nothing runs',
      { phase: 'staging', hasEnded: true },
      ['submitting', 'starting', 'verifying', 'recording'],
    ],
    [
      'leaves what nobody can reach',
      { kind: 'failover', phase: 'fencing', been: ['checking'] },
      ['staging', 'submitting', 'starting', 'verifying', 'recording'],
    ],
    [
      'starts once more when it goes back',
      { phase: 'rollingBack', been: ['savepointing', 'starting'] },
      ['staging', 'submitting', 'starting', 'verifying', 'recording'],
    ],
    ['goes on from there', { phase: 'starting', been: ['savepointing', 'rollingBack'] }, ['verifying', 'recording']],
    ['only takes a savepoint', { kind: 'savepoint', phase: 'claiming' }, ['savepointing', 'recording']],
    ['ends with its record', { phase: 'recording' }, []],
  ])('%s', (_name, given, expected) => {
    expect(comingPhases(underway(given))).toEqual(expected);
  });

  test('says what a failure leads to, by the deployment file once that is known', () => {
    const own = consequences(underway({ phase: 'starting', isOwn: true }));
    expect(own).toEqual({
      failure: `${phases.starting.failure} ${failedStarts.rollback}`,
      cancel: phases.starting.cancel,
    });
    expect(consequences(underway({ phase: 'starting' }))?.failure).toBe(phases.starting.failure);
    expect(consequences(underway({ phase: 'starting', been: ['rollingBack'], isOwn: true }))).toEqual({
      failure: phases.rollingBack.failure,
      cancel: phases.rollingBack.cancel,
    });
  });
});
