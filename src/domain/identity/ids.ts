/** Ids of operations, starts and what Flink makes for them. Nothing else in Sluice puts such a string together. */
import { z } from 'zod';
import { hex32 } from './fingerprint.ts';

/** Chosen by the asker; part of S3 keys and URLs, hence the narrow alphabet. */
export const OperationId = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/, 'must be 1 to 64 letters, digits, dots, hyphens or underscores')
  .refine((id) => !id.includes('..'), 'must not contain ".."');

const AUTO_DEPLOY = 'auto-';

/**
 * The operation by which a release deploys itself: the same however often it is asked for, so that it happens once. No
 * project has an underscore, so no two releases share one.
 */
export function autoDeployIdOf(release: string): string {
  const readable = OperationId.safeParse(AUTO_DEPLOY + release.replace('/', '_'));
  return readable.success ? readable.data : AUTO_DEPLOY + hex32('auto-deploy', release);
}

/** A start is one attempt to bring an instance up; an operation that rolls back starts twice. */
export const startKeyOf = (operationId: string, ordinal: number): string => `${operationId}/${ordinal}`;

/** The Flink job id of a start. Never reused, since `<checkpoint directory>/<job id>/chk-N` derives from it. */
export const flinkJobIdOf = (job: string, startKey: string, epoch: number): string =>
  hex32('flink-job-id', job, startKey, String(epoch));

/**
 * The trigger id of an operation's savepoint. With one id Flink takes one savepoint however often it is asked
 * (DispatcherCachedOperationsHandler.registerOperationIdempotently, 1.20).
 */
export const triggerIdOf = (job: string, operationId: string): string => hex32('trigger-id', job, operationId);
