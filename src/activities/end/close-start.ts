/** Closes starts that are over or given up: the gate first, so that nothing of them can begin to run once the fence says so. */
import { withClosed, type Fence, type Start } from '../../domain/lock/fence.ts';
import { withRevoked } from '../../domain/lock/gate.ts';
import { changeFence } from '../../records/fences.ts';
import { changeGates } from '../../records/gates.ts';
import { now, type Dependencies } from '../dependencies/dependencies.ts';

interface Closing {
  readonly startKey: string;
  readonly closed: Omit<NonNullable<Start['closed']>, 'at'>;
}

/** Closes the starts; those that are closed already or unknown stay as they are. */
export async function closeStarts({ s3 }: Dependencies, job: string, closings: readonly Closing[]): Promise<Fence> {
  const at = now();
  await revokeGates(s3, job, closings, at);
  return await changeFence(s3, job, (fence) =>
    closings.reduce((changed, { startKey, closed }) => withClosed(changed, startKey, { at, ...closed }), fence),
  );
}

/** Revokes the gates of the starts in one conditional PUT: no JVM of them begins any more. */
export async function revokeGates(
  s3: Dependencies['s3'],
  job: string,
  starts: readonly { readonly startKey: string }[],
  at = now(),
): Promise<void> {
  await changeGates(s3, job, (gates) =>
    starts.reduce((changed, { startKey }) => withRevoked(changed, startKey, at), gates),
  );
}
