/**
 * Stored points: the restore points of a job as a listing of S3 shows them, without opening a file. A savepoint has a folder
 * of its own; the checkpoints of one Flink job share a directory, and incremental ones also share files in it.
 */
import {
  CHECKPOINT_BELOW,
  checkpointsPrefix,
  METADATA_FILE,
  SAVEPOINT_BELOW,
  savepointsPrefix,
  SHARED_BELOW,
} from '../identity/storage-keys.ts';
import { isPeriodicOperation } from '../identity/workflow-ids.ts';

/** An object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** A folder that Flink writes, or wrote, as a restore point. */
export interface StoredFolder {
  /** Key without a slash at its end. */
  readonly folder: string;
  readonly kind: 'savepoint' | 'checkpoint';
  /** The id of the Flink job that wrote it; a savepoint's folder has only the first six digits of that id. */
  readonly writer: string;
  /** The folder of a checkpoint has this id in its name; null for a savepoint, whose `_metadata` has it. */
  readonly checkpointId: number | null;
  /** When Flink wrote `_metadata`, its last object; null while the point is incomplete. */
  readonly completedAt: number | null;
  /** The size of all objects in the folder. */
  readonly bytes: number;
}

/** The folders `shared/` and `taskowned/`, which the checkpoints of one Flink job share. */
export interface SharedFiles {
  readonly bytes: number;
  readonly files: number;
}

export interface StoredPoints {
  readonly folders: readonly StoredFolder[];
  /** Shared files by the id of their Flink job. */
  readonly shared: ReadonlyMap<string, SharedFiles>;
}

/**
 * Gathers a listing of `checkpoints/<job>/` and `savepoints/<job>/`, and of further `roots` (each ends in `/`) in which each
 * Flink job has a directory for its checkpoints, as adopted applications have.
 */
export async function storedPoints(
  job: string,
  objects: AsyncIterable<ListedObject>,
  roots: readonly string[] = [],
): Promise<StoredPoints> {
  const folders = new Map<string, FolderPlace & { bytes: number; completedAt: number | null }>();
  const shared = new Map<string, { bytes: number; files: number }>();
  for await (const object of objects) {
    const place = placeOf(job, roots, object.key);
    if (place === null) continue;
    if (place.kind === 'shared') {
      const files = getOrCreate(shared, place.writer, () => ({ bytes: 0, files: 0 }));
      files.bytes += object.size;
      files.files += 1;
      continue;
    }
    const folder = getOrCreate(folders, place.folder, () => ({ ...place, bytes: 0, completedAt: null }));
    folder.bytes += object.size;
    if (object.key === `${folder.folder}/${METADATA_FILE}`) folder.completedAt = object.lastModified;
  }
  return { folders: [...folders.values()], shared };
}

type FolderPlace = Pick<StoredFolder, 'folder' | 'kind' | 'writer' | 'checkpointId'>;
type Place = { readonly kind: 'shared'; readonly writer: string } | FolderPlace;

function placeOf(job: string, roots: readonly string[], key: string): Place | null {
  const savepoints = savepointsPrefix(job);
  if (key.startsWith(savepoints)) {
    const [name, writer] = SAVEPOINT_BELOW.exec(key.slice(savepoints.length)) ?? [];
    if (name === undefined || writer === undefined) return null;
    return { folder: savepoints + name, kind: 'savepoint', writer, checkpointId: null };
  }
  for (const root of [checkpointsPrefix(job), ...roots]) {
    if (!key.startsWith(root)) continue;
    const rest = key.slice(root.length);
    const [folder, writer, id] = CHECKPOINT_BELOW.exec(rest) ?? [];
    if (folder !== undefined && writer !== undefined)
      return { folder: root + folder, kind: 'checkpoint', writer, checkpointId: Number(id) };
    const owner = SHARED_BELOW.exec(rest)?.[1];
    if (owner !== undefined) return { kind: 'shared', writer: owner };
  }
  return null;
}

function getOrCreate<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const value = map.get(key);
  if (value !== undefined) return value;
  const created = create();
  map.set(key, created);
  return created;
}

interface Writer {
  readonly flinkJobId: string;
}

/** Finds the deployment that wrote a folder; null when none fits, or when the six digits fit two Flink jobs. */
export function writerOf<W extends Writer>(
  { kind, writer }: Pick<StoredFolder, 'kind' | 'writer'>,
  deployments: readonly W[],
): W | null {
  const fitting = new Map(
    deployments
      .filter(({ flinkJobId }) => (kind === 'checkpoint' ? flinkJobId === writer : flinkJobId.startsWith(writer)))
      .map((deployment) => [deployment.flinkJobId, deployment]),
  );
  return fitting.size === 1 ? ([...fitting.values()][0] ?? null) : null;
}

/** Reduces a path to bucket and key, so that `s3://` and `s3a://`, with or without `_metadata`, are the same place. */
export const locationOf = (path: string): string =>
  path
    .replace(/^[a-z0-9]+:\/\//, '')
    .replace(/\/_metadata$/, '')
    .replace(/\/+$/, '');

/** The operation in whose folder a savepoint lies; null for a savepoint that somebody took with tools of Flink. */
export function operationOfSavepoint(job: string, folder: string): string | null {
  const [operation = '', savepoint] = folder.startsWith(savepointsPrefix(job))
    ? folder.slice(savepointsPrefix(job).length).split('/')
    : [];
  return savepoint === undefined || savepoint === '' ? null : operation;
}

/** Tells from a savepoint's folder why it was taken: the folder has the operation's id, which says periodic or manual. */
export function takenBy(job: string, folder: string): 'manual' | 'periodic' {
  const operation = operationOfSavepoint(job, folder);
  return operation !== null && isPeriodicOperation(operation) ? 'periodic' : 'manual';
}
