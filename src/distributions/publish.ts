/** Publishes a Flink distribution: its files and the archive of its JARs, in a folder that is named by its content. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { digestOf } from '../clients/s3/checksum.ts';
import type { S3Client } from '../clients/s3/s3.ts';
import { inTurns } from '../concurrency/in-turns.ts';
import { FLINK_ARCHIVE_FILE } from '../domain/distribution/contents.ts';
import { distributionFolder } from '../domain/identity/storage-keys.ts';
import type { DistributionSource, FlinkFolder } from './folder.ts';
import { writeArchive } from './tar.ts';

export interface PublishedFolder {
  readonly flinkVersion: string;
  readonly folder: string;
  readonly files: number;
  /** Files that the bucket did not have yet. */
  readonly uploaded: number;
}

/**
 * Uploads what the bucket lacks. Another content has another folder, so that a start under way keeps the files that YARN knows.
 * @param onFile told of each file before it is uploaded.
 */
export async function publishFolder(
  s3: S3Client,
  { flinkVersion, files }: FlinkFolder,
  onFile: (path: string) => void = () => undefined,
): Promise<PublishedFolder> {
  const digests = await inTurns(files, async (source) => {
    const { sha256, size } = await digestOf(createReadStream(source.file));
    return { ...source, sha256, size };
  });
  const folder = distributionFolder(flinkVersion, contentOf(digests));
  let uploaded = 0;
  const upload = async (path: string, file: string, sha256: string, size: number): Promise<void> => {
    const key = `${folder}/${path}`;
    const head = await s3.head(key);
    if (head?.size === size && head.sha256 === sha256) return;
    onFile(path);
    await s3.putFile(key, file, sha256);
    uploaded += 1;
  };
  for (const { path, file, sha256, size } of digests) await upload(path, file, sha256, size);
  if ((await s3.head(`${folder}/${FLINK_ARCHIVE_FILE}`)) === null)
    await withArchive(files, ({ path, sha256, size }) => upload(FLINK_ARCHIVE_FILE, path, sha256, size));
  return { flinkVersion, folder, files: files.length + 1, uploaded };
}

/** A digest of names and contents; it names the folder. */
function contentOf(files: readonly { readonly path: string; readonly sha256: string }[]): string {
  const hash = createHash('sha256');
  for (const { path, sha256 } of files) hash.update(`${path}\0${sha256}\n`);
  return hash.digest('hex');
}

interface Archive {
  readonly path: string;
  readonly sha256: string;
  readonly size: number;
}

async function withArchive(files: readonly DistributionSource[], use: (archive: Archive) => Promise<void>) {
  const work = await mkdtemp(join(tmpdir(), 'sluice-distribution-'));
  try {
    const path = join(work, FLINK_ARCHIVE_FILE);
    const jars = files.filter((source) => source.path.startsWith('lib/'));
    const members = jars.map((source) => ({ name: source.path, file: source.file }));
    await use({ path, ...(await writeArchive(path, members)) });
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
