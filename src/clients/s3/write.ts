/** Writing small objects, with or without a condition. */
import { createHash } from 'node:crypto';
import { PutObjectCommand, type PutObjectCommandInput } from '@aws-sdk/client-s3';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Bucket } from './bucket.ts';
import { checksums } from './checksum.ts';
import { isAbsent, isConcurrentWrite, isPreconditionFailed } from './failure.ts';
import { readBytes } from './read.ts';
import type { S3Client } from './s3-client.ts';

const CONFLICT_TRIES = 5;

export const createWrites = (bucket: Bucket): Pick<S3Client, 'put' | 'putIfAbsent' | 'putIfMatch'> => ({
  async put(key, body, contentType) {
    const { input } = putInput(bucket, key, body, contentType);
    await bucket.attempt(`write ${key}`, (abortSignal) =>
      bucket.sdk.send(new PutObjectCommand(input), { abortSignal }),
    );
  },

  async putIfAbsent(key, body, contentType) {
    const { input, content } = putInput(bucket, key, body, contentType);
    return (await putConditionally(bucket, { ...input, IfNoneMatch: '*' }, content)) ? 'created' : 'exists';
  },

  async putIfMatch(key, body, etag, contentType) {
    const { input, content } = putInput(bucket, key, body, contentType);
    return (await putConditionally(bucket, { ...input, IfMatch: etag }, content)) ? 'written' : 'conflict';
  },
});

type ConditionalPut = PutObjectCommandInput & { readonly Key: string };

/**
 * Writes under a condition. A refusal is looked into, because the object may be our own, from a try whose answer was
 * lost: that is a success.
 */
async function putConditionally(bucket: Bucket, input: ConditionalPut, content: Uint8Array): Promise<boolean> {
  const { Key: key } = input;
  for (let turn = 1; turn <= CONFLICT_TRIES; turn += 1) {
    const refused = await bucket.attempt(`write ${key}`, async (abortSignal) => {
      try {
        await bucket.sdk.send(new PutObjectCommand(input), { abortSignal });
        return null;
      } catch (failure) {
        if (isPreconditionFailed(failure) || (input.IfMatch !== undefined && isAbsent(failure))) return 'condition';
        if (isConcurrentWrite(failure)) return 'concurrent';
        throw failure;
      }
    });
    if (refused === null) return true;
    const there = await readBytes(bucket, key);
    if (there !== null && Buffer.compare(there.body, content) === 0) return true;
    if (refused === 'condition') return false;
  }
  throw new SluiceError('Conflict', `S3 was busy with other writers of ${key} in bucket ${bucket.name}`);
}

function putInput(bucket: Bucket, key: string, body: string | Uint8Array, contentType = 'application/json') {
  const content = typeof body === 'string' ? Buffer.from(body, 'utf8') : body;
  const digest = createHash('sha256').update(content);
  return { content, input: { Key: key, Body: content, ContentType: contentType, ...checksums(bucket.name, digest) } };
}
