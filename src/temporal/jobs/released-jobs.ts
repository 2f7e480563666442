/** The workflows of the jobs on a real Temporal, as the watch of the releases talks to them. */
import type { Client } from '@temporalio/client';
import type { ReleasedJobs } from '../../activities/dependencies/release-watch-settings.ts';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { introduce, type Signer } from '../../domain/operation/signature.ts';
import { FLINK_JOB_WORKFLOW, operationSignals } from '../../workflows/messages.ts';
import { askOf } from '../call.ts';
import { createJobQuestions } from './job-questions.ts';

/** Deadline of a signal; the watch signals a slower job again. */
const DEADLINE_MS = 5_000;

export function createReleasedJobs(client: Client, taskQueue: string, signer: Signer | null): ReleasedJobs {
  const ask = askOf(client);
  const questions = createJobQuestions({ client, ask });
  return {
    async see(job) {
      // History before view: a change between the two then makes the deploy's condition fail.
      const operations = await questions.history(job);
      const view = await questions.view(job);
      return operations && view && { operations, view };
    },

    async deploy(job, request) {
      const sender = introduce(signer, { job, kind: 'deploy', payload: request, sender: { door: 'autoDeploy' } });
      await ask(`Telling ${job} to deploy ${request.release}`, DEADLINE_MS, () =>
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
