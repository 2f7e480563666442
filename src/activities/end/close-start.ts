/** Closes starts that are over or given up: the gate first, so that nothing of them can begin to run once the fence says so. */
import { withClosed, type Fence, type Start } from '../../domain/lock/fence.ts';
import { withRevoked, type Gates } from '../../domain/lock/gate.ts';
import { changeFence } from '../../records/fences.ts';
import { changeGates } from '../../records/gates.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';

interface Closing {
  readonly startKey: string;
  readonly closed: Omit<NonNullable<Start['closed']>, 'at'>;
}

/**
 * Closes the starts; those that are closed already or unknown stay as they are.
 *
 * The start of a replaced instance gives its gate back here too, although the PUT that opens the next start would revoke the gate:
 * the operation may end in between, for instance because a stranger lives or the queue is gone. The open gate of a closed start
 * would then stay for ever, because only starts that the fence calls open are settled, and a process on a node that a person
 * believes lost, or a submit that comes late, would still be let in.
 * @param learn reads the gates once nothing of the starts can begin any more, and before the fence says that they are over.
 */
export async function closeStarts(
  { s3 }: Dependencies,
  job: string,
  closings: readonly Closing[],
  learn?: (gates: Gates) => Promise<void>,
): Promise<Fence> {
  const gates = await revokeGates(s3, job, closings);
  await learn?.(gates);
  const at = now();
  return await changeFence(s3, job, (fence) =>
    closings.reduce((changed, { startKey, closed }) => withClosed(changed, startKey, { at, ...closed }), fence),
  );
}

/**
 * Revokes the gates of the starts in one conditional PUT: no JVM of them begins any more. Each try takes its own time, because
 * the end of a lease is counted from it.
 */
export async function revokeGates(
  s3: Dependencies['s3'],
  job: string,
  starts: readonly { readonly startKey: string }[],
): Promise<Gates> {
  return await changeGates(s3, job, (gates) =>
    starts.reduce((changed, { startKey }) => withRevoked(changed, startKey, now()), gates),
  );
}
