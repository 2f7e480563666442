/**
 * Retention decides which restore points are deleted. The first rule of the table that fits keeps a point and gives the
 * reason; a point that no rule keeps is deleted. Rules only keep: a rule too many costs space, a rule too few costs state.
 */
import { locationOf } from './stored-points.ts';

/** A unit is deleted as a whole: one savepoint, or the directory with all checkpoints of one Flink job. */
export interface Unit {
  /** Bucket and key of a savepoint's folder, or of a Flink job's checkpoint directory. */
  readonly location: string;
  readonly kind: 'savepoint' | 'checkpoint';
  /** The epoch of the deployment that wrote it; null when the writer is unknown. */
  readonly epoch: number | null;
  /** The id of its newest complete checkpoint. */
  readonly checkpointId: number | null;
  /** Whether Flink can start from it, or from one of its checkpoints. */
  readonly whole: boolean;
  /** Whether its branch was left behind; null when that is unknown. */
  readonly abandoned: boolean | null;
  /**
   * Whether it is, or may be, in the lineage of each deployment from which a start may go on: the one that runs or ran
   * last, and if that one never ran, the one before.
   */
  readonly onWays: readonly boolean[];
  /** Milliseconds since 1970 of its newest `_metadata`, or of its newest object while it has none. */
  readonly changedAt: number;
  /** Whether an adopted application may own files of it (`isMaybeClaimed`). */
  readonly mayBeClaimed: boolean;
}

/** The part of a deployment's record that tells which restore points a start of it may read. */
export interface PointsOfDeployment {
  readonly epoch: number;
  readonly completedCheckpoint: number | null;
  /** The point from which it started. */
  readonly restorePoint: { readonly path: string } | null;
  readonly ended: { readonly savepoint: { readonly path: string } | null } | null;
}

/** The deployments whose restore points a start may read although its request names no path. */
export interface Needs {
  /** The deployment that runs, or ran last. */
  readonly current: PointsOfDeployment;
  /** The last deployment before `current` that ran; a start goes on from it if `current` never came up. */
  readonly previous: PointsOfDeployment | null;
  /** The deployment to which a rollback without a number goes. */
  readonly target: PointsOfDeployment | null;
  /** The newest deployment of the lineage that was started after `target`: it began with the state that target left. */
  readonly afterTarget: PointsOfDeployment | null;
  /** Epochs that have completed a checkpoint. */
  readonly provenEpochs: readonly number[];
}

/** An application that somebody else had started, as its deployment has it. */
export interface AdoptedStart {
  readonly epoch: number;
  readonly flinkJobId: string;
  /** The point from which Flink restored it last. */
  readonly restorePoint: { readonly path: string } | null;
}

/**
 * Tells whether an adopted application may own files of a unit. A person may have started it in claim mode, which no reply
 * of Flink shows: Flink then builds its checkpoints on the files of the point that it was restored from, for good. After a
 * restart by Flink itself that point is one of its own, and everything that was older may be the one that it began with.
 */
export function isMaybeClaimed(
  { location, epoch }: Pick<Unit, 'location' | 'epoch'>,
  adopted: readonly AdoptedStart[],
): boolean {
  return adopted.some((application) => {
    if (epoch === null || epoch >= application.epoch) return false;
    const origin = application.restorePoint && `${locationOf(application.restorePoint.path)}/`;
    const isKnown = origin !== null && !origin.includes(`/${application.flinkJobId}/`);
    return isKnown ? origin.startsWith(`${location}/`) : true;
  });
}

export interface Keep {
  readonly count: number;
  /** Milliseconds. */
  readonly maxAge: number;
}

export interface RetentionInput extends Needs {
  readonly units: readonly Unit[];
  readonly keep: Keep;
  readonly now: number;
}

/** Abandoned points stay this long, because somebody may yet find that going back was wrong. */
const ABANDONED_MS = 3_600_000;
/** Incomplete points stay this long, because a savepoint is incomplete while Flink writes it. */
const UNFINISHED_MS = 86_400_000;

interface Circumstances extends RetentionInput {
  /** Locations that a start may read, each with the reason. */
  readonly needed: ReadonlyMap<string, string>;
  readonly newest: ReadonlySet<Unit>;
  /** The `keep.count` newest of each kind. */
  readonly counted: ReadonlySet<Unit>;
}

/** A rule keeps the units of which it is true; its sentence is the reason. Tests break each rule once. */
const rules: readonly (readonly [string, (unit: Unit, about: Circumstances) => boolean])[] = [
  ['the deployment that wrote it is unknown', ({ epoch }) => epoch === null],
  ['an adopted application may own files of it', ({ mayBeClaimed }) => mayBeClaimed],
  ['it is the newest of its kind', (unit, { newest }) => newest.has(unit)],
  ['a newer deployment wrote it', ({ epoch }, { current }) => epoch !== null && epoch > current.epoch],
  [
    'the current deployment writes there',
    ({ kind, epoch }, { current }) => kind === 'checkpoint' && epoch === current.epoch,
  ],
  ['a start may read it', (unit, { needed }) => needed.has(unit.location)],
  [
    'no later deployment has completed a checkpoint',
    ({ epoch, kind }, { provenEpochs }) => kind === 'checkpoint' && !provenEpochs.some((later) => later > (epoch ?? 0)),
  ],
  ['it is among the newest, which are kept by count', (unit, { counted }) => counted.has(unit)],
  ['it is younger than the maximum age', ({ changedAt }, { keep, now }) => now - changedAt <= keep.maxAge],
  [
    'it was left behind less than an hour ago',
    ({ abandoned, changedAt }, { now }) => abandoned === true && now - changedAt <= ABANDONED_MS,
  ],
  ['Flink may still write it', ({ whole, changedAt }, { now }) => !whole && now - changedAt <= UNFINISHED_MS],
];

/** @returns for each unit the reason why it is kept, or null when it may be deleted. */
export function decideRetention(input: RetentionInput): { readonly unit: Unit; readonly keptBecause: string | null }[] {
  const usable = input.units
    .filter(({ whole, abandoned, epoch }) => whole && abandoned !== true && epoch !== null)
    .sort(newestUnitFirst);
  const ofKind = (kind: Unit['kind']) => usable.filter((unit) => unit.kind === kind);
  const [savepoints, checkpoints] = [ofKind('savepoint'), ofKind('checkpoint')];
  const ways = Math.max(0, ...usable.map(({ onWays }) => onWays.length));
  const newestOf = (units: readonly Unit[]) =>
    Array.from({ length: ways }, (_, way) => units.find(({ onWays }) => onWays[way] === true));
  const newest = [...newestOf(savepoints), ...newestOf(checkpoints)].filter((unit) => unit !== undefined);
  const about: Circumstances = {
    ...input,
    needed: locationsNeededBy(input),
    newest: new Set(newest),
    counted: new Set([savepoints, checkpoints].flatMap((units) => units.slice(0, input.keep.count))),
  };
  return input.units.map((unit) => ({ unit, keptBecause: rules.find(([, keeps]) => keeps(unit, about))?.[0] ?? null }));
}

/** Orders units by (epoch, checkpoint id), never by time, because clocks of different machines differ. */
export const newestUnitFirst = (a: Unit, b: Unit): number =>
  (b.epoch ?? -1) - (a.epoch ?? -1) || (b.checkpointId ?? -1) - (a.checkpointId ?? -1);

/**
 * Restore points that a start without an explicit path may read: of each deployment its stop savepoint, otherwise its
 * checkpoints. Until a deployment completes a checkpoint of its own, also the point from which it started, because with
 * NO_CLAIM Flink needs that point's files until then.
 */
function locationsNeededBy({
  current,
  previous,
  target,
  afterTarget,
  units,
}: RetentionInput): ReadonlyMap<string, string> {
  const needed = new Map<string, string>();
  const directories = units.filter(({ kind }) => kind === 'checkpoint');
  /** A path within a checkpoint directory needs the whole directory. */
  const need = (path: string | undefined, why: string): void => {
    if (path === undefined) return;
    const location = locationOf(path);
    const directory = directories.find((unit) => location.startsWith(`${unit.location}/`));
    needed.set(directory?.location ?? location, why);
  };
  for (const deployment of [current, previous, target]) {
    if (deployment === null) continue;
    const stop = deployment.ended?.savepoint;
    need(stop?.path, 'stopped');
    if (!stop)
      for (const { epoch, location } of directories) if (epoch === deployment.epoch) needed.set(location, 'own');
    if (deployment.completedCheckpoint === null) need(deployment.restorePoint?.path, 'started from');
  }
  need(afterTarget?.restorePoint?.path, 'left by the target of a rollback');
  return needed;
}
