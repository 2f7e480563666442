/** Client of one S3 bucket: records with conditional PUTs, files with checksums. */
import { Bucket, type S3ClientOptions } from './bucket.ts';
import { listObjects } from './list.ts';
import { createReads } from './read.ts';
import { createRemovals } from './remove.ts';
import type { S3Client } from './s3-client.ts';
import { createTransfers } from './transfers.ts';
import { createWrites } from './write.ts';

export type { S3Entry } from './list.ts';
export type { S3Client } from './s3-client.ts';

export function createS3Client(options: S3ClientOptions): S3Client {
  const bucket = new Bucket(options);
  return {
    bucket: bucket.name,
    ...createReads(bucket),
    ...createWrites(bucket),
    ...createTransfers(bucket),
    ...createRemovals(bucket),
    list: (prefix, listOptions = {}) => listObjects(bucket.sdk, bucket.name, prefix, listOptions),
  };
}
