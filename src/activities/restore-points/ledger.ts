/**
 * The ledger of a job: of each of its deployments, however many there are, the few facts that retention needs. A record
 * that cannot be read may need any restore point, so that without it nothing is deleted.
 */
import type { S3Client } from '../../clients/s3/s3.ts';
import { inTurns } from '../../concurrency/in-turns.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { rollbackTarget, type Comparable } from '../../domain/deployment/rollback.ts';
import type { Descent } from '../../domain/restore-points/lineage.ts';
import type { PointsOfDeployment } from '../../domain/restore-points/retention.ts';
import { listDeployments, readDeploymentAt } from '../../records/deployments.ts';

type Point = { readonly path: string; readonly epoch: number | null; readonly checkpointId: number | null };

/** A deployment, reduced so that ten thousand of them are a few megabytes. */
export interface Entry extends PointsOfDeployment, Descent {
  readonly number: number;
  readonly flinkJobId: string;
  readonly isAdopted: boolean;
  readonly restorePoint: Point | null;
  readonly ended: { readonly savepoint: Point | null } | null;
}

export interface Ledger {
  /** The current deployment is as its workflow knows it. */
  readonly entries: readonly Entry[];
  /** The deployment to which a rollback without a number goes. */
  readonly target: Entry | null;
}

const AT_ONCE = 64;

/** @throws SluiceError `RecordInvalid`. */
export async function readLedger(s3: Pick<S3Client, 'get' | 'list'>, current: Deployment): Promise<Ledger> {
  const keys = (await listDeployments(s3, current.job)).map(({ key }) => key);
  const entries: Entry[] = [];
  const compared: Comparable[] = [];
  for (let first = 0; first < keys.length; first += AT_ONCE) {
    const read = await inTurns(keys.slice(first, first + AT_ONCE), (key) => readDeploymentAt(s3, key));
    const records = read.filter((record) => record !== null && record.number !== current.number) as Deployment[];
    entries.push(...records.map(entryOf));
    compared.push(...records.map(comparableOf));
  }
  const target = rollbackTarget<Comparable>([...compared, current], current)?.deployment.number;
  return { entries: [...entries, entryOf(current)], target: entries.find(({ number }) => number === target) ?? null };
}

const comparableOf = ({
  number,
  release,
  file,
  jar,
  shipped,
  hotfix,
  verifiedAt,
  runningAt,
  completedCheckpoint,
  ended,
}: Deployment): Comparable => ({
  number,
  release,
  file,
  jar,
  shipped,
  hotfix,
  verifiedAt,
  runningAt,
  completedCheckpoint,
  ended,
});

export function entryOf({
  number,
  epoch,
  flinkJobId,
  adopted,
  restorePoint,
  ended,
  completedCheckpoint,
}: Deployment): Entry {
  return {
    number,
    epoch,
    flinkJobId,
    completedCheckpoint,
    isAdopted: adopted !== null,
    restorePoint: pointOf(restorePoint),
    ended: ended && { savepoint: pointOf(ended.savepoint) },
  };
}

const pointOf = (point: Point | null): Point | null =>
  point && { path: point.path, epoch: point.epoch, checkpointId: point.checkpointId };
