/** The workflows of the jobs on a real Temporal, as campaigns talk to them. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import proto from '@temporalio/proto';
import type { CampaignJobs } from '../../activities/dependencies/campaign-settings.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { askOf, nullIfNotFound } from '../call.ts';
import { createJobQuestions } from '../jobs/job-questions.ts';
import { createJobRequests } from '../jobs/job-requests.ts';

/** The heartbeats of the activity go on meanwhile. */
const ASK_DEADLINE_MS = 10_000;
const WANTED_DEADLINE_MS = 4_000;

const { PENDING_ACTIVITY_STATE_CANCEL_REQUESTED: CANCELLED } = proto.temporal.api.enums.v1.PendingActivityState;

export function createCampaignJobs(client: Client, taskQueue: string): CampaignJobs {
  const ask = askOf(client);
  // The API has signed each request. Nothing is signed here, because others than Sluice may start workflows too.
  const requests = createJobRequests({ client, ask, taskQueue, signer: null, updateDeadlineMs: ASK_DEADLINE_MS });
  const questions = createJobQuestions({ client, ask });
  return {
    see: (job) => questions.view(job),

    // The server knows of a cancel at once; the worker hears of it with a later heartbeat.
    async isWanted({ workflowId, runId, activityId }) {
      const handle = client.workflow.getHandle(workflowId, runId);
      const asking = ask(`Asking for ${workflowId}`, WANTED_DEADLINE_MS, () => handle.describe());
      const pending = (await nullIfNotFound(asking))?.raw.pendingActivities ?? [];
      return pending.some((activity) => activity.activityId === activityId && activity.state !== CANCELLED);
    },

    async operation(job, id) {
      const known = await questions.history(job);
      return known?.find((operation) => operation.id === id) ?? null;
    },

    async ask(asked) {
      try {
        return await requests.submit({ ...asked, start: false });
      } catch (failure) {
        if (!(failure instanceof WorkflowNotFoundError)) throw failure;
        throw new SluiceError('NotFound', `no workflow of ${asked.job} is open`, { cause: failure });
      }
    },
  };
}
