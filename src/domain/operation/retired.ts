/** The record of restore points that Sluice has deleted by `savepoints.keep`, between operations. */
import { hex32 } from '../identity/fingerprint.ts';
import { RETENTION } from '../lifecycle.ts';
import type { OperationRecord } from './operation.ts';
import { ownRecord } from './own-record.ts';

interface Retired {
  readonly job: string;
  /** When the points were condemned. */
  readonly at: string;
  /** The operation after which retention looked. */
  readonly operationId: string;
  readonly paths: readonly string[];
  readonly bytes: number;
}

/** Points are condemned once, so they name the record, and a repeated attempt writes the same one. */
export function retiredRecord({ job, at, operationId, paths, bytes }: Retired): OperationRecord {
  return ownRecord(RETENTION, at, {
    id: `${RETENTION}-${hex32(RETENTION, job, at, ...paths)}`,
    job,
    reason: 'older than savepoints.keep allows, and no start needs them',
    deployment: null,
    request: { after: operationId },
    savepoint: null,
    deleted: { points: paths.length, bytes, paths: [...paths] },
  });
}
