/** The workflows of the jobs on a real Temporal, as the watch of the releases talks to them. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { ReleasedJobs } from '../activities/dependencies/release-watch-settings.ts';
import { SluiceError } from '../domain/errors/errors.ts';
import { messageOf } from '../domain/errors/message-of.ts';
import { workflowIdOf } from '../domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW, historyQuery, jobQuery, operationSignals } from '../workflows/messages.ts';

/** One question or one signal; a job that takes longer is asked again. */
const DEADLINE_MS = 5_000;

export function createReleasedJobs(client: Client, taskQueue: string): ReleasedJobs {
  /** @throws SluiceError `TemporalUnavailable`; null for a workflow that is not there (any more). */
  async function ask<T>(what: string, call: () => Promise<T>): Promise<T | null> {
    try {
      return await client.withDeadline(Date.now() + DEADLINE_MS, call);
    } catch (error) {
      if (error instanceof WorkflowNotFoundError) return null;
      const reason = messageOf(error);
      throw new SluiceError('TemporalUnavailable', `${what}: ${reason}`, { cause: error });
    }
  }

  return {
    async see(job) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      // A closed workflow answers too, with what it knew when it was open.
      const described = await ask(`asking for ${job}`, () => handle.describe());
      if (described?.status.name !== 'RUNNING') return null;
      // In this order: what changes in between is then no part of what the deploy is asked for on.
      const operations = await ask(`asking ${job} for its history`, () => handle.query(historyQuery));
      const view = await ask(`asking ${job}`, () => handle.query(jobQuery));
      return operations && view && { operations, view };
    },

    async deploy(job, request) {
      await ask(`telling ${job} to deploy ${request.release}`, () =>
        client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, {
          workflowId: workflowIdOf(job),
          taskQueue,
          args: [{ job }],
          signal: operationSignals.deploy,
          signalArgs: [request],
        }),
      );
    },
  };
}
