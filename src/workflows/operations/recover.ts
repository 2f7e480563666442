/**
 * Recover: a workflow that was lost with its database begins anew from the facts in S3 and YARN. The claim has already
 * proven these facts with the code that proves each run without memory; this operation starts and stops nothing.
 */
import { SluiceError } from '../../domain/errors/errors.ts';
import { nothingToRecover } from '../../domain/job/admission.ts';
import { change } from '../activities.ts';
import type { OperationRun } from './operation-run.ts';

export async function recover(run: OperationRun): Promise<void> {
  const { job, memory, runId } = run;
  if (memory.state === 'new') throw new SluiceError('NothingToRecover', nothingToRecover(job));
  run.phase('checking');
  const { closed } = await change.closeLostOperations.executeWithOptions(
    { summary: `Operations of ${job} that nobody ended` },
    [{ job, runId }],
  );
  if (closed > 0) run.warn(`${closed} operations were under way or not recorded when the workflow was lost`);
  const { current } = memory;
  run.about(current);
  const of = current
    ? `deployment ${current.number}, application ${current.applicationId} on cluster ${current.cluster}`
    : 'no deployment';
  run.warn(`found ${memory.state}: ${of}`);
}
