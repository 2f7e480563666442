/**
 * The state of a job as a function of its facts, against a table written by hand.
 *
 * Seen to fail: with `finished` decided before the wish in `stateAfterEnd`, the end `finished` of a job that was wanted
 * stopped, which came out as `finished`; with `recording` among the phases that replace and without its early return in
 * `stateOf`, both tests of each of the six kinds that bring a job up, which were `deploying` while they were recorded;
 * with `endBegun` that forgets the decision of the epoch, its test; with `staysDown` unheeded by `proved` or by `endedAs`, its test.
 */
import { describe, expect, test } from 'vitest';
import { endings } from '../../../../src/domain/deployment/deployment.ts';
import { newMemory, viewOf, type JobMemory } from '../../../../src/domain/job/job-memory.ts';
import { contacts, settledStateOf, stateOf, wishes } from '../../../../src/domain/job/state/state.ts';
import { endBegun, endedAs } from '../../../../src/domain/job/end-transitions.ts';
import {
  doubted,
  cameUp,
  fellSilent,
  foundAlive,
  proved,
  started,
  stopFailed,
  stopPending,
  wish,
} from '../../../../src/domain/job/transitions.ts';
import { operationKinds, phases, type OperationKind, type Phase } from '../../../../src/domain/lifecycle.ts';
import { currentDeployment } from '../deployments.ts';

const AT = '2026-01-01T00:00:00.000Z';
const LATER = '2026-01-01T00:10:00.000Z';
const endedBy = (how: (typeof endings)[number]) => ({ at: AT, how, savepoint: null });

describe('between operations', () => {
  test.each(contacts)('a job whose instance has not ended is what is known of it: %s', (contact) => {
    const expected = { none: 'new', lives: 'running', silent: 'unreachable' } as const;
    for (const desired of wishes)
      for (const current of [null, { ended: null }])
        expect(settledStateOf({ desired, contact, current })).toBe(expected[contact]);
  });

  test.each(endings)('an instance that ended as %s leaves the job stopped only where that was wanted', (how) => {
    for (const contact of contacts) {
      const current = { ended: endedBy(how) };
      expect(settledStateOf({ desired: 'stopped', contact, current })).toBe('stopped');
      expect(settledStateOf({ desired: 'running', contact, current })).toBe(how === 'finished' ? 'finished' : 'failed');
    }
  });
});

describe('while an operation runs', () => {
  const starts: readonly OperationKind[] = [
    'deploy',
    'resume',
    'restart',
    'rollback',
    'hotfix',
    'revertHotfix',
    'failover',
    'failback',
  ];
  /** From here on the old instance is asked to stop, or is gone. */
  const replacing: readonly Phase[] = [
    'fencing',
    'savepointing',
    'stopping',
    'submitting',
    'starting',
    'verifying',
    'rollingBack',
  ];

  test.each(operationKinds)('%s: the job is deploying from the moment the old instance is asked to stop', (kind) => {
    for (const phase of Object.keys(phases) as Phase[]) {
      const job = { state: 'running', proven: true, current: { ended: null } } as const;
      const isDeploying = starts.includes(kind) && replacing.includes(phase);
      expect(stateOf(job, { kind, phase }), phase).toBe(isDeploying ? 'deploying' : 'running');
    }
  });

  test.each(operationKinds)('%s: where nothing runs it is deploying at once, until it is decided', (kind) => {
    const job = { state: 'stopped', proven: true, current: { ended: endedBy('stopped') } } as const;
    for (const phase of [null, ...(Object.keys(phases) as Phase[])]) {
      const isDeploying = starts.includes(kind) && phase !== 'recording';
      expect(stateOf(job, { kind, phase }), String(phase)).toBe(isDeploying ? 'deploying' : 'stopped');
    }
  });

  test('a job of which nothing is proven is not deploying before somebody has looked', () => {
    const job = { state: 'new', proven: false, current: null } as const;
    expect(stateOf(job, { kind: 'deploy', phase: 'claiming' })).toBe('new');
    expect(stateOf({ ...job, proven: true }, { kind: 'deploy', phase: 'checking' })).toBe('deploying');
  });
});

/** A job that runs, as transitions have brought it up. */
function running(): JobMemory {
  const memory = newMemory('clicks', AT);
  proved(memory, { state: 'new', stateReason: null, epoch: 0, current: null, previous: null, deployments: 0 }, AT);
  started(memory, currentDeployment);
  cameUp(memory, null, AT);
  return memory;
}

describe('transitions', () => {
  test('a start that is under way is not known to run before it came up', () => {
    const memory = newMemory('clicks', AT);
    started(memory, currentDeployment);
    expect(settledStateOf(memory)).toBe('unreachable');
    cameUp(memory, null, LATER);
    expect(memory).toMatchObject({ state: 'running', stateSince: LATER, desired: 'running', health: 'healthy' });
  });

  test('an end that is not confirmed keeps its intention, and is what was meant once it is', () => {
    const memory = running();
    endBegun(memory, { epoch: 1, how: 'stopped', forGood: true });
    wish(memory, 'stopped');
    fellSilent(memory, LATER, { reason: 'S3 is away' });
    expect(memory).toMatchObject({ state: 'unreachable', stateReason: 'S3 is away', ending: { how: 'stopped' } });
    expect(viewOf(memory, null, []).endKnownBy).toBeNull();
    endedAs(memory, { instance: currentDeployment, ended: endedBy('stopped') }, LATER);
    expect(memory).toMatchObject({ state: 'stopped', ending: null });
    expect(viewOf(memory, null, []).endKnownBy).toEqual({ kind: 'confirmed' });
  });

  test('a decision about lost nodes stands, however often the end is begun again, and for its epoch alone', () => {
    const memory = running();
    const again = { how: 'killed', forGood: true } as const;
    endBegun(memory, { epoch: 1, ...again, believeLost: true, by: 'kill-1' });
    endBegun(memory, { epoch: 1, ...again });
    expect(memory.ending).toMatchObject({ believeLost: true, by: 'kill-1' });
    endBegun(memory, { epoch: 2, ...again });
    expect(memory.ending).toMatchObject({ believeLost: false, by: null });
  });

  test('a decision that stands in for the end is shown', () => {
    const memory = running();
    wish(memory, 'stopped');
    endedAs(
      memory,
      { instance: currentDeployment, ended: endedBy('killed'), decided: { kind: 'decided', operationId: 'kill-1' } },
      LATER,
    );
    expect(viewOf(memory, null, []).endKnownBy).toEqual({ kind: 'decided', operation: 'kill-1', at: LATER });
  });

  test('a stop that came to nothing is wanted no more', () => {
    const memory = running();
    stopPending(memory, { operationId: 'stop', epoch: 1, since: AT });
    wish(memory, 'stopped');
    stopFailed(memory);
    expect(memory).toMatchObject({ desired: 'running', pendingStop: null });
  });

  test('what is seen alive is not being ended any more, nor wanted stopped', () => {
    const memory = running();
    endBegun(memory, { epoch: 1, how: 'killed', forGood: true });
    wish(memory, 'stopped');
    foundAlive(memory, LATER);
    expect(memory).toMatchObject({ state: 'running', desired: 'running', ending: null });
  });

  test('a proof that something is over says how it ended, though no record does', () => {
    const memory = newMemory('clicks', AT);
    const proof = { epoch: 1, previous: null, deployments: 1, current: currentDeployment } as const;
    proved(memory, { ...proof, state: 'failed', stateReason: 'nothing of deployment 1 runs any more' }, LATER);
    expect(memory).toMatchObject({ state: 'failed', current: { ended: { how: 'failed', at: LATER } }, proven: true });
  });

  test.each([
    ['keeps a job stopped that was killed after its instance had failed', 1, 'stopped'],
    ['takes a job whose instance it did not know for failed', 2, 'failed'],
  ] as const)('a proof of a failure %s', (_what, epoch, state) => {
    const memory = running();
    const current = { ...currentDeployment, ended: endedBy('failed') };
    endedAs(memory, { instance: currentDeployment, ended: endedBy('failed') }, AT);
    wish(memory, 'stopped');
    doubted(memory);
    const proof = { state: 'failed', stateReason: null, epoch: 1, previous: null, deployments: 1 } as const;
    proved(memory, { ...proof, current: { ...current, epoch } }, LATER);
    expect(memory).toMatchObject({ state, proven: true });
  });

  test('a job stays down that another Sluice killed after its instance had failed, as proofs and ends tell', () => {
    const down = { ...endedBy('failed'), staysDown: true };
    const doubting = running();
    endedAs(doubting, { instance: currentDeployment, ended: endedBy('failed') }, AT);
    doubted(doubting);
    const proof = { state: 'stopped', stateReason: null, epoch: 2, previous: null, deployments: 1 } as const;
    proved(doubting, { ...proof, current: { ...currentDeployment, ended: down } }, LATER);
    expect(doubting).toMatchObject({ state: 'stopped', desired: 'stopped' });
    const looking = running();
    endedAs(looking, { instance: currentDeployment, ended: down }, AT);
    expect(looking).toMatchObject({ state: 'stopped', desired: 'stopped' });
  });

  test.each(['running', 'unreachable'] as const)(
    'a proof that something is %s outweighs a record that announces its end',
    (state) => {
      const memory = newMemory('clicks', AT);
      const current = { ...currentDeployment, ended: endedBy('killed') };
      proved(memory, { state, stateReason: null, epoch: 1, previous: null, deployments: 1, current }, LATER);
      expect(memory).toMatchObject({ state, current: { ended: null } });
      expect(settledStateOf(memory)).toBe(state);
    },
  );

  test('are the only way: a direct write does not compile', () => {
    const write = (memory: JobMemory): void => {
      // @ts-expect-error the state follows from the facts
      memory.state = 'running';
      // @ts-expect-error only transitions change the facts
      memory.current = null;
      // @ts-expect-error nor its lists
      memory.rejections.length = 0;
      // @ts-expect-error nor what the last skipped savepoint says
      memory.skippedSavepoints.count = 0;
    };
    expect(write).toBeTypeOf('function');
  });
});
