/** Begins the workflows of the jobs that run already, each with the memory of it, as after a move to another Temporal. */
import { Client, Connection } from '@temporalio/client';
import { inTurns } from '../../../src/concurrency/in-turns.ts';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW } from '../../../src/workflows/messages.ts';
import { pretendedDeployment, pretendedMemory } from '../../pretended-job.ts';
import { carriedApplication } from '../landscape.ts';
import { NAMESPACE } from '../temporal-server.ts';
import { watchUsage } from '../usage.ts';
import type { Bench } from './phase.ts';

const AT_ONCE = 24;
const TASK_QUEUE = 'sluice';

export async function carry({ installation, landscape, signal }: Bench) {
  const connection = await Connection.connect({ address: installation.temporal });
  const client = new Client({ connection, namespace: NAMESPACE });
  const usage = watchUsage(installation.processes);
  const began = performance.now();
  await inTurns(
    landscape.carried,
    async (one) => {
      signal.throwIfAborted();
      const { name: job, cluster, release, environment, team } = one;
      const applicationId = carriedApplication(landscape, installation.clusterTimestamp, one);
      const deployment = pretendedDeployment({ job, cluster, applicationId, release, environment, team });
      await client.workflow.start(FLINK_JOB_WORKFLOW, {
        workflowId: workflowIdOf(job),
        taskQueue: TASK_QUEUE,
        args: [{ job, carried: pretendedMemory(deployment) }],
      });
    },
    AT_ONCE,
  );
  await connection.close();
  const seconds = (performance.now() - began) / 1_000;
  return { jobs: landscape.carried.length, seconds: Math.round(seconds), usage: usage() };
}
