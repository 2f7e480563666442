/**
 * The record of what Sluice did to an instance between operations: it carried out a kill that could not be confirmed before,
 * ended the application of a job that was over, or completed a stop after its time-out. The history shows it like an
 * operation, although nobody asked for it.
 */
import { SETTLED } from '../lifecycle.ts';
import { clip } from '../values/clip.ts';
import { recordLimits, type OperationRecord } from './operation.ts';
import { ownRecord } from './own-record.ts';

/**
 * An instance ends once, and is given up once before that, so its epoch names the record, and a repeated attempt writes the
 * same one.
 */
const settledIdOf = (epoch: number, isGivenUp: boolean): string => `${SETTLED}-${epoch}${isGivenUp ? '-given-up' : ''}`;

interface Settled {
  readonly job: string;
  readonly at: string;
  readonly instance: {
    readonly epoch: number;
    readonly number: number;
    readonly applicationId: string;
    readonly ended: { readonly how: string; readonly savepoint: { readonly path: string } | null };
  };
  /** The operation whose stop had no known outcome until then; null where there was none. */
  readonly operationId: string | null;
  readonly reason: string;
  /** A person gave the instance up, so its end is still to come. Default false. */
  readonly isGivenUp?: boolean;
}

export function settledRecord({ job, at, instance, operationId, reason, isGivenUp = false }: Settled): OperationRecord {
  const { epoch, number, applicationId, ended } = instance;
  return ownRecord(SETTLED, at, {
    id: settledIdOf(epoch, isGivenUp),
    job,
    reason: clip(reason, recordLimits.detail),
    deployment: number,
    request: { application: applicationId, ended: ended.how, operation: operationId },
    savepoint: ended.savepoint?.path ?? null,
    deleted: null,
  });
}
