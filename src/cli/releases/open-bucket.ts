/** Opens the bucket, for the commands of CI and housekeeping, which work without the API. */
import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { S3Client } from '../../clients/s3/s3.ts';
import { loadConfig } from '../../config.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { localStackFile } from '../installation/target.ts';
import { UsageError } from '../failures.ts';
import { adding } from '../shared-options.ts';

/** Adds the options that name the bucket. */
export const withBucketOptions = adding((command) =>
  command
    .option('--bucket <name>', 'bucket (default: the one in SLUICE_CONFIG, else of the local stack)')
    .option('--s3-endpoint <url>', 'address of an S3 other than AWS; credentials come from the environment')
    .option('--s3-region <region>', 'region of the bucket', 'us-east-1'),
);

interface StoreOptions {
  readonly bucket?: string | undefined;
  readonly s3Endpoint?: string | undefined;
  readonly s3Region: string;
}

const Credentials = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** @throws UsageError when neither an option nor a configuration names the bucket. */
export async function openBucket({ bucket, s3Endpoint, s3Region }: StoreOptions): Promise<S3Client> {
  const { createS3Client } = await import('../../clients/s3/s3.ts');
  if (bucket !== undefined) {
    const own = s3Endpoint === undefined ? {} : { endpoint: s3Endpoint, forcePathStyle: true };
    return createS3Client({ bucket, region: s3Region, ...own });
  }
  if (s3Endpoint !== undefined) throw new UsageError('--s3-endpoint needs --bucket');
  const local = localStackFile('sluice.json');
  try {
    return createS3Client(loadConfig().s3);
  } catch (failure) {
    if (local === null) {
      const why = messageOf(failure);
      throw new UsageError(`no bucket is known: give --bucket, or set SLUICE_CONFIG (${why})`, {
        cause: failure,
      });
    }
  }
  const file = localStackFile('credentials.json');
  const credentials = file === null ? undefined : Credentials.parse(JSON.parse(readFileSync(file, 'utf8')));
  return createS3Client({ ...loadConfig(local).s3, credentials });
}
