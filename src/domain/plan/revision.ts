/**
 * The revision of a plan: its first half covers the memory of the job's workflow, its second everything else that
 * counted.
 */
import { fingerprintOf } from '../identity/fingerprint.ts';
import type { JobMemory } from '../job/job-memory.ts';

const HALF = 32;
const REVISION = /^[0-9a-f]{64}$/;

/**
 * Savepoints don't change the first half. The second half covers the restore point, so a scheduled savepoint must not
 * invalidate a plan.
 */
const countsFor = ({ kind }: JobMemory['knownOperations'][number]): boolean => kind !== 'savepoint';

/** Derives the first half, which changes with each operation that changes the job, and when the instance ends. */
export function jobRevision(memory: JobMemory): string {
  const { job, state, epoch, deployments, current, pendingStop } = memory;
  return fingerprintOf({
    job,
    state,
    epoch,
    deployments,
    last: memory.knownOperations.find(countsFor)?.id ?? null,
    current: current && [current.number, current.startKey, current.ended?.at ?? null],
    pendingStop: pendingStop?.operationId ?? null,
  });
}

/** @param rest whatever else the plan depended on, as JSON. */
export const planRevision = (ofJob: string, rest: unknown): string => ofJob + fingerprintOf(rest);

/** Takes the half that the workflow compares with its own memory; null when the text is no revision. */
export const jobPartOf = (revision: string): string | null =>
  REVISION.test(revision) ? revision.slice(0, HALF) : null;
