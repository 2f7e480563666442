/** The workflows of the jobs on a real Temporal, as the watcher of a cluster talks to them. */
import type { Client } from '@temporalio/client';
import type { BelievedJob, WatchedJobs } from '../../activities/dependencies/watch-settings.ts';
import { withoutAnswer } from '../../domain/errors/errors.ts';
import { jobOfWorkflowId, workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import type { Sender } from '../../domain/operation/asker.ts';
import { introduce, type Signer } from '../../domain/operation/signature.ts';
import { FLINK_JOB_WORKFLOW, jobQuery, observedSignal, searchAttributes } from '../../workflows/messages.ts';
import { askOf, nullIfNotFound, type Ask } from '../call.ts';

const DEADLINE_MS = 5_000;
const LIST_DEADLINE_MS = 10_000;
const PAGE_SIZE = 1_000;

export function createWatchedJobs(client: Client, signer: Signer | null): WatchedJobs {
  const ask = askOf(client);
  return {
    async tell(job, fact) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      const message = { job, kind: 'observed', payload: fact, sender: { door: 'supervisor' } } as const;
      // Without a key the fact goes alone, as it always did.
      const args: [unknown, Sender?] = signer === null ? [fact] : [fact, introduce(signer, message)];
      await nullIfNotFound(ask(`Telling ${job}`, DEADLINE_MS, () => handle.signal(observedSignal, ...args)));
    },

    believedOn: (cluster) => believedOn(client, ask, cluster),

    async lastStarted(job) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      const answer = nullIfNotFound(ask(`Asking ${job}`, DEADLINE_MS, () => handle.query(jobQuery)));
      // The next sweep asks a job again whose workflow cannot answer now.
      const view = await answer.catch(withoutAnswer);
      return view?.deployment ?? null;
    },

    async writeDown(taskToken, notes) {
      await ask('Writing down what was told', DEADLINE_MS, () => client.activity.heartbeat(taskToken, notes));
    },
  };
}

/** Lists the jobs that believe to run on a cluster. */
async function believedOn(client: Client, ask: Ask, cluster: string): Promise<readonly BelievedJob[]> {
  const query = [
    `WorkflowType = "${FLINK_JOB_WORKFLOW}" AND ExecutionStatus = "Running"`,
    `${searchAttributes.cluster.name} = ${JSON.stringify(cluster)}`,
    `${searchAttributes.state.name} IN ("running", "unreachable")`,
  ].join(' AND ');
  return await ask(`Asking who runs on ${cluster}`, LIST_DEADLINE_MS, async () => {
    const jobs: BelievedJob[] = [];
    for await (const workflow of client.workflow.list({ query, pageSize: PAGE_SIZE })) {
      const job = jobOfWorkflowId(workflow.workflowId);
      const state = workflow.typedSearchAttributes.get(searchAttributes.state);
      if (job === null || (state !== 'running' && state !== 'unreachable')) continue;
      jobs.push({ job, state, runSince: workflow.startTime.getTime() });
    }
    return jobs;
  });
}
