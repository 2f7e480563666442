/** An operation as it is and as it goes on: the stream of its job tells of the one in progress, the API of those that ended. */
import type { JobBody, OperationItem } from '../../../api/contract.ts';
import { useJobStream } from '../../api/news/use-job-stream.ts';
import { useRead } from '../../api/use-read.ts';

export interface Shown {
  readonly operation: OperationItem;
  /** Null while the job has not come, and when its workflow is not there. */
  readonly job: JobBody | null;
  /** Whether the operation holds the job, so that the job tells how far it has come. */
  readonly isHolder: boolean;
}

export function useOperation(job: string, id: string) {
  const known = useRead('/jobs/{job}/operations/{id}', { params: { job, id } }, { isStreamed: true });
  const { data: body } = useRead('/jobs/{job}', { params: { job } }, { isStreamed: true });
  useJobStream(job);
  const held = body?.operation?.id === id ? body.operation : null;
  const data: OperationItem | undefined = held ? { ...known.data, ...held } : known.data;
  return { operation: { ...known, data }, job: body ?? null, isHolder: held !== null };
}
