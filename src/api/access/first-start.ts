/** Tells whether a fresh start of a job discards nothing, so that it takes no right to discard state. */
import type { OperationKind } from '../../domain/lifecycle.ts';
import { fingerprintOfRequest } from '../../domain/operation/asked.ts';
import type { RecordStore } from '../../records/record-store.ts';
import type { Jobs } from '../jobs/jobs.ts';
import type { Asked } from '../operations/operation-request.ts';

interface Parts {
  readonly jobs: Pick<Jobs, 'view' | 'history'>;
  readonly records: Pick<RecordStore, 'wasStarted' | 'claim'>;
}

interface Question {
  readonly kind: OperationKind;
  readonly request: Asked;
  /** True when the asker chose the id. */
  readonly chosen: boolean;
}

/**
 * A workflow that is open tells nothing by that: it opens with the first request, and stays open for a while when its checks
 * reject it. So the job counts as never started while it is new and S3 has no fence of it. A repeated request starts nothing:
 * it answers with the operation that was decided before, and its asker may have lost that answer.
 */
export async function discardsNothing({ jobs, records }: Parts, job: string, question: Question): Promise<boolean> {
  const view = await jobs.view(job);
  if ((view === null || view.state === 'new') && !(await records.wasStarted(job))) return true;
  const { kind, request, chosen } = question;
  if (!chosen) return false;
  const known =
    (await jobs.history(job))?.find(({ id }) => id === request.id) ?? (await records.claim(job, request.id));
  return known?.fingerprint === fingerprintOfRequest(kind, request);
}
