/** Finds out which deployment a savepoint was taken of. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { savepointDigits } from '../../domain/identity/storage-keys.ts';
import { locationOf, operationOfSavepoint, writerOf } from '../../domain/restore-points/stored-points.ts';
import { readClaim } from '../../records/claims.ts';
import { readDeployments } from '../../records/deployments.ts';
import { keyOfUri, type Dependencies } from '../dependencies/dependencies.ts';

interface Taking {
  readonly deployment: number;
  /** Whether the stop that took it drained the job. */
  readonly drained: boolean;
}

/**
 * Reads who took a savepoint from the records of the job, because Flink names its folder only after the first six digits
 * of the job id, which two jobs may share. Without any record, the digits count where they fit one deployment only.
 * @returns null when the writer is not known.
 */
export async function takingOf(
  deps: Dependencies,
  {
    job,
    path,
    deployments,
  }: { readonly job: string; readonly path: string; readonly deployments: readonly Deployment[] },
): Promise<Taking | null> {
  const location = locationOf(path);
  for (const { number, ended } of deployments) {
    const { savepoint = null } = ended ?? {};
    if (savepoint && locationOf(savepoint.path) === location)
      return { deployment: number, drained: savepoint.drained === true };
  }
  const key = keyOfUri(deps, path) ?? '';
  const operation = operationOfSavepoint(job, key);
  const claim = operation === null ? null : (await readClaim(deps.s3, job, operation))?.value;
  const record = claim?.ended;
  // A record that was written for a lost workflow does not have its request.
  const drained = claim?.drains === true || record?.request['drain'] === true;
  // The record of a start names the deployment that it brought up, not the one that it took the savepoint of.
  if (record && record.deployment !== null && (record.kind === 'savepoint' || record.kind === 'stop'))
    return { deployment: record.deployment, drained };
  const digits = savepointDigits(location);
  if (digits === null) return null;
  const all = await readDeployments(deps.s3, job, Infinity);
  const fit = writerOf({ kind: 'savepoint', writer: digits }, all);
  return fit && { deployment: fit.number, drained };
}
