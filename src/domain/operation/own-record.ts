/** The record of what Sluice did by itself between operations. The history shows it like an operation that succeeded. */
import type { RecordedKind } from '../lifecycle.ts';
import { SLUICE } from './asker.ts';
import type { OperationRecord } from './operation.ts';

type Told = Pick<OperationRecord, 'id' | 'job' | 'reason' | 'deployment' | 'request' | 'savepoint' | 'deleted'>;

/** @param told `id` names the act and nothing else, so that a repeated attempt writes the same record. */
export const ownRecord = (kind: RecordedKind, at: string, told: Told): OperationRecord => ({
  ...told,
  kind,
  actor: SLUICE,
  via: 'supervisor',
  claimed: null,
  acceptedAt: at,
  endedAt: at,
  phase: null,
  phases: [],
  outcome: 'succeeded',
  error: null,
  fingerprint: told.id,
  warnings: [],
  interruption: null,
});
