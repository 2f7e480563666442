/**
 * Retiring restore points: retention writes into the fence what it is about to delete. A start takes its epoch in the same
 * object by conditional PUT. So either the start comes first and nothing is condemned, or the start is refused.
 */
import { z } from 'zod';
import { SluiceError } from '../errors/errors.ts';
import { locationOf } from '../restore-points/stored-points.ts';

/** The most restore points that are condemned at once; their record lists all of them. */
export const MOST_RETIRING = 20;

/** Restore points that are being deleted. They leave the fence when they are gone and their record is written. */
export const Retiring = z.strictObject({
  /** When they were condemned; their record has the same time, so that a repeated attempt writes the same record. */
  at: z.string(),
  /** The operation after which retention looked. */
  operationId: z.string(),
  /** Bucket and key of each savepoint's folder, or of a Flink job's checkpoint directory. */
  locations: z.array(z.string()),
  /** Bytes that earlier turns have deleted. */
  bytes: z.number().int(),
});
export type Retiring = z.infer<typeof Retiring>;

/** @throws SluiceError `RestorePointBroken` for a start from a point that is being deleted. */
export function refuseRetiring(retiring: Retiring | null, path: string | null): void {
  if (retiring === null || path === null) return;
  const location = `${locationOf(path)}/`;
  if (retiring.locations.some((condemned) => location.startsWith(`${condemned}/`)))
    throw new SluiceError('RestorePointBroken', `${path} is being deleted by savepoints.keep since ${retiring.at}`);
}
