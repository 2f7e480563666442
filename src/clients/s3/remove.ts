/** Removing objects, one or many. */
import { DeleteObjectCommand, DeleteObjectsCommand } from '@aws-sdk/client-s3';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { Bucket } from './bucket.ts';
import type { S3Client } from './s3-client.ts';

/** S3 takes ten times as many in one request, but a slow server does not remove them within the deadline. */
const MOST_REMOVED_AT_ONCE = 100;

export const createRemovals = (bucket: Bucket): Pick<S3Client, 'remove' | 'removeAll'> => ({
  async remove(key) {
    const command = new DeleteObjectCommand({ Bucket: bucket.name, Key: key });
    await bucket.attempt(`remove ${key}`, (abortSignal) => bucket.sdk.send(command, { abortSignal }));
  },

  async removeAll(keys) {
    for (let first = 0; first < keys.length; first += MOST_REMOVED_AT_ONCE) {
      const some = keys.slice(first, first + MOST_REMOVED_AT_ONCE);
      const Delete = { Objects: some.map((Key) => ({ Key })), Quiet: true };
      const command = new DeleteObjectsCommand({ Bucket: bucket.name, Delete });
      const reply = await bucket.attempt(`remove ${some.length} objects`, (abortSignal) =>
        bucket.sdk.send(command, { abortSignal }),
      );
      const [failure] = reply.Errors ?? [];
      if (failure) {
        const reason = `${failure.Code ?? ''} ${failure.Message ?? ''}`.trim();
        throw new SluiceError(
          'StorageUnavailable',
          `S3 could not remove ${failure.Key ?? ''} in bucket ${bucket.name}: ${reason}`,
        );
      }
    }
  },
});
