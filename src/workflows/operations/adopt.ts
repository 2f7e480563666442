/** Adopt: an application that somebody else started becomes a deployment of this job, and runs on untouched. */
import { startKeyOf } from '../../domain/identity/ids.ts';
import type { RequestOf } from '../../domain/operation/operation.ts';
import { belongs, cameUp, started } from '../../domain/job/transitions.ts';
import { now } from '../desk/now.ts';
import { change } from '../activities.ts';
import type { OperationRun } from './operation-run.ts';
import { takingAnEpoch } from './upgrade/stage.ts';

export async function adopt(run: OperationRun, { release, cluster, application }: RequestOf<'adopt'>): Promise<void> {
  run.phase('checking');
  const { job, memory, operation, runId } = run;
  const { deployment, ownership, warnings } = await takingAnEpoch(run, () =>
    change.adoptApplication.executeWithOptions({ summary: `Take over ${application ?? job}` }, [
      {
        job,
        operationId: operation.id,
        request: { release, cluster: cluster ?? null, application: application ?? null },
        startKey: startKeyOf(operation.id, 1),
        number: memory.deployments + 1,
        runId,
        knownEpoch: memory.epoch,
        last: memory.current,
      },
    ]),
  );
  const before = memory.current;
  belongs(memory, ownership);
  started(memory, deployment);
  run.about(deployment);
  run.warn(...warnings);
  const reason = `taken over with operation ${operation.id}; ${deployment.adopted?.user ?? ''} had started it`;
  cameUp(memory, before, now(), { reason });
}
