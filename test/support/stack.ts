/** The running stack that end-to-end tests act on: the one of SLUICE_STACK_DIR, which `npm test` brings up. */
import { join } from 'node:path';
import { createS3Client, type S3Client } from '../../src/clients/s3/s3.ts';
import { isUp, stackStatus, type StackStatus } from '../../stack/control.ts';
import { readSettings } from '../../stack/settings.ts';
import { stackFiles } from '../../stack/layout/stack-files.ts';

/** @throws Error that says how to bring the stack up. */
export function runningStack(): StackStatus {
  const status = stackStatus();
  if (status !== undefined && isUp(status)) return status;
  throw new Error(
    'End-to-end tests need a running stack: `npm test` brings one up; so does `npm run stack -- up` for single files.',
  );
}

/** The stack's bucket, read and written as CI or a person with S3 credentials would. */
export function bucketOf({ s3 }: StackStatus): S3Client {
  const { endpoint, region, bucket, accessKeyId, secretAccessKey } = s3;
  return createS3Client({
    endpoint,
    region,
    bucket,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });
}

/** Where MinIO keeps what is below a key of the bucket: a test makes a target unwritable there. */
export function diskPathOf({ s3 }: StackStatus, key: string): string {
  return join(stackFiles(readSettings().stackDirectory).data('s3'), s3.bucket, key);
}

/** A job name that this stack has never seen, so that a file can be run again on a stack that stays up. */
export function newJobName(story: string): string {
  return `clicks-e2e-${story}-${Date.now().toString(36).slice(-6)}`;
}
