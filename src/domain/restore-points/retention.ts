/**
 * Which restore points may go. The first rule of the table that fits keeps a point and gives the reason; what no rule
 * keeps is deleted. Rules only ever keep: one that is too careful costs space, one that is missing costs state.
 */
import type { Deployment } from '../deployment/deployment.ts';
import { locationOf } from './stored-points.ts';

/** What is deleted as a whole or not at all: one savepoint, or the directory with all checkpoints of one Flink job. */
export interface Unit {
  /** Bucket and key of a savepoint's folder, or of a Flink job's checkpoint directory. */
  readonly location: string;
  readonly kind: 'savepoint' | 'checkpoint';
  /** Of the deployment that wrote it; null: nobody knows. */
  readonly epoch: number | null;
  /** Of its newest checkpoint, where it is whole. */
  readonly checkpointId: number | null;
  /** Whether Flink can start from it, or from one of its checkpoints. */
  readonly whole: boolean;
  /** Whether it is on a branch that was left; null: nobody knows. */
  readonly abandoned: boolean | null;
  /**
   * For each way that a start may go on, whether it is on it or may be: that of what runs or ran last, and where this one
   * never ran, that of the one before.
   */
  readonly onWays: readonly boolean[];
  /** Milliseconds since 1970 of its newest object. */
  readonly changedAt: number;
}

/** The deployments whose restore points may be started from without anybody naming a path. */
export interface Needs {
  /** What runs, or ran last. */
  readonly current: Deployment;
  /** The one before it that ran: goes on where the current one never came up. */
  readonly previous: Deployment | null;
  /** Where a rollback without a number goes. */
  readonly target: Deployment | null;
  /** The newest deployment on the way that was started after `target`: it began with what the target left. */
  readonly afterTarget: Deployment | null;
  /** Epochs that have completed a checkpoint. */
  readonly provenEpochs: readonly number[];
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

/** Of what was left behind by going back: somebody may yet find that the way back was wrong. */
const ABANDONED_MS = 3_600_000;
/** Of what is not whole: a savepoint that takes a day is not whole until its end. */
const UNFINISHED_MS = 86_400_000;

interface Circumstances extends RetentionInput {
  /** Locations that a start may read. */
  readonly needed: ReadonlyMap<string, string>;
  readonly newest: ReadonlySet<Unit>;
  /** The `keep.count` newest of each kind. */
  readonly counted: ReadonlySet<Unit>;
}

/** Each rule keeps what it is true of; the sentence is the reason. Tests break each of them once. */
const rules: readonly (readonly [string, (unit: Unit, about: Circumstances) => boolean])[] = [
  ['whose it is is not known', ({ epoch }) => epoch === null],
  ['it is the newest of its kind', (unit, { newest }) => newest.has(unit)],
  ['a newer deployment wrote it', ({ epoch }, { current }) => epoch !== null && epoch > current.epoch],
  [
    'the current deployment writes there',
    ({ kind, epoch }, { current }) => kind === 'checkpoint' && epoch === current.epoch,
  ],
  ['it is needed to start from', (unit, { needed }) => needed.has(unit.location)],
  [
    'no later deployment has completed a checkpoint',
    ({ epoch, kind }, { provenEpochs }) => kind === 'checkpoint' && !provenEpochs.some((later) => later > (epoch ?? 0)),
  ],
  ['it is among those that are kept by count', (unit, { counted }) => counted.has(unit)],
  ['it is younger than the maximum age', ({ changedAt }, { keep, now }) => now - changedAt <= keep.maxAge],
  [
    'it was left behind only now',
    ({ abandoned, changedAt }, { now }) => abandoned === true && now - changedAt <= ABANDONED_MS,
  ],
  ['it may be in the making', ({ whole, changedAt }, { now }) => !whole && now - changedAt <= UNFINISHED_MS],
];

/** Why each is kept; null for those that may go. */
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
    needed: neededBy(input),
    newest: new Set(newest),
    counted: new Set([savepoints, checkpoints].flatMap((units) => units.slice(0, input.keep.count))),
  };
  return input.units.map((unit) => ({ unit, keptBecause: rules.find(([, keeps]) => keeps(unit, about))?.[0] ?? null }));
}

/** By (epoch, checkpoint id), never by time. */
export const newestUnitFirst = (a: Unit, b: Unit): number =>
  (b.epoch ?? -1) - (a.epoch ?? -1) || (b.checkpointId ?? -1) - (a.checkpointId ?? -1);

/**
 * What a start may read that names no path: for each deployment that one may go on from, the savepoint that it was stopped
 * with, else its checkpoints, and until it has completed one of its own (Flink's NO_CLAIM: its state is then its own) what
 * it was started from.
 */
function neededBy({ current, previous, target, afterTarget, units }: RetentionInput): ReadonlyMap<string, string> {
  const needed = new Map<string, string>();
  const directories = units.filter(({ kind }) => kind === 'checkpoint');
  /** A path within a checkpoint directory needs the whole of it. */
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
