/** A bucket behind the AWS SDK: its connection, and the deadlines and error codes of its calls. */
import { S3Client as Sdk } from '@aws-sdk/client-s3';
import { timeLimits } from '../../domain/time-limits.ts';
import { storageError } from './failure.ts';
import type { TransferOptions } from './list.ts';

export interface S3ClientOptions {
  /** Absent: AWS. */
  readonly endpoint?: string | undefined;
  readonly region: string;
  readonly bucket: string;
  /** Bucket in the path instead of the host name: for servers other than AWS. */
  readonly forcePathStyle?: boolean | undefined;
  /** Absent: the SDK's default chain (environment, profile, instance role). */
  readonly credentials?: { readonly accessKeyId: string; readonly secretAccessKey: string } | undefined;
}

/** The SDK would write to the console what Sluice reports as errors. */
const ignore = (): void => undefined;
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

export class Bucket {
  readonly sdk: Sdk;
  readonly name: string;

  constructor({ endpoint, region, bucket, forcePathStyle, credentials }: S3ClientOptions) {
    this.name = bucket;
    this.sdk = new Sdk({
      region,
      forcePathStyle: forcePathStyle ?? false,
      maxAttempts: 3,
      logger: silent,
      requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
      ...(endpoint === undefined ? {} : { endpoint }),
      ...(credentials === undefined ? {} : { credentials }),
    });
  }

  /** Runs a call on a small object within its deadline. `what` completes "S3 could not …". */
  async attempt<T>(what: string, act: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await act(AbortSignal.timeout(timeLimits.s3Deadline));
    } catch (failure) {
      throw storageError(`${what} in bucket ${this.name}`, failure);
    }
  }

  /** Runs a call that may take long; the caller's signal ends it, and its reason is thrown. */
  async transfer<T>(what: string, options: TransferOptions, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (failure) {
      options.signal?.throwIfAborted();
      throw storageError(`${what} in bucket ${this.name}`, failure);
    }
  }
}
