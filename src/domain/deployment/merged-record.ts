/**
 * Merging what a memory tells of a deployment into its record. The teller may be late: an attempt that froze, or a run that has lost
 * the job. Facts that were proven once stay, whoever writes last.
 */
import { higherOf } from '../restore-points/progress.ts';
import type { Deployment } from './deployment.ts';
import { knowsLess } from './revision.ts';

/** @param isOver whether the fence says that the start of the deployment is over, so that the end in the record is no intention. */
export function mergedRecord(
  record: Deployment,
  told: Deployment,
  { isOver = false }: { readonly isOver?: boolean } = {},
): Deployment {
  // The number of a start that was never deployed is given again, to a start with a later epoch.
  if (record.startKey !== told.startKey) return record.epoch > told.epoch ? record : told;
  const { parallelism, hotfix, configuration, revisions, rescaling } = record;
  const revised = knowsLess(told, record) ? { parallelism, hotfix, configuration, revisions, rescaling } : {};
  const isLauncher = told.applicationId === told.runner;
  return {
    ...told,
    applicationId: isLauncher ? record.applicationId : told.applicationId,
    configuration: told.configuration ?? configuration,
    runningAt: told.runningAt ?? record.runningAt,
    verifiedAt: told.verifiedAt ?? record.verifiedAt,
    maxParallelism: told.maxParallelism ?? record.maxParallelism,
    ...higherOf(told, record),
    ...revised,
    ended: told.ended ? stayingDown(told.ended, record) : isOver ? record.ended : null,
  };
}

/** Keeps what a person asked for after the end: another Sluice may have written that, and the teller does not know it. */
const stayingDown = (ended: NonNullable<Deployment['ended']>, record: Deployment): Deployment['ended'] =>
  record.ended?.staysDown ? { ...ended, staysDown: true } : ended;
