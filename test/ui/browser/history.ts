/** A job with a history, for the pages about operations and deployments: three deployments with their texts, and what ended them. */
import { sha256Of } from '../../../src/clients/s3/checksum.ts';
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { auditKey, deploymentKey, evidenceKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import type { Outcome, Phase } from '../../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { recordOf } from '../../api/fake-gateway.ts';
import { deployment } from '../../support/deployment.ts';
import type { World } from './world.ts';

export const JOB = 'clicks-prod';
const begun = Date.now() - 3_600_000;
const timeOf = (second: number): string => new Date(begun + second * 1_000).toISOString();

const fileOf = (parallelism: number, memory: string): string =>
  [
    'apiVersion: sluice/v1',
    'kind: FlinkJob',
    `name: ${JOB}`,
    'environment: prod',
    'owner: {team: ads-streaming}',
    'placement:',
    '  cluster: yarn-a',
    'flink:',
    '  version: 1.20.1',
    '  config:',
    '    execution.checkpointing.interval: 2s',
    '    execution.checkpointing.timeout: 30s',
    'job:',
    '  jar: clicks.jar',
    '  entryClass: com.example.Clicks',
    `  parallelism: ${parallelism}`,
    'jobManager:',
    '  memory: 700m',
    'taskManager:',
    `  memory: ${memory}`,
    '  slots: 1',
    'upgrade:',
    '  timeouts:',
    '    savepoint: 2m',
    '',
  ].join('\n');

const entriesOf = (parallelism: number, memory: string) => [
  { key: 'parallelism.default', value: String(parallelism), origin: 'deployment file' },
  { key: 'taskmanager.memory.process.size', value: memory, origin: 'deployment file' },
  { key: 'fs.s3a.secret.key', value: `canary-${parallelism}`, origin: 'cluster' },
  { key: 'state.backend.type', value: 'rocksdb', origin: 'platform' },
  { key: 'yarn.application.name', value: JOB, origin: 'framework' },
  ...(parallelism > 2 ? [{ key: 'pipeline.object-reuse', value: 'true', origin: 'hotfix' }] : []),
];

const phasesFrom = (from: number, ...spans: readonly (readonly [Phase, number])[]): OperationRecord['phases'] => {
  let at = from;
  return spans.map(([name, seconds]) => ({ name, startedAt: timeOf(at), endedAt: timeOf((at += seconds)) }));
};

export const operationOf = (id: string, change: Partial<OperationRecord> = {}): OperationRecord => ({
  ...recordOf({
    job: JOB,
    kind:
      change.kind === undefined || change.kind === 'settled' || change.kind === 'retention' ? 'deploy' : change.kind,
    request: { id, via: 'console', ...change.request },
    start: false,
    sender: { door: 'api', actor: 'ann' },
  }),
  ...change,
});

export const savepoint = `s3://fake/savepoints/${JOB}/op-2/savepoint-ffffff-1`;

const point = {
  path: savepoint,
  kind: 'savepoint',
  taken: 'stop',
  epoch: 1,
  checkpointId: 7,
  completedAt: timeOf(603),
  deployment: 1,
  flinkVersion: '1.20.1',
  format: 'canonical',
  stateBackend: 'rocksdb',
  maxParallelism: null,
} as const;

const numbered = (number: number, change: Partial<Deployment>): Deployment => ({
  ...deployment,
  job: JOB,
  environment: 'prod',
  owner: 'ads-streaming',
  number,
  epoch: number,
  release: `clicks/1.${number}.0`,
  gitCommit: String(number).repeat(40),
  operationId: `op-${number}`,
  startKey: `op-${number}/1`,
  applicationId: `application_1_000${number}`,
  flinkJobId: String(number).repeat(32),
  jar: { key: `k${number}`, name: 'clicks.jar', sha256: String(number).repeat(64), size: number * 1_200_000 },
  deadlines: { savepoint: 120_000, stop: 60_000, start: 300_000, verify: 120_000 },
  ...change,
});

/** The first deploy; one that was rolled back, and started the first deployment again as the third. */
const deployments: readonly Deployment[] = [
  numbered(1, {
    startedAt: timeOf(1),
    runningAt: timeOf(18),
    completedCheckpoint: 40,
    ended: { at: timeOf(606), how: 'replaced', savepoint: point },
  }),
  numbered(2, {
    startedAt: timeOf(606),
    restorePoint: point,
    ended: { at: timeOf(640), how: 'failed', savepoint: null },
    parallelism: 4,
  }),
  numbered(3, {
    operationId: 'op-2',
    startKey: 'op-2/2',
    release: 'clicks/1.1.0',
    gitCommit: '1'.repeat(40),
    jar: { key: 'k1', name: 'clicks.jar', sha256: '1'.repeat(64), size: 1_200_000 },
    startedAt: timeOf(642),
    runningAt: timeOf(655),
    restorePoint: point,
  }),
];

const started: OperationRecord = operationOf('op-1', {
  acceptedAt: timeOf(0),
  endedAt: timeOf(24),
  phases: phasesFrom(0, ['claiming', 0.2], ['checking', 0.8], ['submitting', 1], ['starting', 16], ['verifying', 6]),
  outcome: 'succeeded',
  reason: 'first release',
  deployment: 1,
  release: 'clicks/1.1.0',
  request: { release: 'clicks/1.1.0' },
});

const rolledBack: OperationRecord = operationOf('op-2', {
  acceptedAt: timeOf(600),
  endedAt: timeOf(661),
  phases: phasesFrom(
    600,
    ['claiming', 0.3],
    ['checking', 0.9],
    ['savepointing', 2],
    ['stopping', 2.8],
    ['submitting', 1],
    ['starting', 33],
    ['rollingBack', 20],
    ['recording', 0.4],
  ),
  outcome: 'rolledBack',
  phase: null,
  reason: 'more workers for the sale',
  deployment: 3,
  release: 'clicks/1.2.0',
  savepoint,
  request: { release: 'clicks/1.2.0', hotfix: { set: { 'job.parallelism': 4 } } },
  warnings: ['the deployment file says the same as the hotfix about job.parallelism: revert it when nothing is left'],
  error: {
    code: 'StartFailed',
    detail: 'the job FAILED while it started; deployment 1 was started again as 3',
    hint: 'Look at the saved logs.',
    cause: {
      class: 'heapExhausted',
      meaning: 'The JVM ran out of heap: the program or its state needs more memory than it has.',
      evidence: 'OutOfMemoryError: Java heap space',
    },
    runsNow: 'deployment 3 (application_1_0003 on cluster yarn-a) runs',
    state: `safe in ${savepoint}`,
    whatToDo: 'Raise taskManager.memory (or jobManager.memory), use the rocksdb state backend, or keep less in memory.',
  },
});

const operations = [rolledBack, started];

/** The deploy of another release, which waits for its tasks. */
export const starting = (change: Partial<OperationRecord> = {}): OperationRecord =>
  operationOf('op-4', {
    acceptedAt: new Date(Date.now() - 9_000).toISOString(),
    phase: 'starting',
    phases: [
      {
        name: 'checking',
        startedAt: new Date(Date.now() - 9_000).toISOString(),
        endedAt: new Date(Date.now() - 8_000).toISOString(),
      },
      { name: 'starting', startedAt: new Date(Date.now() - 8_000).toISOString(), endedAt: null },
    ],
    reason: 'raise memory',
    deployment: 4,
    release: 'clicks/1.4.0',
    request: { release: 'clicks/1.4.0' },
    ...change,
  });

const STACK = 'java.lang.OutOfMemoryError: Java heap space\n\tat com.example.Count.add(Count.java:42)\n';

/** Writes all of it into a world. The job runs its third deployment. */
export async function putHistory({ gateway, s3 }: World): Promise<void> {
  const texts = [fileOf(1, '896m'), fileOf(4, '896m'), fileOf(1, '896m')];
  const configurations = [entriesOf(1, '896m'), entriesOf(4, '1g'), entriesOf(1, '896m')].map((one) =>
    JSON.stringify(one),
  );
  const complete = deployments.map((one, place) => ({
    ...one,
    file: sha256Of(texts[place]!),
    configuration: sha256Of(configurations[place]!),
  }));
  for (const text of [...texts, ...configurations]) await s3.put(textKey(sha256Of(text)), text);
  for (const one of complete) await s3.put(deploymentKey(JOB, one.number), JSON.stringify(one));
  for (const one of operations) await s3.put(auditKey(JOB, one.endedAt!, one.id), JSON.stringify(one));
  const saved = { job: JOB, operation: 'op-2', application: 'application_1_0002' };
  const thrown = [
    {
      at: Date.parse(timeOf(638)),
      name: 'java.lang.OutOfMemoryError',
      task: 'Count (1/4)',
      host: 'node-7',
      rootCause: 'OutOfMemoryError: Java heap space',
      stack: STACK,
    },
  ];
  await s3.put(evidenceKey({ ...saved, file: 'exceptions.json' }), JSON.stringify(thrown));
  await s3.put(evidenceKey({ ...saved, file: 'jobmanager.log' }), `INFO starting\n${STACK}`);
  gateway.put(JOB, {
    state: 'running',
    health: 'healthy',
    ownership: { project: 'clicks', team: 'ads-streaming', environment: 'prod' },
    current: complete[2]!,
    previous: complete[0]!,
    operations: [...operations],
    deployments: 3,
  });
}

/** Ends the operation in progress: its record is in the audit log before the job lets it go. */
export async function endOperation({ gateway, s3 }: World, outcome: Outcome): Promise<void> {
  const { taken } = gateway.jobs.get(JOB)!;
  const ended = { ...taken!, outcome, endedAt: new Date().toISOString(), phase: null };
  await s3.put(auditKey(JOB, ended.endedAt, ended.id), JSON.stringify(ended));
  gateway.end(JOB, outcome);
  gateway.visibility.observe(JOB);
}
