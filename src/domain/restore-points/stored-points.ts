/**
 * What a listing of S3 says of the restore points of a job, without opening any. A savepoint is a folder of its own; the
 * checkpoints of one Flink job share a directory, in which incremental ones also share files.
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

/** One object of a listing. */
export interface ListedObject {
  readonly key: string;
  readonly size: number;
  /** Milliseconds since 1970. */
  readonly lastModified: number;
}

/** A folder that is, was or will be a restore point. */
export interface StoredFolder {
  /** Key without a slash at its end. */
  readonly folder: string;
  readonly kind: 'savepoint' | 'checkpoint';
  /** Flink's id of the job that wrote it; of a savepoint only its first six digits. */
  readonly writer: string;
  /** Of a checkpoint, by its folder's name; that of a savepoint is in its `_metadata`. */
  readonly checkpointId: number | null;
  /** When `_metadata` was written, which Flink does last; null: it is not whole. */
  readonly completedAt: number | null;
  /** When anything in it was written last. */
  readonly changedAt: number;
  /** Of all objects in the folder. */
  readonly bytes: number;
  readonly keys: readonly string[];
}

/** What checkpoints of one Flink job share: `shared/` and `taskowned/`. */
export interface SharedFiles {
  readonly bytes: number;
  readonly changedAt: number;
  readonly keys: readonly string[];
}

export interface StoredPoints {
  readonly folders: readonly StoredFolder[];
  /** By Flink's job id. */
  readonly shared: ReadonlyMap<string, SharedFiles>;
}

interface Objects {
  changedAt: number;
  bytes: number;
  keys: string[];
}

const nothing = (): Objects => ({ changedAt: 0, bytes: 0, keys: [] });

function add(into: Objects, { key, size, lastModified }: ListedObject): void {
  into.bytes += size;
  into.changedAt = Math.max(into.changedAt, lastModified);
  into.keys.push(key);
}

/**
 * Gathers what is listed below `checkpoints/<job>/` and `savepoints/<job>/`, and below further `roots` (`…/`) in which each
 * Flink job has a directory for its checkpoints, as those of adopted applications do.
 */
export async function storedPoints(
  job: string,
  listed: AsyncIterable<ListedObject>,
  roots: readonly string[] = [],
): Promise<StoredPoints> {
  const folders = new Map<string, FolderPlace & Objects & { completedAt: number | null }>();
  const shared = new Map<string, Objects>();
  for await (const object of listed) {
    const place = placeOf(job, roots, object.key);
    if (place === null) continue;
    if (place.kind === 'shared') {
      add(valueOf(shared, place.writer, nothing), object);
      continue;
    }
    const folder = valueOf(folders, place.folder, () => ({ ...place, ...nothing(), completedAt: null }));
    add(folder, object);
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
    const of = SHARED_BELOW.exec(rest)?.[1];
    if (of !== undefined) return { kind: 'shared', writer: of };
  }
  return null;
}

function valueOf<K, V>(map: Map<K, V>, key: K, create: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const created = create();
  map.set(key, created);
  return created;
}

interface Writer {
  readonly flinkJobId: string;
}

/** Whose it is. Six digits may fit two deployments: then nobody knows. */
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

/** Bucket and key of a path, whatever its scheme is and however it ends. */
export const locationOf = (path: string): string =>
  path
    .replace(/^[a-z0-9]+:\/\//, '')
    .replace(/\/_metadata$/, '')
    .replace(/\/+$/, '');

/** Why a savepoint exists that only its folder tells of: its operation's id says whether a schedule asked for it. */
export function takenBy(job: string, folder: string): 'manual' | 'periodic' {
  const [operation = ''] = folder.slice(savepointsPrefix(job).length).split('/');
  return isPeriodicOperation(operation) ? 'periodic' : 'manual';
}
