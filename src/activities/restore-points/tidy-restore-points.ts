/** Deletes restore points by the rules of `domain/restore-points/retention.ts`, while the job's lock is held. */
import { inTurns } from '../../concurrency/in-turns.ts';
import { hasRun, type Deployment } from '../../domain/deployment/deployment.ts';
import { rollbackTarget } from '../../domain/deployment/rollback.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { refuseOtherEpoch } from '../../domain/lock/epoch.ts';
import { lineageOf } from '../../domain/restore-points/lineage.ts';
import { METADATA_HEAD_BYTES, readMetadataHead } from '../../domain/restore-points/restore-point.ts';
import { decideRetention, newestUnitFirst, type Needs, type Unit } from '../../domain/restore-points/retention.ts';
import {
  checkpointsOf,
  checkpointsPrefix,
  METADATA_FILE,
  savepointsPrefix,
} from '../../domain/identity/storage-keys.ts';
import {
  locationOf,
  storedPoints,
  writerOf,
  type ListedObject,
  type StoredFolder,
} from '../../domain/restore-points/stored-points.ts';
import { timeLimits } from '../../domain/time-limits.ts';
import type { Dependencies } from '../dependencies/dependencies.ts';
import { readDeployments } from '../../records/deployments.ts';
import { readFence } from '../../records/fences.ts';

interface TidyInput {
  readonly current: Deployment;
  readonly previous: Deployment | null;
  /** Newest epoch that the workflow knows; under another epoch nothing is deleted. */
  readonly knownEpoch: number;
}

interface Tidied {
  readonly points: number;
  readonly bytes: number;
  /** Points that are left for the next operation. */
  readonly left: number;
  readonly problem: string | null;
}

/** Points of older deployments than these have no known writer, so they stay. */
const MOST_DEPLOYMENTS = 200;
const MOST_OLD = 500;

export const createTidyRestorePoints = (deps: Dependencies) => ({
  /** Never throws, because points that stay are no failure of the operation. */
  async tidyRestorePoints(input: TidyInput): Promise<Tidied> {
    let done = { points: 0, bytes: 0 };
    const until = Date.now() + timeLimits.tidying;
    try {
      const due = await dueForDeletion(deps, input, until);
      for (const [place, point] of due.entries()) {
        if (Date.now() >= until) return { ...done, left: due.length - place, problem: null };
        await refuseIfOutrun(deps, input);
        await remove(deps, point.keys);
        done = { points: done.points + 1, bytes: done.bytes + point.bytes };
      }
      return { ...done, left: 0, problem: null };
    } catch (error) {
      if (!(error instanceof SluiceError)) throw error;
      return { ...done, left: 0, problem: error.message };
    }
  },
});

/** Deletes `_metadata` first, because a point that is deleted in part must never look whole. */
async function remove({ s3 }: Dependencies, keys: readonly string[]): Promise<void> {
  const isHead = (key: string) => key.endsWith(`/${METADATA_FILE}`);
  await s3.removeAll(keys.filter(isHead));
  await s3.removeAll(keys.filter((key) => !isHead(key)));
}

/** Refuses to delete once another run has acted on the job, because that run may need the point. */
async function refuseIfOutrun({ s3 }: Dependencies, { current, knownEpoch }: TidyInput): Promise<void> {
  refuseOtherEpoch((await readFence(s3, current.job)).fence, knownEpoch);
}

/** A unit with its objects in S3. */
interface Stored extends Unit {
  readonly keys: readonly string[];
  readonly bytes: number;
  /** Folder of the savepoint, or of the newest checkpoint that has `_metadata`. */
  readonly head: StoredFolder | null;
}

async function dueForDeletion(deps: Dependencies, input: TidyInput, until: number): Promise<readonly Stored[]> {
  const { current, previous } = input;
  const { keep } = current.savepoints ?? {};
  if (!keep) return [];
  const listed = await listUnits(deps, current.job, until);
  const now = Date.now();
  const isOld = ({ changedAt }: Stored): boolean => now - changedAt > keep.maxAge;
  if (!listed.some(isOld)) return [];

  const records = await readDeployments(deps.s3, current.job, MOST_DEPLOYMENTS);
  const deployments = [...records.filter(({ number }) => number !== current.number), current];
  const epochs = new Map(
    deployments
      .flatMap(({ restorePoint, ended }) => [restorePoint, ended?.savepoint ?? null])
      .flatMap((point) => (point === null ? [] : [[locationOf(point.path), point.epoch] as const])),
  );
  const units = listed.map((unit) => ({
    ...unit,
    epoch: epochs.get(unit.location) ?? writerOf({ kind: unit.kind, writer: unit.writer }, deployments)?.epoch ?? null,
  }));
  // Only as many young points are opened as the count needs; an unopened point is young, and stays.
  const young = (kind: Unit['kind']) =>
    units
      .filter((unit) => unit.kind === kind && !isOld(unit))
      .sort(youngestFirst)
      .slice(0, keep.count);
  const looked = [...units.filter(isOld).slice(0, MOST_OLD), ...young('savepoint'), ...young('checkpoint')];
  const needs = needsOf(deployments, current, previous);
  const ways = (hasRun(current) ? [current] : [current, previous]).flatMap((one) =>
    one === null ? [] : lineageOf(deployments, one),
  );
  const proven = await inTurns(looked, async (unit): Promise<Stored> => {
    const checkpointId = await provenId(deps, unit);
    const onTheWay = ways.map((way) => way.has({ epoch: unit.epoch, checkpointId }));
    const abandoned = onTheWay.includes(true) ? false : onTheWay.includes(null) ? null : true;
    const onWays = onTheWay.map((isOn) => isOn !== false);
    return { ...unit, whole: checkpointId !== null, checkpointId, abandoned, onWays };
  });
  const decided = decideRetention({ ...needs, units: proven, keep, now });
  const due = new Set(decided.flatMap(({ unit, keptBecause }) => (keptBecause === null ? [unit.location] : [])));
  // Oldest first, so that the newest points are left when time is up.
  return proven.filter(({ location }) => due.has(location)).sort((a, b) => newestUnitFirst(b, a));
}

const youngestFirst = (a: Unit, b: Unit): number => (b.epoch ?? -1) - (a.epoch ?? -1) || b.changedAt - a.changedAt;

function needsOf(deployments: readonly Deployment[], current: Deployment, previous: Deployment | null): Needs {
  const target = rollbackTarget(deployments, current)?.deployment ?? null;
  const { hops } = lineageOf(deployments, current);
  const after = hops.map(({ deployment }) => deployment).filter(({ number }) => target && number > target.number);
  return {
    current,
    previous,
    target,
    afterTarget: after.at(-1) ?? null,
    provenEpochs: deployments.flatMap(({ epoch, completedCheckpoint }) => (completedCheckpoint === null ? [] : epoch)),
  };
}

/** Lists the two prefixes, grouped into units that can only be deleted together. */
async function listUnits(
  { s3 }: Dependencies,
  job: string,
  until: number,
): Promise<(Stored & { readonly writer: string })[]> {
  const prefixes = [savepointsPrefix(job), checkpointsPrefix(job)];
  const { folders, shared } = await storedPoints(job, objectsBelow(s3, prefixes, until));
  const unit = (kind: Unit['kind'], key: string, parts: readonly StoredFolder[], writer: string) => {
    const common = kind === 'checkpoint' ? shared.get(writer) : undefined;
    const all = [...parts, ...(common ? [common] : [])];
    const whole = parts.filter(({ completedAt }) => completedAt !== null);
    return {
      location: `${s3.bucket}/${key}`,
      kind,
      writer,
      epoch: null,
      checkpointId: null,
      whole: false,
      abandoned: null,
      onWays: [],
      changedAt: Math.max(...all.map(({ changedAt }) => changedAt)),
      keys: all.flatMap(({ keys }) => keys),
      bytes: all.reduce((sum, { bytes }) => sum + bytes, 0),
      head: whole.sort((a, b) => (b.checkpointId ?? 0) - (a.checkpointId ?? 0)).at(0) ?? null,
    };
  };
  const savepoints = folders.filter(({ kind }) => kind === 'savepoint');
  const checkpoints = folders.filter(({ kind }) => kind === 'checkpoint');
  const writers = new Set([...checkpoints.map(({ writer }) => writer), ...shared.keys()]);
  return [
    ...savepoints.map((one) => unit('savepoint', one.folder, [one], one.writer)),
    ...[...writers].map((writer) => {
      const key = checkpointsOf(job, writer).replace(/\/$/, '');
      const parts = checkpoints.filter((one) => one.writer === writer);
      return unit('checkpoint', key, parts, writer);
    }),
  ];
}

async function* objectsBelow(
  s3: Dependencies['s3'],
  prefixes: readonly string[],
  until: number,
): AsyncIterable<ListedObject> {
  for (const prefix of prefixes) {
    for await (const entry of s3.list(prefix)) {
      if (Date.now() >= until)
        throw new SluiceError(
          'StorageUnavailable',
          `listing ${prefix} took longer than ${timeLimits.tidying / 1000} s`,
        );
      if (entry.kind === 'object') yield entry;
    }
  }
}

/** The checkpoint id in `_metadata`; null when the file is missing or no snapshot of Flink. */
async function provenId({ s3 }: Dependencies, { head }: Stored): Promise<number | null> {
  if (head === null) return null;
  const bytes = await s3.getBytes(`${head.folder}/${METADATA_FILE}`, { offset: 0, length: METADATA_HEAD_BYTES });
  const metadata = bytes === null ? null : readMetadataHead(bytes);
  return metadata === null || 'broken' in metadata ? null : metadata.checkpointId;
}
