/** A running job that nobody has started: what its workflow remembers of it. */
import type { Deployment } from '../src/domain/deployment/deployment.ts';
import { flinkJobIdOf } from '../src/domain/identity/ids.ts';
import { newMemory, type JobMemory } from '../src/domain/job/job-memory.ts';

interface Pretended {
  readonly job: string;
  readonly cluster: string;
  readonly applicationId: string;
  readonly release?: string;
  readonly environment?: string;
  readonly team?: string;
}

/** Nothing completes checkpoints of such a job, and none is too old. */
const CHECKPOINTS_AGE_MS = 86_400_000;

export function pretendedDeployment(pretended: Pretended): Deployment {
  const { job, cluster, applicationId } = pretended;
  const startKey = 'first-deploy/1';
  const now = new Date().toISOString();
  return {
    job,
    release: pretended.release ?? 'clicks/1.0.0',
    gitCommit: null,
    environment: pretended.environment ?? 'bench',
    owner: pretended.team ?? 'ads-streaming',
    distribution: null,
    classArchive: null,
    flinkVersion: '1.20.1',
    cluster,
    launcher: 'direct',
    jar: { key: 'releases/clicks/1.0.0/clicks.jar', name: 'clicks.jar', sha256: '0'.repeat(64), size: 1 },
    shipped: null,
    file: '0'.repeat(64),
    parallelism: 1,
    jobType: 'streaming',
    checkpointing: true,
    verify: { checkpoints: 1, maxRestarts: 0, stableFor: 0 },
    onFailedStart: 'rollback',
    allowNonRestoredState: false,
    stateBackend: 'hashmap',
    maxCheckpointAge: CHECKPOINTS_AGE_MS,
    deadlines: { savepoint: 60_000, stop: 60_000, start: 60_000, verify: 60_000 },
    placed: null,
    hotfix: null,
    number: 1,
    operationId: 'first-deploy',
    startKey,
    epoch: 1,
    applicationId,
    runner: null,
    flinkJobId: flinkJobIdOf(job, startKey, 1),
    startedAt: now,
    configuration: null,
    restorePoint: null,
    runningAt: now,
    verifiedAt: null,
    maxParallelism: null,
    savepoints: null,
    nodes: [],
    completedCheckpoint: 1,
    ended: null,
    priority: 1_000,
    restart: null,
    gated: true,
    lease: null,
    adopted: null,
  };
}

/** The memory of a job that runs this deployment, undisturbed. */
export function pretendedMemory(deployment: Deployment): JobMemory {
  const { job, epoch, startedAt, environment, owner, release } = deployment;
  return {
    ...newMemory(job, startedAt),
    desired: 'running',
    contact: 'lives',
    proven: true,
    state: 'running',
    health: 'healthy',
    epoch,
    ownership: { project: release.split('/')[0] ?? release, team: owner, environment },
    current: deployment,
    deployments: 1,
  };
}
