/** Checks that the bucket enforces what records depend on. The doctor writes only its own probe. */
import { randomUUID } from 'node:crypto';
import { doctorKey } from '../../domain/identity/storage-keys.ts';
import type { S3Client } from '../../clients/s3/s3.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { broken, fine, warning, type Finding } from '../checkups.ts';

const CLOCKS_AGREE_MS = 30_000;

export async function checkStorage(s3: S3Client): Promise<Finding[]> {
  const key = doctorKey(randomUUID());
  try {
    return await probe(s3, key);
  } catch (failure) {
    return [broken('storage', s3.bucket, messageOf(failure))];
  } finally {
    await s3.remove(key).catch(() => undefined);
  }
}

async function probe(s3: S3Client, key: string): Promise<Finding[]> {
  const created = await s3.putIfAbsent(key, 'one');
  const again = await s3.putIfAbsent(key, 'two');
  const before = await s3.get(key);
  const wrong = await s3.putIfMatch(key, 'three', '"00000000000000000000000000000000"');
  const after = await s3.get(key);
  const right = await s3.putIfMatch(key, 'four', after?.etag ?? '');
  const head = await s3.head(key);
  const storage = fine('storage', `bucket ${s3.bucket}`);
  if (created !== 'created' || again !== 'exists' || before?.body !== 'one')
    return [
      storage,
      broken('conditionalWrites', s3.bucket, 'If-None-Match: * did not keep an object from being replaced'),
    ];
  if (wrong !== 'conflict' || after?.body !== 'one')
    return [
      storage,
      broken('conditionalWrites', s3.bucket, 'If-Match did not keep a changed object from being replaced'),
    ];
  if (right !== 'written')
    return [storage, broken('conditionalWrites', s3.bucket, 'If-Match refused an object that had not changed')];
  return [
    storage,
    fine('conditionalWrites', 'If-None-Match and If-Match are enforced'),
    clock(head?.lastModified ?? 0),
  ];
}

function clock(lastModified: number): Finding {
  const apart = Math.round((lastModified - Date.now()) / 1000);
  const detail = `the clock of S3 differs by ${apart} s`;
  return Math.abs(apart) * 1000 > CLOCKS_AGREE_MS ? warning('clocks', 's3', detail) : fine('clocks', detail, 's3');
}

/** Checks that the distribution of each Flink version has the files that a start needs. */
export async function checkDistributions(
  s3: Pick<S3Client, 'list'>,
  distributions: Readonly<Record<string, string>>,
): Promise<Finding[]> {
  return await Promise.all(
    Object.entries(distributions).map(async ([version, prefix]): Promise<Finding> => {
      const root = `${prefix.replace(/\/+$/, '')}/`;
      const files: string[] = [];
      try {
        for await (const entry of s3.list(root)) if (entry.kind === 'object') files.push(entry.key.slice(root.length));
      } catch (failure) {
        return broken('distributions', version, messageOf(failure));
      }
      const needed = {
        'lib/flink-dist-*.jar': /^lib\/flink-dist[^/]*\.jar$/,
        'conf/log4j.properties': /^conf\/log4j\.properties$/,
      };
      const missing = Object.entries(needed).flatMap(([name, pattern]) =>
        files.some((file) => pattern.test(file)) ? [] : [name],
      );
      if (missing.length > 0) return broken('distributions', version, `${root} lacks ${missing.join(' and ')}`);
      const hasS3 = files.some((file) => /^(plugins|lib)\/.*s3/.test(file));
      return hasS3
        ? fine('distributions', `${files.length} files below ${root}`, version)
        : warning(
            'distributions',
            version,
            `${root} has no S3 file system: jobs cannot keep their state in the bucket`,
          );
    }),
  );
}
