/** Reading objects: whole or in part, their head, and the digest of their content. */
import { Readable } from 'node:stream';
import { GetObjectCommand, HeadObjectCommand } from '@aws-sdk/client-s3';
import type { Bucket } from './bucket.ts';
import { digestOf, sha256FromHead } from './checksum.ts';
import { isAbsent } from './failure.ts';
import { abortable, wholeSeconds } from './list.ts';
import type { S3Client, S3Head } from './s3-client.ts';

export const createReads = (bucket: Bucket): Pick<S3Client, 'get' | 'getBytes' | 'head' | 'sha256Of'> => ({
  async get(key) {
    const object = await readBytes(bucket, key);
    return object === null ? null : { body: Buffer.from(object.body).toString('utf8'), etag: object.etag };
  },

  async getBytes(key, range) {
    if (range?.length === 0) return new Uint8Array();
    const header = range === undefined ? undefined : `bytes=${range.offset}-${range.offset + range.length - 1}`;
    return (await readBytes(bucket, key, header))?.body ?? null;
  },

  head: (key) => readHead(bucket, key),

  async sha256Of(key, options = {}) {
    return await bucket.transfer(`read ${key}`, options, async () => {
      try {
        const reply = await bucket.sdk.send(
          new GetObjectCommand({ Bucket: bucket.name, Key: key }),
          abortable(options),
        );
        return await digestOf(reply.Body instanceof Readable ? reply.Body : Readable.from([]));
      } catch (failure) {
        if (isAbsent(failure)) return null;
        throw failure;
      }
    });
  },
});

export async function readBytes(
  bucket: Bucket,
  key: string,
  Range?: string,
): Promise<{ readonly body: Uint8Array; readonly etag: string } | null> {
  return await bucket.attempt(`read ${key}`, async (abortSignal) => {
    try {
      const command = new GetObjectCommand({ Bucket: bucket.name, Key: key, Range });
      const reply = await bucket.sdk.send(command, { abortSignal });
      return { body: (await reply.Body?.transformToByteArray()) ?? new Uint8Array(), etag: reply.ETag ?? '' };
    } catch (failure) {
      if (isAbsent(failure)) return null;
      if (failure instanceof Error && failure.name === 'InvalidRange') return { body: new Uint8Array(), etag: '' };
      throw failure;
    }
  });
}

export async function readHead(bucket: Bucket, key: string): Promise<S3Head | null> {
  return await bucket.attempt(`look up ${key}`, async (abortSignal) => {
    try {
      const input = { Bucket: bucket.name, Key: key, ChecksumMode: 'ENABLED' } as const;
      const reply = await bucket.sdk.send(new HeadObjectCommand(input), { abortSignal });
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
