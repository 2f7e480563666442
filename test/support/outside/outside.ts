/** Expects from outside what must hold whatever happened to Sluice: in YARN, in S3 and in the job's own output. */
import { expect } from 'vitest';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { auditPrefix, METADATA_FILE } from '../../../src/domain/identity/storage-keys.ts';
import { applicationsOf, liveApplicationsOf } from './applications.ts';
import type { JobDriver } from '../processes/job-driver.ts';
import { bucketOf, runningStack } from '../stack.ts';

/** The audit log of a job: what it says of each operation, oldest first. */
async function auditLogOf(job: string): Promise<OperationRecord[]> {
  const bucket = bucketOf(runningStack());
  const keys: string[] = [];
  // Evidence lies in folders beside the records.
  for await (const entry of bucket.list(auditPrefix(job), { delimiter: '/' })) {
    if (entry.kind === 'object') keys.push(entry.key);
  }
  const found = await Promise.all(keys.map((key) => bucket.get(key)));
  return found.map((object) => JSON.parse(object?.body ?? 'null') as OperationRecord); // written by Sluice
}

/** Whether a savepoint or checkpoint can still be read. */
async function isReadable(path: string): Promise<boolean> {
  const bucket = bucketOf(runningStack());
  const key = path.replace(/^s3a?:\/\/[^/]+\//, '').replace(/\/$/, '');
  return (await bucket.head(`${key}/${METADATA_FILE}`)) !== null;
}

/**
 * The audit log has each of these operations exactly once, as it ended. A record whose writing was interrupted for half a
 * minute is written by the next operation, so one follows.
 */
export async function expectAudited(driver: JobDriver, operations: readonly OperationRecord[]): Promise<void> {
  await driver.succeed('savepoint', {});
  const log = await auditLogOf(driver.job);
  const outline = ({ id, outcome }: OperationRecord) => ({ id, outcome });
  const asked = operations.map(({ id }) => id);
  const found = log.filter(({ id }) => asked.includes(id)).map(outline);
  expect(found.sort(byId)).toEqual(operations.map(outline).sort(byId));
}

const byId = (a: { readonly id: string }, b: { readonly id: string }): number => (a.id < b.id ? -1 : 1);

/** An upgrade that succeeded: one application lives, it began from the operation's savepoint, which is still there. */
export async function expectUpgraded(
  operation: OperationRecord,
  before: { readonly number: number; readonly applicationId: string },
  deployment: NonNullable<JobView['deployment']>,
): Promise<void> {
  expect(operation).toMatchObject({ outcome: 'succeeded', error: null });
  expect(deployment).toMatchObject({ operationId: operation.id, number: before.number + 1 });
  expect(deployment.applicationId).not.toBe(before.applicationId);
  expect(await liveApplicationsOf(operation.job)).toEqual([deployment.applicationId]);
  expect(deployment.restorePoint?.path).toBe(operation.savepoint);
  expect(await isReadable(operation.savepoint ?? '')).toBe(true);
}

/** Each deployment was one application: nothing was submitted that nobody owns. */
export async function expectApplications(job: string, ids: readonly string[]): Promise<void> {
  expect((await applicationsOf(job)).map(({ id }) => id).sort()).toEqual([...ids].sort());
}
