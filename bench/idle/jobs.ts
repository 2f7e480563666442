/** Pretends running jobs without starting any: each workflow carries a memory of a running job, and the fakes agree. */
import type { Client } from '@temporalio/client';
import { tagsOf } from '../../src/domain/identity/yarn-tags.ts';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW } from '../../src/workflows/messages.ts';
import { createFakeFlink, type FakeFlink } from '../../test/fakes/flink.ts';
import { createFakeYarn, type FakeYarn } from '../../test/fakes/yarn.ts';
import { pretendedDeployment, pretendedMemory } from '../pretended-job.ts';

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
    const number = String(index).padStart(4, '0');
    const job = `clicks-${number}`;
    const applicationId = `application_1700000000000_${number}`;
    const deployment = pretendedDeployment({ job, cluster: CLUSTER, applicationId });
    const { flinkJobId, epoch } = deployment;
    flink.addJob({ id: flinkJobId });
    flink.completeCheckpoint(flinkJobId);
    yarn.addApplication({ id: applicationId, name: job, tags: tagsOf({ job, flinkJobId, epoch }), flink });
    await client.workflow.start(FLINK_JOB_WORKFLOW, {
      workflowId: workflowIdOf(job),
      taskQueue,
      args: [{ job, carried: pretendedMemory(deployment) }],
    });
  }
  return { yarn, flink };
}
