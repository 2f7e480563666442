/** Pretends running jobs without starting any: each workflow carries a memory of a running job, and the fakes agree. */
import type { Client } from '@temporalio/client';
import { tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW } from '../../src/workflows/messages.ts';
import { createFakeFlink, type FakeFlink } from '../../test/fakes/flink.ts';
import { createFakeYarn, type FakeYarn } from '../../test/fakes/yarn.ts';
import type { S3Access } from '../../stack/stack.ts';
import { pretendedDeployment, pretendedMemory } from '../pretended-job.ts';

export const CLUSTER = 'yarn-a';

export interface FakeCluster {
  readonly yarn: FakeYarn;
  /** The JobManager of each job. A single one answers for all where only the number of questions counts. */
  readonly flinkOf: ReadonlyMap<string, FakeFlink>;
  /** Questions to JobManagers so far. */
  readonly asked: () => number;
  readonly close: () => Promise<unknown>;
}

export const jobName = (index: number): string => `clicks-${String(index).padStart(4, '0')}`;

/** Starts the workflows of jobs that run already, on a cluster whose JobManagers are one for all jobs or one for each. */
export async function startJobs(
  client: Client,
  { taskQueue, count, jobManagers }: { taskQueue: string; count: number; jobManagers: 'one' | 'each' },
): Promise<FakeCluster> {
  const yarn = await createFakeYarn();
  const single = jobManagers === 'one' ? await createFakeFlink() : null;
  const flinkOf = new Map<string, FakeFlink>();
  for (let index = 1; index <= count; index += 1) {
    const job = jobName(index);
    const applicationId = `application_1700000000000_${String(index).padStart(4, '0')}`;
    const deployment = pretendedDeployment({ job, cluster: CLUSTER, applicationId });
    const { flinkJobId, epoch } = deployment;
    const flink = single ?? (await createFakeFlink());
    flinkOf.set(job, flink);
    flink.addJob({ id: flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    yarn.addApplication({ id: applicationId, name: job, tags: tagsOf({ job, flinkJobId, epoch }), flink });
    await client.workflow.start(FLINK_JOB_WORKFLOW, {
      workflowId: workflowIdOf(job),
      taskQueue,
      args: [{ job, carried: pretendedMemory(deployment) }],
    });
  }
  const all = [...new Set(flinkOf.values())];
  return {
    yarn,
    flinkOf,
    asked: () => all.reduce((sum, { asked }) => sum + asked.length, 0),
    close: () => Promise.all([yarn, ...all].map((server) => server.close())),
  };
}

interface Around {
  readonly address: string;
  readonly taskQueue: string;
  readonly s3: Pick<S3Access, 'endpoint' | 'region' | 'bucket'>;
}

/** The configuration of a worker that watches these jobs. */
export const configurationOf = ({ address, taskQueue, s3 }: Around, { yarn }: FakeCluster) => ({
  installation: 'bench',
  temporal: { address, taskQueue },
  s3: { endpoint: s3.endpoint, region: s3.region, bucket: s3.bucket, forcePathStyle: true },
  api: { port: 1 },
  flink: { distributions: {} },
  clusters: [
    { name: CLUSTER, zone: 'a', resourceManager: yarn.url, user: 'sluice', applicationClasspath: '/hadoop/*' },
  ],
});
