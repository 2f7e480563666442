/**
 * Workflow tasks that fail: the run of a job is open, but each attempt of a worker to go on with it ends in an error. The
 * run then takes no message at all, and looks like an outage of Temporal to everybody who asks it.
 */
import type { Client } from '@temporalio/client';
import { clip } from '../domain/values/clip.ts';

/** A task of a worker that was killed is tried again once, and then succeeds. */
const FAILS_FROM_ATTEMPT = 3;
/** The failure of the first attempt is the last event but a few; Temporal writes no event for later attempts. */
const NEWEST_EVENTS = 20;

/** Tells how and why the tasks of a workflow fail, as a sentence; null while they succeed, or when no run is open. */
export async function whyTasksFail(client: Client, workflowId: string): Promise<string | null> {
  const { raw, status, runId } = await client.workflow.getHandle(workflowId).describe();
  const { attempt = 1, originalScheduledTime } = raw.pendingWorkflowTask ?? {};
  if (status.name !== 'RUNNING' || attempt == null || attempt < FAILS_FROM_ATTEMPT) return null;
  const { history } = await client.workflowService.getWorkflowExecutionHistoryReverse({
    namespace: client.options.namespace,
    execution: { workflowId, runId },
    maximumPageSize: NEWEST_EVENTS,
  });
  const failures = (history?.events ?? []).flatMap((event) => event.workflowTaskFailedEventAttributes?.failure ?? []);
  const since = new Date(Number(originalScheduledTime?.seconds ?? 0) * 1000).toISOString();
  const reason = failures[0]?.message ?? 'a worker gave no answer in time';
  return `the tasks of ${workflowId} fail since ${since} (attempt ${attempt}): ${clip(reason, 300)}`;
}
