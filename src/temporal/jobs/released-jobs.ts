/** The workflows of the jobs on a real Temporal, as the watch of the releases talks to them. */
import type { Client } from '@temporalio/client';
import type { ReleasedJobs } from '../../activities/dependencies/release-watch-settings.ts';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { introduce, type Signer } from '../../domain/operation/signature.ts';
import { FLINK_JOB_WORKFLOW, historyQuery, jobQuery, operationSignals } from '../../workflows/messages.ts';
import { askOf, nullIfNotFound } from '../call.ts';

/** Deadline of one question or signal; the watch asks a slower job again. */
const DEADLINE_MS = 5_000;

export function createReleasedJobs(client: Client, taskQueue: string, signer: Signer | null): ReleasedJobs {
  const ask = askOf(client);
  const question = <T>(doing: string, call: () => Promise<T>) => nullIfNotFound(ask(doing, DEADLINE_MS, call));
  return {
    async see(job) {
      const handle = client.workflow.getHandle(workflowIdOf(job));
      // A closed workflow answers queries with what it knew when it was open, so its status comes first.
      const description = await question(`Asking for ${job}`, () => handle.describe());
      if (description?.status.name !== 'RUNNING') return null;
      // History before view: a change between the two then makes the deploy's condition fail.
      const operations = await question(`Asking ${job} for its history`, () => handle.query(historyQuery));
      const view = await question(`Asking ${job}`, () => handle.query(jobQuery));
      return operations && view && { operations, view };
    },

    async deploy(job, request) {
      const sender = introduce(signer, { job, kind: 'deploy', payload: request, sender: { door: 'autoDeploy' } });
      await question(`Telling ${job} to deploy ${request.release}`, () =>
        client.workflow.signalWithStart(FLINK_JOB_WORKFLOW, {
          workflowId: workflowIdOf(job),
          taskQueue,
          args: [{ job }],
          signal: operationSignals.deploy,
          signalArgs: [request, sender],
        }),
      );
    },
  };
}
