/**
 * Lists the restore points of a job from its records, from S3 and from its JobManager, and changes nothing. All points are
 * listed, because a thousand files cost one request; files that checkpoints share are skipped where they are many. Only the
 * points of one page are opened.
 */
import type { Checkpoints } from '../../clients/flink/checkpoints.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { JobView } from '../../domain/job/job-memory.ts';
import { lineageOf } from '../../domain/restore-points/lineage.ts';
import { METADATA_HEAD_BYTES, readMetadataHead, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import {
  checkpointOf,
  checkpointsPrefix,
  endOf,
  METADATA_FILE,
  savepointsOf,
  savepointsPrefix,
  sharedFolderOf,
  uriOf,
} from '../../domain/identity/storage-keys.ts';
import {
  locationOf,
  storedPoints,
  takenBy,
  writerOf,
  type ListedObject,
  type StoredFolder,
  type StoredPoints,
} from '../../domain/restore-points/stored-points.ts';
import type { RestorePointItem, RestorePointList } from '../contract.ts';
import { readCheckpoints, type InstanceReaders } from './live-instance.ts';
import { descending, pageOf, type PageRequest } from '../http/paging.ts';
import type { Unreadable } from '../../records/read-each.ts';
import type { ReadableBucket } from '../../records/record.ts';

interface Readers {
  readonly bucket: ReadableBucket;
  readonly instances: InstanceReaders;
}

interface Asked {
  readonly job: string;
  readonly view: Pick<JobView, 'savepoints' | 'deployment' | 'operation'> | null;
  readonly deployments: readonly Deployment[];
  /** Records of deployments that cannot be read. */
  readonly unreadable: readonly Unreadable[];
}

/** A restore point of the list, before its files are opened. */
interface Candidate {
  readonly point: RestorePoint;
  readonly stored: StoredFolder | null;
  readonly isInProgress: boolean;
}

/** Lists restore points newest first: by epoch, then by their completion. The plan of a start decides what Flink can read. */
export async function readRestorePoints(
  { bucket, instances }: Readers,
  asked: Asked,
  query: PageRequest,
): Promise<RestorePointList> {
  const { job } = asked;
  const deployments = [...asked.deployments, ...(asked.view?.deployment ? [asked.view.deployment] : [])];
  const adopted = adoptedFolders(bucket, job, deployments);
  const prefixes = [savepointsPrefix(job), checkpointsPrefix(job), ...adopted.map(({ folder }) => folder)];
  const roots = adopted.map(({ root }) => root);
  const [{ folders, shared }, { live, checkpoints }] = await Promise.all([
    storedPoints(job, objectsBelow(bucket, prefixes), roots),
    askInstance(instances, asked.view?.deployment ?? null),
  ]);
  const recorded = recordedPoints(asked, deployments);
  const candidates = [
    ...folders.map((folder) => candidateOf(bucket, job, folder, recorded, deployments, checkpoints)),
    ...elsewhere(bucket, job, folders, recorded),
    ...inTheMaking(bucket, asked, folders, checkpoints),
  ].sort((a, b) => (keyOf(a) < keyOf(b) ? 1 : -1));
  const page = pageOf(candidates, keyOf, descending, query);
  const current = asked.view?.deployment ?? deployments.reduce(newer, null);
  // A branch may go through a deployment whose record cannot be read.
  const lineage = asked.unreadable.length === 0 ? current && lineageOf(deployments, current) : null;
  const items = await inTurns(page.items, async (candidate): Promise<RestorePointItem> => {
    const { checkpointId, completedAt, ...looked } = await lookInto(bucket, candidate);
    const point = { ...candidate.point, checkpointId, completedAt };
    const onTheWay = lineage === null ? null : lineage.has(point);
    const abandoned = onTheWay === null ? null : !onTheWay;
    const state = looked.state === 'verified' && abandoned === true ? 'abandoned' : looked.state;
    const sharedBytes = candidate.stored?.kind === 'checkpoint' ? sharedBytesOf(shared, candidate.stored) : null;
    return { ...point, ...looked, state, abandoned, sharedBytes };
  });
  return { items, nextCursor: page.nextCursor, live, unreadable: [...asked.unreadable] };
}

/** @returns null when there are too many files to count. */
function sharedBytesOf(shared: StoredPoints['shared'], { writer }: StoredFolder): number | null {
  const { bytes, files } = shared.get(writer) ?? { bytes: 0, files: 0 };
  return files < MOST_SHARED ? bytes : null;
}

/** Finds the folders in this bucket where adopted applications have checkpoints, each with the folder around it. */
function adoptedFolders(
  { bucket }: ReadableBucket,
  job: string,
  deployments: readonly Deployment[],
): { readonly folder: string; readonly root: string }[] {
  const places = deployments.flatMap(({ adopted }) =>
    adopted?.checkpoints == null ? [] : locationOf(adopted.checkpoints),
  );
  return [...new Set(places)]
    .filter((place) => place.startsWith(`${bucket}/`))
    .map((place) => place.slice(bucket.length + 1))
    .filter((key) => !key.startsWith(checkpointsPrefix(job))) // listed anyway
    .map((key) => ({ folder: `${key}/`, root: key.slice(0, key.lastIndexOf('/') + 1) }));
}

const newer = (a: Deployment | null, b: Deployment): Deployment => (a !== null && a.epoch > b.epoch ? a : b);

/** Files that checkpoints share are counted up to this number; a large state has hundreds of thousands of them. */
const MOST_SHARED = 2_000;

/** Lists objects. After so many files of one shared folder the list goes on behind that folder. */
async function* objectsBelow(bucket: ReadableBucket, prefixes: readonly string[]): AsyncIterable<ListedObject> {
  for (const prefix of prefixes) {
    let startAfter: string | undefined;
    do {
      const from = startAfter;
      startAfter = undefined;
      let files = { folder: '', count: 0 };
      for await (const entry of bucket.list(prefix, { startAfter: from })) {
        if (entry.kind !== 'object') continue;
        yield entry;
        const folder = sharedFolderOf(entry.key);
        if (folder === null) continue;
        files = { folder, count: folder === files.folder ? files.count + 1 : 1 };
        if (files.count < MOST_SHARED) continue;
        startAfter = endOf(folder);
        break;
      }
    } while (startAfter !== undefined);
  }
}

/** Asks the JobManager for the checkpoints in progress. S3 answers for all others, so a silent JobManager hinders nothing. */
async function askInstance(
  instances: InstanceReaders,
  deployment: Deployment | null,
): Promise<{ live: RestorePointList['live']; checkpoints: Checkpoints | null }> {
  if (deployment === null || deployment.ended !== null) return { live: null, checkpoints: null };
  const about = { operation: deployment.operationId, application: deployment.applicationId };
  try {
    const checkpoints = await readCheckpoints(instances, deployment);
    return { live: { ...about, reachable: true, problem: null }, checkpoints };
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
    return { live: { ...about, reachable: false, problem: error.message }, checkpoints: null };
  }
}

/** Collects the points that the records of deployments and the job itself name, by location. */
function recordedPoints({ view }: Asked, deployments: readonly Deployment[]): ReadonlyMap<string, RestorePoint> {
  const points = [
    ...deployments.map(({ restorePoint }) => restorePoint),
    ...deployments.map(({ ended }) => ended?.savepoint ?? null),
    ...(view?.savepoints ?? []),
  ];
  return new Map(points.flatMap((point) => (point === null ? [] : [[locationOf(point.path), point] as const])));
}

function candidateOf(
  bucket: ReadableBucket,
  job: string,
  stored: StoredFolder,
  recorded: ReadonlyMap<string, RestorePoint>,
  deployments: readonly Deployment[],
  checkpoints: Checkpoints | null,
): Candidate {
  const { folder, kind, checkpointId, completedAt } = stored;
  const at = completedAt === null ? null : new Date(completedAt).toISOString();
  const record = recorded.get(`${bucket.bucket}/${folder}`);
  const writer = writerOf(stored, deployments);
  const isAtIt = (checkpoints?.history ?? []).some(
    ({ status, isSavepoint, id }) =>
      status === 'IN_PROGRESS' && (kind === 'savepoint' ? isSavepoint : !isSavepoint && id === checkpointId),
  );
  return {
    stored,
    isInProgress: completedAt === null && writer?.ended === null && isAtIt,
    point: record
      ? { ...record, completedAt: record.completedAt ?? at }
      : {
          path: uriOf(bucket.bucket, folder),
          kind,
          taken: kind === 'checkpoint' ? 'retained' : takenBy(job, folder),
          epoch: writer?.epoch ?? null,
          checkpointId,
          completedAt: at,
          deployment: writer?.number ?? null,
          flinkVersion: writer?.flinkVersion ?? null,
          // Sluice asks for canonical savepoints; a savepoint of an unknown deployment may have another format.
          format: kind === 'savepoint' && writer ? 'canonical' : null,
          stateBackend: writer?.stateBackend ?? null,
          maxParallelism: writer?.maxParallelism ?? null,
        },
  };
}

/** Picks the recorded points outside of the job's folders. A point that is gone from these folders cannot be started from. */
function elsewhere(
  bucket: ReadableBucket,
  job: string,
  folders: readonly StoredFolder[],
  recorded: ReadonlyMap<string, RestorePoint>,
): Candidate[] {
  const own = [checkpointsPrefix(job), savepointsPrefix(job)].map((prefix) => `${bucket.bucket}/${prefix}`);
  const listed = new Set(folders.map(({ folder }) => `${bucket.bucket}/${folder}`));
  return [...recorded]
    .filter(([location]) => !listed.has(location) && !own.some((prefix) => location.startsWith(prefix)))
    .map(([, point]) => ({ point, stored: null, isInProgress: false }));
}

/** Makes points of snapshots that Flink has begun and not written yet. Only its operation knows the place of a savepoint. */
function inTheMaking(
  { bucket }: ReadableBucket,
  { job, view }: Asked,
  folders: readonly StoredFolder[],
  checkpoints: Checkpoints | null,
): Candidate[] {
  const deployment = view?.deployment;
  if (!deployment) return [];
  const savepointing =
    view.operation?.phase === 'savepointing' ? savepointsOf(job, view.operation.id) : savepointsPrefix(job);
  return (checkpoints?.history ?? []).flatMap(({ id, status, isSavepoint }): Candidate[] => {
    const folder = isSavepoint ? savepointing : checkpointOf(job, deployment.flinkJobId, id);
    const isThere = folders.some((one) => one.completedAt === null && one.folder.startsWith(folder));
    if (status !== 'IN_PROGRESS' || isThere) return [];
    const { epoch, number, flinkVersion, stateBackend, maxParallelism } = deployment;
    const point: RestorePoint = {
      path: uriOf(bucket, folder).replace(/\/$/, ''),
      kind: isSavepoint ? 'savepoint' : 'checkpoint',
      taken: isSavepoint ? takenBy(job, folder) : 'retained',
      epoch,
      checkpointId: id,
      completedAt: null,
      deployment: number,
      flinkVersion,
      format: null,
      stateBackend,
      maxParallelism,
    };
    return [{ point, stored: null, isInProgress: true }];
  });
}

/** Sorts points in progress before the others of their deployment. */
function keyOf({ point: { epoch, checkpointId, completedAt, path }, isInProgress }: Candidate): string {
  const at = isInProgress ? '9' : (completedAt ?? '0');
  return `${padded(epoch)} ${at.padEnd(24, '0')} ${padded(checkpointId)} ${path}`;
}

const padded = (value: number | null): string => String((value ?? -1) + 1).padStart(16, '0');

type Looked = Pick<RestorePointItem, 'state' | 'problem' | 'bytes' | 'checkpointId' | 'completedAt'>;

/** Opens the head of the point's `_metadata`. */
async function lookInto(bucket: ReadableBucket, { point, stored, isInProgress }: Candidate): Promise<Looked> {
  const { checkpointId, completedAt } = point;
  const location = locationOf(point.path);
  const key = location.startsWith(`${bucket.bucket}/`) ? location.slice(bucket.bucket.length + 1) : null;
  const facts = { checkpointId, completedAt, problem: null, bytes: stored?.bytes ?? null };
  if (isInProgress) return { ...facts, state: 'inProgress' };
  if (key === null) return { ...facts, state: 'unverified' };
  const head = await bucket.getBytes(`${key}/${METADATA_FILE}`, { offset: 0, length: METADATA_HEAD_BYTES });
  const metadata =
    head === null ? { broken: `there is no ${METADATA_FILE}: incomplete, or deleted in part` } : readMetadataHead(head);
  const bytes = stored?.bytes ?? (await bytesBelow(bucket, `${key}/`));
  if ('broken' in metadata) return { ...facts, bytes, state: 'broken', problem: metadata.broken };
  return { ...facts, bytes, state: 'verified', checkpointId: metadata.checkpointId };
}

async function bytesBelow(bucket: ReadableBucket, prefix: string): Promise<number> {
  let bytes = 0;
  for await (const { size } of objectsBelow(bucket, [prefix])) bytes += size;
  return bytes;
}
