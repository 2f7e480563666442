/**
 * The admission of an operation: every combination of state, kind, holder and flags, against a table written by hand.
 *
 * Seen to fail: with `waitsForStop` moved behind `isNotAllowed` in the list of checks, the combinations of every kind
 * but `kill`; without `next === null` in `isSuperseded`, which lets a kill by force in while another one waits, those
 * of `kill`; with `recover` allowed to a job that has recorded something, those of `recover`; with a view that looks at the
 * state only, `revertHotfix` of a job without a hotfix.
 */
import { describe, expect, test } from 'vitest';
import { admit, admitCancel, allowedNow, type Occupation } from '../../../src/domain/job/admission.ts';
import type { Letter } from '../../../src/domain/job/read-request.ts';
import { memoryLimits, newMemory, type JobMemory } from '../../../src/domain/job/job-memory.ts';
import { operationKinds, type OperationKind, type Phase } from '../../../src/domain/lifecycle.ts';
import { fingerprintOfRequest } from '../../../src/domain/operation/asked.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { currentDeployment } from './deployments.ts';

const AT = '2026-01-01T00:00:00.000Z';
const states = ['new', 'running', 'stopped', 'finished', 'failed', 'unreachable'] as const;

/** `+`: allowed; `1`: only to a workflow that has recorded nothing yet. The columns are the states, in their order. */
const table: Record<OperationKind, string> = {
  //            n r s f f u
  deploy: /*   */ '+++++-',
  savepoint: /**/ '-+----',
  stop: /*     */ '-+----',
  kill: /*     */ '-+--++',
  resume: /*   */ '--+++-',
  restart: /*  */ '-+----',
  rollback: /* */ '-++++-',
  hotfix: /*   */ '-++-+-',
  revertHotfix: '-++-+-',
  adopt: /*    */ '+-+++-',
  recover: /*  */ '111111',
  transfer: /* */ '+++++-',
  failover: /* */ '-+--++',
  failback: /* */ '-+----',
};

const payloads: Partial<Record<OperationKind, object>> = {
  deploy: { release: 'clicks/1.0.0' },
  adopt: { release: 'clicks/1.0.0' },
  hotfix: { set: { 'flink.config.a': '1' } },
  transfer: { project: 'other' },
};

const record = (kind: OperationKind, phase: Phase | null, id = `the-${kind}`): OperationRecord => ({
  id,
  job: 'clicks',
  kind,
  actor: 'ci',
  via: 'api',
  claimed: null,
  reason: null,
  acceptedAt: AT,
  endedAt: null,
  phase,
  phases: [],
  outcome: null,
  error: null,
  deployment: null,
  request: {},
  fingerprint: 'f',
  savepoint: null,
  warnings: [],
  deleted: null,
  interruption: null,
});

const holders = {
  none: { holder: null, next: null },
  savepoint: { holder: record('savepoint', 'savepointing'), next: null },
  kill: { holder: record('kill', 'stopping'), next: null },
  'one that is recorded': { holder: record('deploy', 'recording'), next: null },
  'one that is superseded': { holder: record('deploy', 'starting'), next: record('kill', null) },
} as const;

interface Case {
  readonly state: (typeof states)[number];
  readonly kind: OperationKind;
  readonly holder: keyof typeof holders;
  readonly force: boolean;
  readonly pendingStop: boolean;
  readonly waiting: 'none' | 'many' | 'too many';
  readonly degraded: boolean;
  readonly onlyIf: 'not asked' | 'as it is' | 'another state' | 'another operation';
  readonly proven: boolean;
  readonly recorded: boolean;
  readonly hotfix: boolean;
  readonly id: 'none' | 'unknown' | 'of the same' | 'of another';
}

const booleans = [false, true] as const;

/** All combinations; a flag that a kind does not have is left at its first value. */
function* cases(): Generator<Case> {
  for (const kind of operationKinds)
    for (const state of states)
      for (const holder of Object.keys(holders) as (keyof typeof holders)[])
        for (const force of kind === 'kill' ? booleans : [false])
          for (const pendingStop of booleans)
            for (const waiting of ['none', 'many', 'too many'] as const)
              for (const degraded of kind === 'savepoint' ? booleans : [false])
                for (const onlyIf of kind === 'deploy'
                  ? (['not asked', 'as it is', 'another state', 'another operation'] as const)
                  : (['not asked'] as const))
                  for (const proven of booleans)
                    for (const recorded of booleans)
                      for (const hotfix of kind === 'revertHotfix' ? booleans : [false])
                        for (const id of ['none', 'unknown', 'of the same', 'of another'] as const)
                          yield {
                            kind,
                            state,
                            holder,
                            force,
                            pendingStop,
                            waiting,
                            degraded,
                            onlyIf,
                            proven,
                            recorded,
                            hotfix,
                            id,
                          };
}

/** The decision that a case must get, written without a look at the code. */
function expected(one: Case): string {
  const isKill = one.kind === 'kill';
  const isFailover = one.kind === 'failover';
  if (one.id === 'of another') return 'OperationIdReused';
  if (one.id === 'of the same') return 'repeat';
  if (one.holder !== 'none' && isFailover)
    return one.holder === 'savepoint' && table.failover[states.indexOf(one.state)] === '+'
      ? 'supersede'
      : 'OperationInProgress';
  if (one.holder !== 'none') return one.force && one.holder === 'savepoint' ? 'supersede' : 'OperationInProgress';
  if (one.pendingStop && !isKill && !isFailover) return 'StopPending';
  if (one.waiting === 'too many' || (one.waiting === 'many' && !isKill)) return 'CommandNotAllowed';
  const isKnown = one.proven || one.state !== 'new';
  const cell = table[one.kind][states.indexOf(one.state)];
  const isAllowed = cell === '+' || (cell === '1' && !one.recorded) || one.force;
  if (isKnown && !isAllowed) return 'CommandNotAllowed';
  if (one.onlyIf === 'another state' || one.onlyIf === 'another operation') return 'CommandNotAllowed';
  if (one.degraded) return 'CommandNotAllowed';
  if (one.kind === 'revertHotfix' && isKnown && !one.hotfix) return 'CommandNotAllowed';
  return 'accept';
}

function requestOf(one: Case): Record<string, unknown> {
  const onlyIf = {
    'not asked': undefined,
    'as it is': { state: one.state, after: newestOf(one) },
    'another state': { state: one.state === 'new' ? 'running' : 'new', after: newestOf(one) },
    'another operation': { state: one.state, after: 'somebody-elses' },
  }[one.onlyIf];
  return {
    ...payloads[one.kind],
    ...(one.force ? { force: true } : {}),
    ...(onlyIf === undefined ? {} : { onlyIf }),
    ...(one.id === 'none' ? {} : { id: one.id === 'unknown' ? 'mine' : 'known' }),
  };
}

/** The schedule asks a degraded job. */
const letterOf = ({ degraded }: Case): Letter =>
  degraded ? { transport: 'signal', sender: { door: 'schedule' } } : BY_UPDATE;

const BY_UPDATE: Letter = { transport: 'update' };

const newestOf = ({ waiting }: Case): string | null => (waiting === 'none' ? null : 'waits-for-s3');

function occupationOf(one: Case): Occupation {
  const { maxWaiting, many } = {
    maxWaiting: memoryLimits.waitingRecords + memoryLimits.waitingKills,
    many: memoryLimits.waitingRecords,
  };
  const waiting = { none: 0, many, 'too many': maxWaiting }[one.waiting];
  const ofSame = fingerprintOfRequest(one.kind, requestOf(one));
  const known = one.id === 'of the same' || one.id === 'of another';
  const memory: JobMemory = {
    ...newMemory('clicks', AT),
    proven: one.proven,
    state: one.state,
    current: one.state === 'new' ? null : { ...currentDeployment, hotfix: one.hotfix ? currentHotfix : null },
    health: one.degraded ? 'degraded' : 'healthy',
    pendingStop: one.pendingStop ? { operationId: 'stop', epoch: 1, since: AT } : null,
    waitingRecords: Array.from({ length: waiting }, () => record('savepoint', null, 'waits-for-s3')),
    knownOperations: [
      ...(known
        ? [
            {
              id: 'known',
              kind: one.kind,
              outcome: 'succeeded' as const,
              fingerprint: one.id === 'of the same' ? ofSame : 'other',
            },
          ]
        : []),
      ...(one.recorded ? [{ id: 'older', kind: 'deploy' as const, outcome: 'failed' as const, fingerprint: 'f' }] : []),
    ],
  };
  return { memory, ...holders[one.holder] };
}

const currentHotfix = {
  set: { 'flink.config.a': '1' },
  unset: [],
  declared: {},
  actor: 'oncall',
  reason: null,
  at: AT,
  operationId: 'hot',
  expiresAt: AT,
  onExpiry: 'remind' as const,
};

describe.each(operationKinds)('%s', (kind) => {
  test('is admitted in each combination as the table says', () => {
    const wrong: object[] = [];
    let count = 0;
    for (const one of cases()) {
      if (one.kind !== kind) continue;
      count += 1;
      const decision = admit(occupationOf(one), one.kind, requestOf(one), letterOf(one));
      const came = decision.kind === 'reject' ? decision.code : decision.kind;
      if (came !== expected(one)) wrong.push({ ...one, came, expected: expected(one) });
    }
    expect(wrong.slice(0, 5)).toEqual([]);
    expect(count).toBeGreaterThan(2_000);
  });
});

test('what is refused because somebody holds the job says who, since when and in which phase', () => {
  const held = { memory: newMemory('clicks', AT), ...holders.savepoint };
  expect(admit(held, 'stop', {}, BY_UPDATE)).toMatchObject({
    code: 'OperationInProgress',
    detail: `clicks is held by savepoint the-savepoint of ci since ${AT} in phase savepointing`,
    details: { holder: { id: 'the-savepoint', phase: 'savepointing' } },
  });
});

test.each([
  [{ undecodable: 'no JSON' }, 'Undecodable', 'deploy: no JSON'],
  [{ undecodable: 7 }, 'Undecodable', 'deploy: it names itself undecodable'],
  [{ release: 3 }, 'InvalidRequest', 'release: '],
  ['text', 'InvalidRequest', 'deploy: '],
])('a payload such as %j is refused as %s', (payload, code, detail) => {
  const decision = admit({ memory: newMemory('clicks', AT), ...holders.none }, 'deploy', payload, BY_UPDATE);
  expect(decision).toMatchObject({ kind: 'reject', code });
  expect(decision).toHaveProperty('detail', expect.stringContaining(detail));
});

test('what the view shows as allowed is what is accepted', () => {
  for (const one of cases()) {
    if (one.kind !== 'revertHotfix' || one.id !== 'none') continue; // the kind that depends on a hotfix
    const occupation = occupationOf(one);
    const accepted = operationKinds.filter(
      (kind) => admit(occupation, kind, payloads[kind] ?? {}, BY_UPDATE).kind !== 'reject',
    );
    expect({ ...one, allowed: allowedNow(occupation).toSorted() }).toEqual({ ...one, allowed: accepted.toSorted() });
  }
});

describe('a cancel', () => {
  const memory: JobMemory = {
    ...newMemory('clicks', AT),
    knownOperations: [{ id: 'older', kind: 'deploy', outcome: 'failed', fingerprint: 'f' }],
  };

  test.each([
    ['the operation that runs', holders.savepoint, 'the-savepoint', 'hear'],
    ['one that is being recorded', holders['one that is recorded'], 'the-deploy', 'CommandNotAllowed'],
    ['the kill that takes its place', holders['one that is superseded'], 'the-kill', 'CommandNotAllowed'],
    ['one that has ended', holders.none, 'older', 'CommandNotAllowed'],
    ['one that nobody knows', holders.none, 'never', 'NotFound'],
  ] as const)('of %s', (_what, occupation, operation, came) => {
    const decision = admitCancel({ memory, ...occupation }, { operation }, BY_UPDATE);
    expect(decision.kind === 'reject' ? decision.code : decision.kind).toBe(came);
  });
});
