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
  await changeGates(s3, job, (gates) =>
    closings.reduce((changed, { startKey }) => withRevoked(changed, startKey, at), gates),
  );
  return await changeFence(s3, job, (fence) =>
    closings.reduce((changed, { startKey, closed }) => withClosed(changed, startKey, { at, ...closed }), fence),
  );
}
