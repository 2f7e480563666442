/** Transfers of files: sent up from disk, or copied within the bucket. */
import { stat } from 'node:fs/promises';
import type { Bucket } from './bucket.ts';
import { copyIfAbsent } from './copy.ts';
import { isAbsent, isConcurrentWrite, isPreconditionFailed } from './failure.ts';
import { readHead } from './read.ts';
import type { S3Client } from './s3-client.ts';
import { uploadFile } from './upload.ts';

export const createTransfers = (bucket: Bucket): Pick<S3Client, 'putFile' | 'copyIfAbsent'> => ({
  async putFile(key, path, sha256, options = {}) {
    const { size } = await stat(path);
    const file = { bucket: bucket.name, key, path, size, sha256 };
    return await bucket.transfer(`upload ${key}`, options, () =>
      uploadFile(bucket.sdk, file, () => readHead(bucket, key), options),
    );
  },

  async copyIfAbsent(from, to, sha256, options = {}) {
    return await bucket.transfer(`copy ${from} to ${to}`, options, async () => {
      const source = await readHead(bucket, from);
      if (source?.sha256 !== sha256) return 'absent';
      try {
        await copyIfAbsent(bucket.sdk, { bucket: bucket.name, key: from, etag: source.etag, sha256 }, to, options);
        return 'created';
      } catch (failure) {
        if (isAbsent(failure)) return 'absent';
        if (!isPreconditionFailed(failure) && !isConcurrentWrite(failure)) throw failure;
        const there = await readHead(bucket, to);
        if (there === null) return 'absent'; // the source has changed, or another writer is at work there just now
        return there.sha256 === sha256 && there.size === source.size ? 'created' : 'exists';
      }
    });
  },
});
