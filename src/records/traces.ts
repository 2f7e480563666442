/** The records of traces: `traces/<job>/<application id>.json`, one for each application that may live. */
import type { S3Client } from '../clients/s3/s3.ts';
import { tracesKey } from '../domain/identity/storage-keys.ts';
import type { Traces } from '../domain/lock/traces.ts';
import { bodyOf, getRecord } from './record.ts';

type Application = Pick<Traces, 'job' | 'applicationId'>;

/** @returns null for an application that nobody has seen on a node. @throws SluiceError `RecordInvalid`. */
export async function readTraces(
  s3: Pick<S3Client, 'get'>,
  { job, applicationId }: Application,
): Promise<Traces | null> {
  return (await getRecord(s3, tracesKey(job, applicationId), 'traces'))?.value ?? null;
}

/** Writes the traces. A writer that comes late loses little, because the next look writes again. */
export async function writeTraces(s3: Pick<S3Client, 'put'>, traces: Traces): Promise<void> {
  const key = tracesKey(traces.job, traces.applicationId);
  await s3.put(key, bodyOf(key, 'traces', traces));
}

/** Removes the traces once the application is known to have ended. */
export async function dropTraces(s3: Pick<S3Client, 'remove'>, { job, applicationId }: Application): Promise<void> {
  await s3.remove(tracesKey(job, applicationId));
}
