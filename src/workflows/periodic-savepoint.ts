/**
 * The schedule of a job's periodic savepoints starts this workflow, which asks the job once and ends. The job's own
 * front desk decides: a job that is busy, unhealthy or not running skips this savepoint and counts it.
 */
import { TemporalFailure } from '@temporalio/common';
import { getExternalWorkflowHandle, setCurrentDetails, workflowInfo } from '@temporalio/workflow';
import { periodicOfWorkflowId, workflowIdOf } from '../domain/identity/workflow-ids.ts';
import { SCHEDULE, SLUICE, type Sender } from '../domain/operation/asker.ts';
import { read } from './activities.ts';
import { operationSignals, type PeriodicSavepointInput } from './messages.ts';

export async function periodicSavepoint(input: PeriodicSavepointInput): Promise<'asked' | 'nobody to ask'> {
  const identity = periodicOfWorkflowId(workflowInfo().workflowId);
  if (identity === null || (input as PeriodicSavepointInput | undefined)?.job !== identity.job) return 'nobody to ask';
  const { job, operation } = identity;
  // Runs of 0.1.0 read actor and door in the request; later ones believe only the sender.
  const request = { id: operation, actor: SLUICE, via: SCHEDULE, reason: `every ${input.every}` } as const;
  const sender: Sender = input.signed === true ? await signatureOf(job, request) : { door: SCHEDULE };
  try {
    await getExternalWorkflowHandle(workflowIdOf(job)).signal(operationSignals.savepoint, request, sender);
  } catch (error) {
    if (!(error instanceof TemporalFailure)) throw error;
    setCurrentDetails(`No workflow of **${job}** is open, so there was nobody to ask.`);
    return 'nobody to ask';
  }
  setCurrentDetails(`Asked **${job}** for savepoint \`${operation}\`; whether it was taken is in the job's history.`);
  return 'asked';
}

const signatureOf = (
  job: string,
  request: { readonly id: string; readonly actor: string; readonly via: typeof SCHEDULE },
) =>
  read.signPeriodicSavepoint.executeWithOptions({ summary: `Signature of savepoint ${request.id}` }, [
    { job, request },
  ]);
