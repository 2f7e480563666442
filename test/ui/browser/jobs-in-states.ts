/** Jobs in every state that people can meet, for the pages about jobs. */
import type { JobMemory } from '../../../src/domain/job/job-memory.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import type { OperationKind, Outcome, Phase } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { recordOf, type FakeGateway } from '../../api/fake-gateway.ts';
import { deployment as running } from '../../support/deployment.ts';
import { ago, DAY, HOUR, MINUTE } from './story-time.ts';

const ownership = { project: 'clicks', team: 'ads-streaming', environment: 'prod' };

export const deploymentOf = (job: string, change: Partial<Deployment> = {}): Deployment => ({
  ...running,
  job,
  environment: 'prod',
  owner: 'ads-streaming',
  gitCommit: 'abc1234def',
  operationId: 'deploy-1',
  startedAt: ago(9 * DAY),
  runningAt: ago(9 * DAY - 20),
  deadlines: { savepoint: 600_000, stop: 60_000, start: 300_000, verify: 300_000 },
  ...change,
});

interface Story {
  readonly id: string;
  readonly kind?: OperationKind;
  readonly outcome?: Outcome | null;
  /** Seconds since it was asked for. */
  readonly since?: number;
  /** Phases with the seconds that each took; the last one goes on while there is no outcome. */
  readonly phases?: readonly (readonly [Phase, number])[];
  readonly change?: Partial<OperationRecord>;
}

export function operationOf(job: string, story: Story): OperationRecord {
  const { id, kind = 'deploy', outcome = 'succeeded', since = 60, phases = [], change } = story;
  let at = since;
  const spans = phases.map(([name, seconds], index) => {
    const startedAt = ago(at);
    at -= seconds;
    const goesOn = outcome === null && index === phases.length - 1;
    return { name, startedAt, endedAt: goesOn ? null : ago(at) };
  });
  const record = recordOf({
    job,
    kind,
    request: { id, reason: 'raise memory', release: 'clicks/1.2.1' },
    start: false,
    sender: { door: 'api', actor: 'ann' },
  });
  return {
    ...record,
    acceptedAt: ago(since),
    release: 'clicks/1.2.1',
    phases: spans,
    phase: outcome === null ? (phases.at(-1)?.[0] ?? null) : null,
    outcome,
    endedAt: outcome === null ? null : ago(at),
    ...change,
  };
}

const START = [
  ['claiming', 0.1],
  ['checking', 0.4],
  ['staging', 0.2],
  ['savepointing', 1.6],
  ['stopping', 1.1],
  ['submitting', 0.6],
  ['starting', 14],
  ['verifying', 2],
] as const;

const hotfix: NonNullable<Deployment['hotfix']> = {
  set: { 'taskManager.memory': '1600m' },
  unset: ['flink.config.restart-strategy.type'],
  declared: { 'taskManager.memory': '896m', 'flink.config.restart-strategy.type': 'fixed-delay' },
  actor: 'ann',
  reason: 'OutOfMemoryError since noon',
  at: ago(2 * HOUR),
  operationId: 'hotfix-1',
  expiresAt: ago(-3 * DAY),
  onExpiry: 'remind',
};

const ended = (how: 'failed' | 'stopped' | 'finished') => ({ at: ago(3 * HOUR), how, savepoint: null });

/** Puts each job, and what happened to it. */
export function putJobsInStates(gateway: FakeGateway): void {
  gateway.visibility.hasDigests = true;
  const put = (name: string, change: Partial<JobMemory>) => {
    const job = gateway.put(name, { ownership, stateSince: ago(3 * HOUR), observedAt: ago(4), ...change });
    gateway.visibility.observe(name);
    return job;
  };
  const deploy = (job: string) => operationOf(job, { id: 'deploy-1', since: 9 * DAY, phases: START });
  const up = (job: string, change: Partial<Deployment> = {}): Partial<JobMemory> => ({
    state: 'running',
    desired: 'running',
    contact: 'lives',
    health: 'healthy',
    stateSince: ago(9 * DAY),
    current: deploymentOf(job, change),
    deployments: 2,
    operations: [deploy(job)],
  });
  const down = (job: string, how: 'failed' | 'stopped' | 'finished'): Partial<JobMemory> => ({
    ...up(job, { ended: ended(how) }),
    state: how,
    health: 'unknown',
    stateSince: ago(3 * HOUR),
    desired: how === 'stopped' ? 'stopped' : 'running',
  });

  put('healthy-prod', up('healthy-prod'));
  put('hotfixed-prod', up('hotfixed-prod', { hotfix }));
  put('degraded-prod', {
    ...up('degraded-prod'),
    health: 'degraded',
    healthReasons: ['no checkpoint has completed for 14 minutes'],
    healthSince: ago(12 * MINUTE),
    cause: { class: 'unknown', evidence: 'Checkpoint expired before completing.' },
  });
  put('failed-prod', {
    ...down('failed-prod', 'failed'),
    stateReason: 'the application ended with FAILED',
    cause: { class: 'heapExhausted', evidence: 'OutOfMemoryError: Java heap space' },
  });
  put('stopped-prod', {
    ...down('stopped-prod', 'stopped'),
    operations: [operationOf('stopped-prod', { id: 'stop-1', kind: 'stop', since: 3 * HOUR })],
  });
  put('finished-prod', down('finished-prod', 'finished'));
  put('unreachable-prod', { ...up('unreachable-prod'), state: 'unreachable', contact: 'silent', health: 'unknown' });
  put('pending-prod', {
    ...up('pending-prod'),
    pendingStop: { operationId: 'stop-2', epoch: 2, since: ago(5 * MINUTE) },
  });
  put('given-up-prod', {
    ...down('given-up-prod', 'stopped'),
    givenUp: [
      {
        by: 'kill-1',
        actor: 'ann',
        reason: 'the node burnt down',
        applicationId: 'application_1_0001',
        epoch: 1,
        deployment: 1,
        cluster: 'yarn-a',
        at: ago(DAY),
      },
    ],
  });
  put('new-prod', {});
  const starting = put('starting-prod', {
    ...up('starting-prod', { operationId: 'deploy-2', number: 3, startedAt: ago(18), runningAt: null }),
    rejections: [
      { at: ago(9), kind: 'restart', id: 'r', actor: 'bob', code: 'OperationInProgress', detail: 'ann holds the job' },
    ],
  });
  starting.taken = operationOf('starting-prod', {
    id: 'deploy-2',
    outcome: null,
    since: 22,
    phases: START.slice(0, 7),
  });
  gateway.visibility.observe('starting-prod');
  gateway.pending.set('starting-prod', [
    {
      name: 'awaitRunning',
      seen: 'job RUNNING: Source: clicks DEPLOYING, Count SCHEDULED · 2 of 3 containers',
      at: ago(1),
      attempt: 2,
      lastFailure: 'the JobManager did not answer',
    },
  ]);
}
