/** Promise 2: a start goes on from the newest state, and Sluice deletes only snapshots that nothing needs. */
import { timeLimits } from '../../../src/domain/time-limits.ts';
import { OF_THE_PROGRAM } from '../../world/programs.ts';
import { BROKEN_HOTFIX, releases } from '../scenario.ts';
import type { Stage } from '../stage.ts';
import type { Instance, Snapshot } from '../instance.ts';
import type { Start } from './start.ts';
import type { Story, Tell } from './story.ts';

const isNewer = (a: Snapshot, b: Snapshot): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.checkpointId > b.checkpointId);
const newestOf = (snapshots: readonly Snapshot[]): Snapshot | null =>
  snapshots.reduce<Snapshot | null>((newest, one) => (newest && !isNewer(one, newest) ? newest : one), null);

/** Promise 2: a start goes on from the newest snapshot of its lineage, unless somebody asked for another. */
export function noStateLost(
  all: readonly Instance[],
  instance: Instance,
  start: Start | null,
  starts: ReadonlyMap<Instance, Start | null>,
  tell: Tell,
): void {
  const used = instance.known.find(({ path }) => path === instance.restoredFrom) ?? null;
  if (used && (used.goneAt ?? Infinity) < (instance.startedAt ?? 0) && !isTakenByLeft(all, used))
    tell(2, `${instance.application} started from ${used.path}, which was deleted`);
  // The request is about the new instance, not about the one that an operation goes back to.
  const request = start?.ordinal === 1 ? start.asked?.payload : undefined;
  if (used?.isDrained === true && request?.['acceptStateRisk'] !== true)
    tell(2, `${instance.application} went on from ${used.path}, whose stop had drained the job`);
  const kind = kindOf(request);
  if (asksForState(request) && kind === null) return;
  const before = all.slice(0, all.indexOf(instance)).filter(({ isStranger, canRun }) => !isStranger || canRun);
  // A start that asked for other state began a new lineage; so does an adopted instance.
  const from = before.findLastIndex(
    (earlier) => earlier.isStranger || (ran(earlier) && asksForState(starts.get(earlier)?.asked?.payload)),
  );
  const lineage = new Set(before.slice(Math.max(0, from)).map(({ epoch }) => epoch));
  // `stopWith: checkpoint` goes on from the newest checkpoint; a savepoint taken meanwhile has committed nothing.
  const onlyCheckpoints = start?.asked?.payload['stopWith'] === 'checkpoint';
  // A snapshot that an instance completes after it was given up is nobody's loss.
  const isLate = ({ epoch, at }: Snapshot): boolean =>
    all.some((one) => one.epoch === epoch && one.givenUpAt !== null && at >= one.givenUpAt);
  const isAccepted = request?.['discardNewerState'] === true;
  const counts = (snapshot: Snapshot): boolean =>
    !isLate(snapshot) &&
    lineage.has(snapshot.epoch) &&
    (kind === null || snapshot.path.includes(kind)) &&
    !(onlyCheckpoints && snapshot.path.includes('/savepoints/')) &&
    !(isAccepted && isOutOfReach(snapshot, instance)) &&
    !(wasTooQuick(all, snapshot) && isOutOfReach(snapshot, instance));
  const newest = newestOf(instance.known.filter(counts));
  if (!newest) return;
  if (used && !isNewer(newest, used)) return;
  tell(
    2,
    `${instance.application} of ${start?.operationId ?? '?'} went on from ${instance.restoredFrom ?? 'nothing'} though ${newest.path} was complete`,
  );
}

/** Whether an instance that was given up has taken its snapshot away since: it may live on, and no start can hold that up. */
const isTakenByLeft = (all: readonly Instance[], snapshot: Snapshot): boolean =>
  all.some(
    (one) => one.snapshots.includes(snapshot) && one.givenUpAt !== null && (snapshot.goneAt ?? 0) >= one.givenUpAt,
  );

/** Promise 2: Sluice deletes neither the newest snapshot, nor one that a living instance reads or would go back to. */
export function onlyNeedlessIsDeleted({ truth }: Stage, { job }: Story, snapshot: Snapshot, tell: Tell): void {
  const left = truth.snapshots.filter(({ goneAt }) => goneAt === null);
  if (!left.some((other) => isNewer(other, snapshot))) tell(2, `${snapshot.path} was deleted, which was the newest`);
  for (const instance of truth.live(job)) {
    if (instance.givenUpAt !== null) continue;
    const own = instance.snapshots.filter(({ path }) => path.includes('/checkpoints/'));
    if (own.includes(snapshot)) tell(2, `${snapshot.path} was deleted, which ${instance.application} counts on`);
    if (own.length === 0 && instance.restoredFrom === snapshot.path)
      tell(2, `${snapshot.path} was deleted, from which ${instance.application} starts`);
  }
}

/** Whether the Flink job of an instance can have run, by its release, because a job that ran may have left nothing. */
function ran({ startedAt, release, hotfix, snapshots }: Instance): boolean {
  const behaviour = hotfix === BROKEN_HOTFIX ? 'failsInMain' : releases[release ?? '']?.behaviour;
  return (
    snapshots.length > 0 || (startedAt !== null && behaviour !== 'failsInMain' && behaviour !== 'applicationFails')
  );
}

/** Whether nobody could start from a snapshot any more: it was deleted, or Sluice does not look where it lies. */
const isOutOfReach = ({ goneAt, path }: Snapshot, { submittedAt }: Instance): boolean =>
  (goneAt !== null && goneAt <= submittedAt) || path.includes(`/${OF_THE_PROGRAM}/`);

/**
 * Whether the instance of a snapshot ended by itself, or by somebody else, sooner than a real one completes its first
 * checkpoint: the world completes it at once.
 */
function wasTooQuick(all: readonly Instance[], { epoch }: Snapshot): boolean {
  const writer = all.find((one) => one.epoch === epoch && one.startedAt !== null);
  if (writer?.startedAt == null || writer.endedAt === null || writer.ended?.how !== 'other') return false;
  return writer.endedAt - writer.startedAt <= timeLimits.firstCheckpoint;
}

type Payload = Readonly<Record<string, unknown>> | undefined;

/** The folder of the kind of restore point that a start asked for; null when it left the kind open. */
function kindOf(request: Payload): string | null {
  const from = request?.['from'];
  return from === 'latest-savepoint' ? '/savepoints/' : from === 'latest-checkpoint' ? '/checkpoints/' : null;
}

function asksForState(request: Payload): boolean {
  const from = request?.['from'];
  return from !== undefined && from !== 'latest';
}
