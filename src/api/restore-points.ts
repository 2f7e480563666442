/** Which restore points a job has: what was recorded, and what lies in S3. Reads only. */
import type { Deployment } from '../domain/deployment.ts';
import type { JobView } from '../domain/job-memory.ts';
import { METADATA_HEAD_BYTES, newestFirst, readMetadataHead, type RestorePoint } from '../domain/restore-point.ts';
import { checkpointsPrefix, METADATA_FILE, savepointsPrefix } from '../domain/storage-keys.ts';
import { inTurns, type ReadableBucket } from './record-store.ts';

/** A folder with `_metadata`, not yet known to be whole. */
interface Found {
  readonly folder: string;
  readonly kind: RestorePoint['kind'];
  readonly completedAt: string;
}

/** Restore points of a job, newest first: by epoch and checkpoint id where known. */
export async function readRestorePoints(
  bucket: ReadableBucket,
  job: string,
  view: Pick<JobView, 'savepoints' | 'deployment'> | null,
  deployments: readonly Deployment[],
): Promise<readonly RestorePoint[]> {
  const known = new Map<string, RestorePoint>();
  const remember = (point: RestorePoint | null | undefined): void => {
    if (point) known.set(locationOf(point.path), point);
  };
  const all = [...deployments, ...(view?.deployment ? [view.deployment] : [])];
  for (const { restorePoint } of all) remember(restorePoint);
  for (const { ended } of all) remember(ended?.savepoint);
  for (const point of view?.savepoints ?? []) remember(point);

  const startedBy = new Map(all.map((deployment) => [deployment.flinkJobId, deployment]));
  const found = await findFolders(bucket, job);
  const there = new Set(found.map(({ folder }) => `${bucket.bucket}/${folder}`));
  const read = await inTurns(
    found.filter(({ folder }) => !known.has(`${bucket.bucket}/${folder}`)),
    async (point) => await describe(bucket, job, point, startedBy),
  );
  // What was recorded below this job's own folders but is not in S3 any more cannot be started from.
  const own = [checkpointsPrefix(job), savepointsPrefix(job)].map((prefix) => `${bucket.bucket}/${prefix}`);
  const kept = [...known].filter(
    ([location]) => there.has(location) || !own.some((prefix) => location.startsWith(prefix)),
  );
  return [...kept.map(([, point]) => point), ...read.filter((point) => point !== null)].sort(newestFirst);
}

/** Bucket and folder of a path, whatever its scheme is. */
const locationOf = (path: string): string => path.replace(/^[a-z0-9]+:\/\//, '').replace(/\/+$/, '');

async function findFolders(bucket: ReadableBucket, job: string): Promise<Found[]> {
  const found: Found[] = [];
  for (const [prefix, kind] of [
    [checkpointsPrefix(job), 'checkpoint'],
    [savepointsPrefix(job), 'savepoint'],
  ] as const) {
    for await (const entry of bucket.list(prefix)) {
      if (entry.kind !== 'object' || !entry.key.endsWith(`/${METADATA_FILE}`)) continue;
      const folder = entry.key.slice(0, -METADATA_FILE.length - 1);
      found.push({ folder, kind, completedAt: new Date(entry.lastModified).toISOString() });
    }
  }
  return found;
}

async function describe(
  bucket: ReadableBucket,
  job: string,
  { folder, kind, completedAt }: Found,
  startedBy: ReadonlyMap<string, Deployment>,
): Promise<RestorePoint | null> {
  const head = await bucket.getBytes(`${folder}/${METADATA_FILE}`, { offset: 0, length: METADATA_HEAD_BYTES });
  const metadata = head === null ? null : readMetadataHead(head);
  if (metadata === null || 'broken' in metadata) return null;
  const flinkJobId = kind === 'checkpoint' ? folder.slice(checkpointsPrefix(job).length).split('/', 1)[0] : undefined;
  const deployment = flinkJobId === undefined ? undefined : startedBy.get(flinkJobId);
  return {
    path: `s3://${bucket.bucket}/${folder}`,
    kind,
    taken: kind === 'checkpoint' ? 'retained' : 'manual',
    epoch: deployment?.epoch ?? null,
    checkpointId: metadata.checkpointId,
    completedAt,
    deployment: deployment?.number ?? null,
    flinkVersion: deployment?.flinkVersion ?? null,
  };
}
