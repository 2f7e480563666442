/** Reads what lies in the folder of a distribution, before starts take it. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { FLINK_ARCHIVE_FILE, flinkVersionsOf, LOGGING_PATH } from '../../domain/distribution/contents.ts';
import type { DistributionRecord } from '../../domain/distribution/distribution.ts';
import { Problem } from '../http/problem.ts';

type Contents = Pick<DistributionRecord, 'flinkVersion' | 'folder' | 'archive' | 'files' | 'bytes'>;

/** @throws Problem `InvalidRequest` when a start could not use the folder. */
export async function contentsOf(s3: Pick<S3Client, 'list'>, folder: string): Promise<Contents> {
  let archive: Contents['archive'] = null;
  let bytes = 0;
  const paths: string[] = [];
  for await (const entry of s3.list(`${folder}/`)) {
    if (entry.kind !== 'object') continue;
    const { key, size, etag } = entry;
    const path = key.slice(folder.length + 1);
    paths.push(path);
    bytes += size;
    if (path === FLINK_ARCHIVE_FILE) archive = { key, size, etag };
  }
  const versions = flinkVersionsOf(paths);
  const [flinkVersion] = versions;
  const missing = [
    ...(versions.length === 1 ? [] : ['exactly one lib/flink-dist-<version>.jar']),
    ...(paths.includes(LOGGING_PATH) ? [] : [LOGGING_PATH]),
    ...(paths.some((path) => path.startsWith('plugins/')) ? [] : ['a plugin for S3 below plugins/']),
  ];
  if (flinkVersion === undefined || missing.length > 0)
    throw new Problem('InvalidRequest', `The folder ${folder} of the bucket lacks ${missing.join(' and ')}`);
  return { flinkVersion, folder, archive, files: paths.length, bytes };
}
