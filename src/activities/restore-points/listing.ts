/**
 * Lists folders of restore points by their common prefixes. The cost is by the number of points: files of a point, and
 * those that checkpoints share, are never listed.
 */
import type { S3Client } from '../../clients/s3/s3.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import {
  checkpointIdOf,
  checkpointsPrefix,
  savepointDigits,
  savepointsPrefix,
} from '../../domain/identity/storage-keys.ts';

type Lists = Pick<S3Client, 'list'>;

/** The folder of a savepoint, or the directory with the checkpoints of one Flink job. */
export interface NamedFolder {
  readonly kind: 'savepoint' | 'checkpoint';
  /** Key without a slash at its end. */
  readonly folder: string;
  /** The id of the Flink job that wrote it; of a savepoint its first six digits. */
  readonly writer: string;
}

/** The savepoints of a job: those in folders of operations, and those that somebody wrote directly below the prefix. */
export async function savepointFolders(s3: Lists, job: string): Promise<NamedFolder[]> {
  const below = await foldersIn(s3, savepointsPrefix(job));
  const direct = below.filter((folder) => savepointDigits(folder) !== null);
  const operations = below.filter((folder) => savepointDigits(folder) === null);
  const inOperations = await inTurns(operations, (folder) => foldersIn(s3, `${folder}/`));
  return [...direct, ...inOperations.flat()].flatMap(named);
}

/** The savepoints directly below a prefix. */
export const savepointsIn = async (s3: Lists, prefix: string): Promise<NamedFolder[]> =>
  (await foldersIn(s3, prefix)).flatMap(named);

function named(folder: string): NamedFolder[] {
  const writer = savepointDigits(folder);
  return writer === null ? [] : [{ kind: 'savepoint', folder, writer }];
}

/** The checkpoint directories of a job, one for each of its Flink jobs. */
export async function checkpointFolders(s3: Lists, job: string): Promise<NamedFolder[]> {
  const root = checkpointsPrefix(job);
  return (await foldersIn(s3, root)).flatMap((folder): NamedFolder[] => {
    const writer = folder.slice(root.length);
    return /^[0-9a-f]{32}$/.test(writer) ? [{ kind: 'checkpoint', folder, writer }] : [];
  });
}

/** The checkpoints `chk-<id>` directly below a directory (with a slash at its end), the highest id first. */
export async function checkpointsIn(
  s3: Lists,
  directory: string,
): Promise<{ readonly id: number; readonly folder: string }[]> {
  const checkpoints = (await foldersIn(s3, directory)).flatMap((folder) => {
    const id = checkpointIdOf(folder);
    return id === null ? [] : [{ id, folder }];
  });
  return checkpoints.sort((a, b) => b.id - a.id);
}

/** @param prefix ends in a slash. @returns keys without a slash at their end. */
async function foldersIn(s3: Lists, prefix: string): Promise<string[]> {
  const folders: string[] = [];
  for await (const entry of s3.list(prefix, { delimiter: '/' }))
    if (entry.kind === 'prefix') folders.push(entry.prefix.slice(0, -1));
  return folders;
}
