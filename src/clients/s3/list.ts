/** Lists of keys in S3. */
import { ListObjectsV2Command, type S3Client as Sdk } from '@aws-sdk/client-s3';
import { storageError } from './failure.ts';

/** Options of calls that may take long. They have no deadline, so heartbeat and pass the activity's signal. */
export interface TransferOptions {
  readonly signal?: AbortSignal | undefined;
}

export type S3Entry =
  | {
      readonly kind: 'object';
      readonly key: string;
      readonly size: number;
      readonly lastModified: number;
      readonly etag: string;
    }
  /** The part that several keys share, up to and with the delimiter. */
  | { readonly kind: 'prefix'; readonly prefix: string };

export interface ListOptions extends TransferOptions {
  readonly delimiter?: string | undefined;
  /** Only keys after this one, in UTF-8 order. */
  readonly startAfter?: string | undefined;
  /** At most so many entries; default all. */
  readonly limit?: number | undefined;
}

/** Pages through `ListObjectsV2`, in UTF-8 order of keys within a page; prefixes come after the keys of their page. */
export async function* listObjects(
  sdk: Sdk,
  bucket: string,
  prefix: string,
  { delimiter, startAfter, limit = Infinity, signal }: ListOptions,
): AsyncIterable<S3Entry> {
  let remaining = limit;
  let token: string | undefined;
  while (remaining > 0) {
    const page = await nextPage({ token, count: Math.min(remaining, 1_000) });
    const entries: S3Entry[] = [
      ...(page.Contents ?? []).map((object) => ({
        kind: 'object' as const,
        key: object.Key ?? '',
        size: object.Size ?? 0,
        lastModified: wholeSeconds(object.LastModified),
        etag: object.ETag ?? '',
      })),
      ...(page.CommonPrefixes ?? []).map((common) => ({ kind: 'prefix' as const, prefix: common.Prefix ?? '' })),
    ];
    yield* entries.slice(0, remaining);
    remaining -= entries.length;
    token = page.NextContinuationToken;
    if (token === undefined) return;
  }

  async function nextPage({ token, count }: { token: string | undefined; count: number }) {
    const input = {
      Bucket: bucket,
      Prefix: prefix,
      Delimiter: delimiter,
      StartAfter: startAfter,
      ContinuationToken: token,
      MaxKeys: count,
    };
    try {
      return await sdk.send(new ListObjectsV2Command(input), abortable({ signal }));
    } catch (failure) {
      signal?.throwIfAborted();
      throw storageError(`list "${prefix}" in bucket ${bucket}`, failure);
    }
  }
}

/** The caller's signal as the SDK wants it. */
export function abortable({ signal }: TransferOptions): { abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** A list may tell milliseconds where HEAD tells seconds (MinIO); Hadoop's S3A compares what HEAD tells. */
export function wholeSeconds(time: Date | undefined): number {
  return time === undefined ? 0 : Math.floor(time.getTime() / 1_000) * 1_000;
}
