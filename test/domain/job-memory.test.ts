import { expect, test } from 'vitest';
import type { Deployment } from '../../src/domain/deployment.ts';
import { memoryLimits, migrateMemory, newMemory, type JobMemory } from '../../src/domain/job-memory.ts';
import { allowedOperations, jobStates, operationKinds, type JobState } from '../../src/domain/lifecycle.ts';
import { recordLimits, type OperationRecord } from '../../src/domain/operation.ts';

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
} as const;
const deployment: Deployment = {
  job: long(63),
  release: `${long(63)}/${long(100)}`,
  gitCommit: long(64),
  environment: long(63),
  owner: long(100),
  flinkVersion: '1.20.1',
  cluster: long(63),
  launcher: 'direct',
  jar: { key: long(400), name: long(200), sha256: long(64), size: 1e9 },
  file: long(64),
  parallelism: 1000,
  checkpointing: true,
  verify: { checkpoints: 1, maxRestarts: 0 },
  onFailedStart: 'rollback',
  allowNonRestoredState: false,
  deadlines: { savepoint: 1e6, stop: 1e6, start: 1e6, verify: 1e6 },
  number: 1000,
  operationId: long(64),
  startKey: long(66),
  epoch: 1000,
  applicationId: long(40),
  flinkJobId: long(32),
  startedAt: '2026-01-01T00:00:00.000Z',
  configuration: long(64),
  restorePoint: point,
  runningAt: '2026-01-01T00:00:00.000Z',
  completedCheckpoint: 1,
  ended: { at: '2026-01-01T00:00:00.000Z', how: 'stopped', savepoint: point },
};
const operation: OperationRecord = {
  id: long(64),
  job: long(63),
  kind: 'deploy',
  actor: long(100),
  via: 'update',
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
  error: { code: 'StartFailed', detail: long(500), hint: long(150) },
  deployment: 1,
  request: { release: long(164), from: long(512) },
  fingerprint: long(32),
  savepoint: point.path,
  warnings: Array.from({ length: recordLimits.warnings }, () => long(recordLimits.warning)),
};

/** Carried state with everything at its cap and every text as long as it may be. */
const full: JobMemory = {
  ...newMemory(long(63), '2026-01-01T00:00:00.000Z'),
  current: deployment,
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

test('carried state at all its caps stays below 128 KiB', () => {
  expect(JSON.stringify(full).length).toBeLessThan(128 * 1024);
});

test('and so it does with the most audit records waiting for S3', () => {
  const waitingRecords = Array.from({ length: memoryLimits.waitingRecords }, () => operation);
  expect(JSON.stringify({ ...full, operations: [], waitingRecords }).length).toBeLessThan(128 * 1024);
});

test('carried state survives the way through JSON, and another shape is not believed', () => {
  expect(migrateMemory(JSON.parse(JSON.stringify(full)))).toEqual(full);
  expect(migrateMemory({ ...full, version: 2 })).toBeNull();
  expect(migrateMemory('junk')).toBeNull();
});

test('every state says what it means, what comes next and what is allowed', () => {
  for (const [state, entry] of Object.entries(jobStates)) {
    expect(entry.meaning, state).toMatch(/\.$/);
    expect(entry.next, state).toMatch(/\.$/);
    for (const kind of allowedOperations(state as JobState)) expect(operationKinds).toContain(kind);
  }
  expect(allowedOperations('unreachable')).toEqual(['kill']);
  expect(allowedOperations('new')).toEqual(['deploy']);
});
