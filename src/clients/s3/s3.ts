/** Client of one S3 bucket: records with conditional PUTs, files with checksums. */
import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client as Sdk,
} from '@aws-sdk/client-s3';
import { SluiceError } from '../../domain/errors/errors.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import { checksums, digestOf, sha256FromHead } from './checksum.ts';
import { copyIfAbsent } from './copy.ts';
import { abortable, type ListOptions, listObjects, type S3Entry, type TransferOptions, wholeSeconds } from './list.ts';
import { uploadFile, type UploadOptions } from './upload.ts';
import { isAbsent, isConcurrentWrite, isPreconditionFailed, storageError } from './failure.ts';

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

export interface S3Object {
  readonly body: string;
  /** With quotes, as S3 writes it; for `putIfMatch`. */
  readonly etag: string;
}

export interface S3Head {
  readonly size: number;
  /** ms since 1970, whole seconds: what YARN must be given as a local resource's timestamp. */
  readonly lastModified: number;
  readonly etag: string;
  /**
   * Hex digest of the content: the checksum that S3 computed, else what the writer noted as metadata `sha256`; null when
   * neither is there (a checksum of a multipart upload's parts is none).
   */
  readonly sha256: string | null;
}

export type { ListOptions, S3Entry } from './list.ts';

/**
 * Keys are relative to the bucket. All methods throw `StorageUnavailable` (no answer, 5xx, no such bucket) or
 * `StorageDenied` (credentials). A missing key is null, never an error.
 */
export interface S3Client {
  readonly bucket: string;
  get(key: string): Promise<S3Object | null>;
  /** `length` bytes from `offset` (fewer at the end of the object), or all. */
  getBytes(key: string, range?: { readonly offset: number; readonly length: number }): Promise<Uint8Array | null>;
  head(key: string): Promise<S3Head | null>;
  put(key: string, body: string | Uint8Array, contentType?: string): Promise<void>;
  /**
   * Creates an object unless there is one (`If-None-Match: *`). `created` also when the object there has exactly this
   * body: it was written by an earlier try of the same call. So what must be won by one writer names its writer.
   */
  putIfAbsent(key: string, body: string | Uint8Array, contentType?: string): Promise<'created' | 'exists'>;
  /** Replaces an object if it still has this etag; `written` also when it already has exactly this body. */
  putIfMatch(
    key: string,
    body: string | Uint8Array,
    etag: string,
    contentType?: string,
  ): Promise<'written' | 'conflict'>;
  /**
   * Sends a file up; S3 checks it against the sha256 (hex). A big one goes in parts, and where an earlier try was
   * interrupted it goes on. With `ifAbsent`, another object there is `exists`. At most 5 GB.
   */
  putFile(key: string, path: string, sha256: string, options?: UploadOptions): Promise<'created' | 'exists'>;
  /**
   * Makes a copy within the bucket unless there is an object, of exactly this content (sha256, hex; at most 5 GB);
   * `absent` when there is none of it at `from`, `exists` when another one is at `to`.
   */
  copyIfAbsent(
    from: string,
    to: string,
    sha256: string,
    options?: TransferOptions,
  ): Promise<'created' | 'exists' | 'absent'>;
  list(prefix: string, options?: ListOptions): AsyncIterable<S3Entry>;
  /** Reads the whole object; size in bytes, digest in hex. */
  sha256Of(key: string, options?: TransferOptions): Promise<{ sha256: string; size: number } | null>;
  /** Removes a key; fine if it is not there. */
  remove(key: string): Promise<void>;
  /** Removes many keys, some of which may not be there. After a failure any of them may be gone. */
  removeAll(keys: readonly string[]): Promise<void>;
}

const CONFLICT_TRIES = 5;
/** S3 takes ten times as many in one request, but a server that is slow does not remove them within the deadline. */
const MOST_REMOVED_AT_ONCE = 100;

/** The SDK would write to the console what we report as errors. */
const ignore = (): void => undefined;
const silent = { trace: ignore, debug: ignore, info: ignore, warn: ignore, error: ignore };

export function createS3Client({ endpoint, region, bucket, forcePathStyle, credentials }: S3ClientOptions): S3Client {
  const sdk = new Sdk({
    region,
    forcePathStyle: forcePathStyle ?? false,
    maxAttempts: 3,
    logger: silent,
    requestHandler: { connectionTimeout: 2_000, socketTimeout: 5_000 },
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials }),
  });

  async function attempt<T>(what: string, act: (abortSignal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      return await act(AbortSignal.timeout(timeLimits.s3Deadline));
    } catch (failure) {
      throw storageError(`${what} in bucket ${bucket}`, failure);
    }
  }

  async function transfer<T>(what: string, options: TransferOptions, act: () => Promise<T>): Promise<T> {
    try {
      return await act();
    } catch (failure) {
      options.signal?.throwIfAborted();
      throw storageError(`${what} in bucket ${bucket}`, failure);
    }
  }

  async function bytes(key: string, range?: string): Promise<{ body: Uint8Array; etag: string } | null> {
    return await attempt(`read ${key}`, async (abortSignal) => {
      try {
        const reply = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: key, Range: range }), { abortSignal });
        return { body: (await reply.Body?.transformToByteArray()) ?? new Uint8Array(), etag: reply.ETag ?? '' };
      } catch (failure) {
        if (isAbsent(failure)) return null;
        if (failure instanceof Error && failure.name === 'InvalidRange') return { body: new Uint8Array(), etag: '' };
        throw failure;
      }
    });
  }

  /** A conditional PUT whose refusal is looked into: our own object, from a try whose answer was lost, is a success. */
  async function putConditionally(input: PutObjectCommandInput, content: Uint8Array): Promise<boolean> {
    const key = input.Key ?? '';
    for (let turn = 1; turn <= CONFLICT_TRIES; turn += 1) {
      const refused = await attempt(`write ${key}`, async (abortSignal) => {
        try {
          await sdk.send(new PutObjectCommand(input), { abortSignal });
          return null;
        } catch (failure) {
          if (isPreconditionFailed(failure) || (input.IfMatch !== undefined && isAbsent(failure))) return 'condition';
          if (isConcurrentWrite(failure)) return 'concurrent';
          throw failure;
        }
      });
      if (refused === null) return true;
      const there = await bytes(key);
      if (there !== null && Buffer.compare(there.body, content) === 0) return true;
      if (refused === 'condition') return false;
    }
    throw new SluiceError('Conflict', `S3 was busy with other writers of ${key} in bucket ${bucket}`);
  }

  const putInput = (key: string, body: string | Uint8Array, contentType = 'application/json') => {
    const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
    const digest = createHash('sha256').update(content);
    return { content, input: { Key: key, Body: content, ContentType: contentType, ...checksums(bucket, digest) } };
  };

  async function head(key: string): Promise<S3Head | null> {
    return await attempt(`look up ${key}`, async (abortSignal) => {
      try {
        const input = { Bucket: bucket, Key: key, ChecksumMode: 'ENABLED' } as const;
        const reply = await sdk.send(new HeadObjectCommand(input), { abortSignal });
        return {
          size: reply.ContentLength ?? 0,
          lastModified: wholeSeconds(reply.LastModified),
          etag: reply.ETag ?? '',
          sha256: sha256FromHead(reply.ChecksumSHA256, reply.Metadata?.['sha256']),
        };
      } catch (failure) {
        if (isAbsent(failure)) return null;
        throw failure;
      }
    });
  }

  return {
    bucket,

    async get(key) {
      const found = await bytes(key);
      return found === null ? null : { body: Buffer.from(found.body).toString('utf8'), etag: found.etag };
    },

    async getBytes(key, range) {
      if (range?.length === 0) return new Uint8Array();
      const header = range === undefined ? undefined : `bytes=${range.offset}-${range.offset + range.length - 1}`;
      return (await bytes(key, header))?.body ?? null;
    },

    head,

    async put(key, body, contentType) {
      const { input } = putInput(key, body, contentType);
      await attempt(`write ${key}`, (abortSignal) => sdk.send(new PutObjectCommand(input), { abortSignal }));
    },

    async putIfAbsent(key, body, contentType) {
      const { input, content } = putInput(key, body, contentType);
      return (await putConditionally({ ...input, IfNoneMatch: '*' }, content)) ? 'created' : 'exists';
    },

    async putIfMatch(key, body, etag, contentType) {
      const { input, content } = putInput(key, body, contentType);
      return (await putConditionally({ ...input, IfMatch: etag }, content)) ? 'written' : 'conflict';
    },

    async putFile(key, path, sha256, options = {}) {
      const { size } = await stat(path);
      const file = { bucket, key, path, size, sha256 };
      return await transfer(`upload ${key}`, options, () => uploadFile(sdk, file, () => head(key), options));
    },

    async copyIfAbsent(from, to, sha256, options = {}) {
      return await transfer(`copy ${from} to ${to}`, options, async () => {
        const source = await head(from);
        if (source?.sha256 !== sha256) return 'absent';
        try {
          await copyIfAbsent(sdk, { bucket, key: from, etag: source.etag, sha256 }, to, options);
          return 'created';
        } catch (failure) {
          if (isAbsent(failure)) return 'absent';
          if (!isPreconditionFailed(failure) && !isConcurrentWrite(failure)) throw failure;
          const there = await head(to);
          if (there === null) return 'absent'; // the source has changed, or somebody writes there just now
          return there.sha256 === sha256 && there.size === source.size ? 'created' : 'exists';
        }
      });
    },

    list: (prefix, options = {}) => listObjects(sdk, bucket, prefix, options),

    async sha256Of(key, options = {}) {
      return await transfer(`read ${key}`, options, async () => {
        try {
          const reply = await sdk.send(new GetObjectCommand({ Bucket: bucket, Key: key }), abortable(options));
          return await digestOf(reply.Body instanceof Readable ? reply.Body : Readable.from([]));
        } catch (failure) {
          if (isAbsent(failure)) return null;
          throw failure;
        }
      });
    },

    async remove(key) {
      const input = { Bucket: bucket, Key: key };
      await attempt(`remove ${key}`, (abortSignal) => sdk.send(new DeleteObjectCommand(input), { abortSignal }));
    },

    async removeAll(keys) {
      for (let first = 0; first < keys.length; first += MOST_REMOVED_AT_ONCE) {
        const some = keys.slice(first, first + MOST_REMOVED_AT_ONCE);
        const Delete = { Objects: some.map((Key) => ({ Key })), Quiet: true };
        const reply = await attempt(`remove ${some.length} objects`, (abortSignal) =>
          sdk.send(new DeleteObjectsCommand({ Bucket: bucket, Delete }), { abortSignal }),
        );
        const [failed] = reply.Errors ?? [];
        if (failed) {
          const why = `${failed.Code ?? ''} ${failed.Message ?? ''}`.trim();
          throw new SluiceError('StorageUnavailable', `remove ${failed.Key ?? ''} in bucket ${bucket}: ${why}`);
        }
      }
    },
  };
}
