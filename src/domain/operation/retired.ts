/** The record of restore points that Sluice has deleted by `savepoints.keep`, between operations. */
import { hex32 } from '../identity/fingerprint.ts';
import { RETENTION } from '../lifecycle.ts';
import { SLUICE } from './asker.ts';
import type { OperationRecord } from './operation.ts';

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
  const id = `${RETENTION}-${hex32(RETENTION, job, at, ...paths)}`;
  return {
    id,
    job,
    kind: RETENTION,
    actor: SLUICE,
    via: 'supervisor',
    claimed: null,
    reason: 'older than savepoints.keep allows, and no start needs them',
    acceptedAt: at,
    endedAt: at,
    phase: null,
    phases: [],
    outcome: 'succeeded',
    error: null,
    deployment: null,
    request: { after: operationId },
    fingerprint: id,
    savepoint: null,
    warnings: [],
    deleted: { points: paths.length, bytes, paths: [...paths] },
    interruption: null,
  };
}
