/** The workflows of the jobs on a real Temporal, as the watcher of a cluster talks to them. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { BelievedJob, WatchedJobs } from '../activities/dependencies/watch-settings.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { messageOf } from '../domain/errors/message-of.ts';
import { jobOfWorkflowId, workflowIdOf } from '../domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW, jobQuery, observedSignal, searchAttributes } from '../workflows/messages.ts';

const DEADLINE_MS = 5_000;
const LIST_DEADLINE_MS = 10_000;
const PAGE_SIZE = 1_000;

export function createWatchedJobs(client: Client): WatchedJobs {
  /** @throws SluiceError `TemporalUnavailable`; null for a workflow that is not there (any more). */
  async function ask<T>(what: string, deadlineMs: number, call: () => Promise<T>): Promise<T | null> {
    try {
      return await client.withDeadline(Date.now() + deadlineMs, call);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      const reason = messageOf(error);
      throw new SluiceError('TemporalUnavailable', `${what}: ${reason}`, { cause: error });
    }
  }

  return {
    async tell(job, fact) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      await ask(`telling ${job}`, DEADLINE_MS, () => handle.signal(observedSignal, fact));
    },

    async believedOn(cluster) {
      const query = [
        `WorkflowType = "${FLINK_JOB_WORKFLOW}" AND ExecutionStatus = "Running"`,
        `${searchAttributes.cluster.name} = ${JSON.stringify(cluster)}`,
        `${searchAttributes.state.name} IN ("running", "unreachable")`,
      ].join(' AND ');
      const jobs: BelievedJob[] = [];
      await ask(`asking who runs on ${cluster}`, LIST_DEADLINE_MS, async () => {
        for await (const found of client.workflow.list({ query, pageSize: PAGE_SIZE })) {
          const job = jobOfWorkflowId(found.workflowId);
          const state = found.typedSearchAttributes.get(searchAttributes.state);
          if (job === null || (state !== 'running' && state !== 'unreachable')) continue;
          jobs.push({ job, state, runSince: found.startTime.getTime() });
        }
      });
      return jobs;
    },

    async lastStarted(job) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      // A job whose workflow cannot answer now is asked again by the next sweep.
      const view = await ask(`asking ${job}`, DEADLINE_MS, () => handle.query(jobQuery)).catch(() => null);
      return view?.deployment ?? null;
    },

    async writeDown(taskToken, notes) {
      await ask('writing down what was told', DEADLINE_MS, () => client.activity.heartbeat(taskToken, notes));
    },
  };
}
