/** Carried state with everything at its cap and every text as long as it may be. */
import type { Deployment } from '../../../src/domain/deployment/deployment.ts';
import { MOST_REVISIONS } from '../../../src/domain/deployment/revision.ts';
import { causeLimits } from '../../../src/domain/errors/cause.ts';
import type { ActiveHotfix } from '../../../src/domain/hotfix/hotfix.ts';
import { hotfixLimits } from '../../../src/domain/hotfix/request.ts';
import { memoryLimits, newMemory, type JobMemory } from '../../../src/domain/job/job-memory.ts';
import { recordLimits, type OperationRecord } from '../../../src/domain/operation/operation.ts';

const long = (length: number) => 'x'.repeat(length);
const point = {
  path: `s3://bucket/savepoints/${long(63)}/${long(64)}/savepoint-abcdef-0123456789ab`,
  kind: 'savepoint',
  taken: 'stop',
  epoch: 1000,
  checkpointId: 1_000_000,
  completedAt: '2026-01-01T00:00:00.000Z',
  deployment: 1000,
  flinkVersion: '1.20.1',
  format: 'canonical',
  stateBackend: 'rocksdb',
  maxParallelism: 32_768,
} as const;
/** As many and as long values as may be asked for. */
export const values = {
  set: Object.fromEntries(
    Array.from({ length: hotfixLimits.paths }, (_, index) => [
      `flink.config.${String(index).padStart(2, '0')}`,
      long(42),
    ]),
  ),
  unset: [],
};
const hotfix: ActiveHotfix = {
  ...values,
  declared: Object.fromEntries(Object.keys(values.set).map((path) => [path, long(hotfixLimits.shown)])),
  actor: long(100),
  reason: long(84),
  at: '2026-01-01T00:00:00.000Z',
  operationId: long(64),
  expiresAt: '2026-01-01T00:00:00.000Z',
  onExpiry: 'remind',
};
const deployment: Deployment = {
  job: long(63),
  release: `${long(63)}/${long(100)}`,
  gitCommit: long(64),
  environment: long(63),
  owner: long(100),
  flinkVersion: '1.20.1',
  distribution: `dist/flink-1.20.1-${long(12)}`,
  classArchive: { used: false, id: null, reason: long(300) },
  cluster: long(63),
  launcher: 'direct',
  jar: { key: long(400), name: long(200), sha256: long(64), size: 1e9 },
  shipped: long(64),
  file: long(64),
  parallelism: 1000,
  jobType: 'streaming',
  checkpointing: true,
  verify: { checkpoints: 1, maxRestarts: 0, stableFor: 0 },
  onFailedStart: 'rollback',
  allowNonRestoredState: false,
  stateBackend: 'hashmap',
  maxCheckpointAge: 1e6,
  deadlines: { savepoint: 1e6, stop: 1e6, start: 1e6, verify: 1e6 },
  placed: {
    cluster: long(63),
    backups: Array.from({ length: 5 }, () => long(63)),
    moved: { from: long(63), by: long(64), at: '2026-01-01T00:00:00.000Z' },
  },
  hotfix,
  number: 1000,
  operationId: long(64),
  startKey: long(66),
  epoch: 1000,
  applicationId: long(40),
  runner: null,
  flinkJobId: long(32),
  startedAt: '2026-01-01T00:00:00.000Z',
  configuration: long(64),
  restorePoint: point,
  runningAt: '2026-01-01T00:00:00.000Z',
  verifiedAt: '2026-01-01T00:00:00.000Z',
  maxParallelism: 32_768,
  savepoints: { every: 1e9, keep: { count: 1000, maxAge: 1e12 } },
  nodes: Array.from({ length: 64 }, () => long(60)),
  completedCheckpoint: 1,
  ended: { at: '2026-01-01T00:00:00.000Z', how: 'stopped', savepoint: point },
  priority: 1_000,
  restart: {
    maxAttempts: 100,
    window: 604_800_000,
    backoff: { initial: 3_600_000, max: 86_400_000 },
    whenDegradedFor: 604_800_000,
  },
  gated: true,
  lease: 900_000,
  adopted: { name: long(100), user: long(100), checkpoints: long(512) },
};
export const operation: OperationRecord = {
  id: long(64),
  job: long(63),
  kind: 'deploy',
  actor: long(100),
  via: 'update',
  claimed: { actor: long(100), via: 'console' },
  reason: long(300),
  acceptedAt: '2026-01-01T00:00:00.000Z',
  endedAt: '2026-01-01T00:00:00.000Z',
  phase: null,
  phases: Array.from({ length: 12 }, () => ({
    name: 'savepointing' as const,
    startedAt: '2026-01-01T00:00:00.000Z',
    endedAt: '2026-01-01T00:00:00.000Z',
  })),
  outcome: 'succeeded',
  error: {
    code: 'StartFailed',
    detail: long(500),
    hint: long(150),
    cause: { class: 'directMemoryExhausted', meaning: long(causeLimits.meaning), evidence: long(causeLimits.evidence) },
    runsNow: long(150),
    state: `${point.path}${long(600)}`,
    whatToDo: long(causeLimits.whatToDo),
  },
  deployment: 1,
  request: { release: long(164), from: long(512), hotfix: values },
  fingerprint: long(32),
  savepoint: point.path,
  warnings: Array.from({ length: recordLimits.warnings }, () => long(recordLimits.warning)),
  deleted: { points: 1e6, bytes: 1e15 },
  interruption: {
    how: 'superseded',
    at: '2026-01-01T00:00:00.000Z',
    actor: long(100),
    reason: long(300),
    by: long(64),
  },
};

export const full: JobMemory = {
  ...newMemory(long(63), '2026-01-01T00:00:00.000Z'),
  healthReasons: Array.from({ length: 5 }, () => long(300)),
  healthSince: '2026-01-01T00:00:00.000Z',
  cause: { class: 'directMemoryExhausted', evidence: long(causeLimits.evidence) },
  left: point,
  retention: { operationId: long(64), cursor: long(300), isAgain: true, problem: long(recordLimits.detail) },
  pendingStop: { operationId: long(64), epoch: 1000, since: '2026-01-01T00:00:00.000Z' },
  // Releases that rescale note nodes elsewhere, and a deployment that is gone back to has no revisions.
  current: {
    ...deployment,
    nodes: [],
    revisions: Array.from({ length: MOST_REVISIONS }, () => ({
      at: '2026-01-01T00:00:00.000Z',
      operation: long(64),
      configuration: long(64),
      parallelism: 1000,
      before: { configuration: long(64), parallelism: 1000, hotfixed: false },
    })),
    rescaling: { operation: long(64), since: '2026-01-01T00:00:00.000Z', to: 1000 },
  },
  previous: deployment,
  savepoints: Array.from({ length: memoryLimits.savepoints }, () => point),
  operations: Array.from({ length: memoryLimits.operations }, () => operation),
  knownOperations: Array.from({ length: memoryLimits.knownOperations }, () => ({
    id: long(64),
    fingerprint: long(32),
    outcome: 'superseded' as const,
    kind: 'savepoint' as const,
  })),
  rejections: Array.from({ length: memoryLimits.rejections }, () => ({
    at: '2026-01-01T00:00:00.000Z',
    kind: 'savepoint',
    id: long(64),
    actor: long(64),
    code: 'OperationInProgress',
    detail: long(recordLimits.warning),
  })),
};
