/** The workflows of the jobs on a real Temporal, as campaigns talk to them. */
import { type Client, WorkflowNotFoundError } from '@temporalio/client';
import type { CampaignJobs } from '../../activities/dependencies/campaign-settings.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { FLINK_JOB_WORKFLOW, historyQuery, jobQuery } from '../../workflows/messages.ts';
import { askOf, nullIfNotFound } from '../call.ts';
import { createJobRequests } from '../jobs/job-requests.ts';

/** Deadline of one question. */
const DEADLINE_MS = 5_000;
/** The heartbeats of the activity go on meanwhile. */
const ASK_DEADLINE_MS = 10_000;

export function createCampaignJobs(client: Client, taskQueue: string): CampaignJobs {
  const ask = askOf(client);
  // The API has signed each request. Nothing is signed here, because others than Sluice may start workflows too.
  const requests = createJobRequests({ client, ask, taskQueue, signer: null, updateDeadlineMs: ASK_DEADLINE_MS });
  const question = <T>(doing: string, call: () => Promise<T>) => nullIfNotFound(ask(doing, DEADLINE_MS, call));
  const isOpen = async (job: string): Promise<boolean> => {
    const handle = client.workflow.getHandle(workflowIdOf(job));
    const description = await question(`Asking for ${job}`, () => handle.describe());
    return description?.status.name === 'RUNNING' && description.type === FLINK_JOB_WORKFLOW;
  };
  return {
    async see(job) {
      // A closed workflow answers queries with what it knew when it was open, so its status comes first.
      if (!(await isOpen(job))) return null;
      const handle = client.workflow.getHandle(workflowIdOf(job));
      return await question(`Asking ${job}`, () => handle.query(jobQuery));
    },

    async operation(job, id) {
      if (!(await isOpen(job))) return null;
      const handle = client.workflow.getHandle(workflowIdOf(job));
      const known = await question(`Asking ${job} for its history`, () => handle.query(historyQuery));
      return known?.find((operation) => operation.id === id) ?? null;
    },

    async ask(asked) {
      try {
        await requests.submit({ ...asked, start: false });
      } catch (failure) {
        if (!(failure instanceof WorkflowNotFoundError)) throw failure;
        throw new SluiceError('NotFound', `no workflow of ${asked.job} is open`, { cause: failure });
      }
    },
  };
}
