/** Pretends running jobs without starting any: each workflow carries a memory of a running job, and the fakes agree. */
import type { Client } from '@temporalio/client';
import type { Deployment } from '../../src/domain/deployment/deployment.ts';
import { flinkJobIdOf } from '../../src/domain/identity/ids.ts';
import { tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { newMemory } from '../../src/domain/job/job-memory.ts';
import { FLINK_JOB_WORKFLOW } from '../../src/workflows/messages.ts';
import { createFakeFlink, type FakeFlink } from '../../test/fakes/flink.ts';
import { createFakeYarn, type FakeYarn } from '../../test/fakes/yarn.ts';

export const CLUSTER = 'yarn-a';

export interface FakeCluster {
  readonly yarn: FakeYarn;
  /** A single JobManager answers for all jobs, because only the number of questions counts. */
  readonly flink: FakeFlink;
}

export async function startJobs(client: Client, taskQueue: string, count: number): Promise<FakeCluster> {
  const flink = await createFakeFlink();
  const yarn = await createFakeYarn();
  for (let index = 1; index <= count; index += 1) {
    const deployment = deploymentOf(index);
    const { job, flinkJobId, applicationId, epoch } = deployment;
    flink.addJob({ id: flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    yarn.addApplication({ id: applicationId, name: job, tags: tagsOf({ job, flinkJobId, epoch }), flink });
    const now = new Date().toISOString();
    const running = { proven: true, state: 'running', health: 'healthy', current: deployment, deployments: 1 } as const;
    await client.workflow.start(FLINK_JOB_WORKFLOW, {
      workflowId: workflowIdOf(job),
      taskQueue,
      args: [{ job, carried: { ...newMemory(job, now), ...running, epoch } }],
    });
  }
  return { yarn, flink };
}

function deploymentOf(index: number): Deployment {
  const job = `clicks-${String(index).padStart(4, '0')}`;
  const startKey = 'first-deploy/1';
  const now = new Date().toISOString();
  return {
    job,
    release: 'clicks/1.0.0',
    gitCommit: null,
    environment: 'bench',
    owner: 'ads-streaming',
    flinkVersion: '1.20.1',
    cluster: CLUSTER,
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
    maxCheckpointAge: 300_000,
    deadlines: { savepoint: 60_000, stop: 60_000, start: 60_000, verify: 60_000 },
    hotfix: null,
    number: 1,
    operationId: 'first-deploy',
    startKey,
    epoch: 1,
    applicationId: `application_1700000000000_${String(index).padStart(4, '0')}`,
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
    adopted: null,
  };
}
