/**
 * The promises of the design, each judged by what really happened: applications, snapshots, restore paths, records in S3,
 * and what was asked and answered. What Sluice thinks is not asked.
 */
import { asyncLocalStorage } from '@temporalio/activity';
import { Claim } from '../../src/domain/lock/fence.ts';
import { flinkJobIdOf, startKeyOf } from '../../src/domain/identity/ids.ts';
import { fingerprintOfRequest } from '../../src/domain/operation/asked.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import type { OperationRecord } from '../../src/domain/operation/operation.ts';
import { workflowIdOf } from '../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../src/domain/job/job-memory.ts';
import { NoWorker, WorkflowNotFound } from './simulation/messages.ts';
import type { SimulatedTemporal } from './simulation/server.ts';
import { BROKEN_HOTFIX, HOTFIXED, releases } from './scenario.ts';
import type { Stage } from './stage.ts';
import type { Instance, Recorded, Snapshot, Truth } from './truth.ts';

/** One request and what came back. */
export interface Asked {
  readonly sluice: string;
  readonly door: 'signal' | 'update';
  readonly kind: OperationKind;
  readonly payload: Readonly<Record<string, unknown>>;
  /** Null: left to Sluice. */
  readonly id: string | null;
  readonly at: number;
  readonly isRepeat: boolean;
  /** `none` yet, `accepted`, `lost`, or the code with which it was rejected. */
  answer: string;
  operation: OperationRecord | null;
}

export interface Interruption {
  readonly sluice: string;
  readonly how: 'terminate' | 'reset';
  readonly at: number;
}

export interface Story {
  readonly job: string;
  readonly asked: readonly Asked[];
  readonly interruptions: readonly Interruption[];
  stuck?: string;
  /** Until then a cluster may not have answered. */
  yarnTroubledUntil: number;
}

/** What a kind of operation may do; a new kind gets a line here. */
const kinds: Record<OperationKind, { readonly starts: boolean; readonly endsWithoutSavepoint: boolean }> = {
  deploy: { starts: true, endsWithoutSavepoint: false },
  savepoint: { starts: false, endsWithoutSavepoint: false },
  stop: { starts: false, endsWithoutSavepoint: false },
  kill: { starts: false, endsWithoutSavepoint: true },
  resume: { starts: true, endsWithoutSavepoint: false },
  restart: { starts: true, endsWithoutSavepoint: false },
  rollback: { starts: true, endsWithoutSavepoint: false },
  hotfix: { starts: true, endsWithoutSavepoint: false },
  revertHotfix: { starts: true, endsWithoutSavepoint: false },
  adopt: { starts: false, endsWithoutSavepoint: false },
  recover: { starts: false, endsWithoutSavepoint: false },
};

/** What `stopWith` may say instead of a savepoint. */
const withoutSavepoint: ReadonlySet<unknown> = new Set(['none', 'checkpoint']);

/** How a kill ends of which nobody knows whether it arrived. */
const unconfirmed: ReadonlySet<string | undefined> = new Set([
  'ApplicationNotEnding',
  'ClusterUnreachable',
  'OperationTimedOut',
]);

/** Watches from now on. @returns what asks, at the end, for everything that was broken. */
export function watch(stage: Stage, story: Story): () => readonly string[] {
  const { truth } = stage;
  const broken: string[] = [];
  const tell = (promise: number, what: string): void => {
    const at = new Date(stage.clock.now).toISOString();
    broken.push(`promise ${promise}: ${what} (${at})`);
  };
  truth.onInstance.push((instance) => {
    atMostOne(stage, story, instance, tell);
    if (instance.isStranger) return; // adopted: nobody started it
    const start = startOf(stage, story, instance);
    stoppedStaysStopped(stage, story, instance, start, tell);
    starts.set(instance, start);
  });
  truth.onKill.push((instance) => stoppedOnlyWithSavepoint(stage, story, instance, tell));
  truth.onRecord.push((recorded) => failedDeployIsClear(stage, recorded, tell));
  truth.onRecord.push(() => overIsKnown(stage, story, tell));
  truth.onRemoved.push((snapshot) => onlyNeedlessIsDeleted(stage, story, snapshot, tell));
  const starts = new Map<Instance, Start | null>();
  return () => {
    for (const instance of truth.instances) {
      if (instance.startedAt === null || instance.isStranger) continue;
      const start = starts.get(instance) ?? null;
      noStateLost(truth.instances, instance, start, starts, tell);
      whatWasDeclared(story, instance, start, tell);
      hotfixIsKept(stage, instance, start, starts, tell);
    }
    overIsKnown(stage, story, tell);
    recordedOnce(stage, story, tell);
    neverInterleaved(truth.audit, story, tell);
    return broken;
  };
}

/** States that say that nothing runs. */
const over: ReadonlySet<string> = new Set(['stopped', 'failed', 'finished']);

/** Promise 14: a job is called over only once its instance is known to have ended, or a person has decided that it has. */
function overIsKnown({ truth, sluices }: Stage, { job }: Story, tell: Tell): void {
  for (const [name, temporal] of sluices) {
    const view = viewIn(temporal, job);
    if (!view?.deployment || !over.has(view.state)) continue;
    const { applicationId, ended } = view.deployment;
    if (ended === null || view.endKnownBy === null) tell(14, `${name} calls ${job} ${view.state} and knows of no end`);
    if (view.endKnownBy?.kind === 'decided') continue;
    if (truth.live(job).some(({ application }) => application === applicationId))
      tell(14, `${name} calls ${job} ${view.state} while ${applicationId} lives`);
  }
}

/** What the workflow of the job says; null while nobody can ask it. */
function viewIn(temporal: SimulatedTemporal, job: string): JobView | null {
  try {
    // What is asked here belongs to no activity, though one may be writing a record.
    return asyncLocalStorage.exit(() => temporal.query(workflowIdOf(job), 'job') as JobView); // what the query answers
  } catch (error) {
    if (error instanceof NoWorker || error instanceof WorkflowNotFound) return null;
    throw error;
  }
}

/** What has lived so long is seen by the sweep before a start. */
const SEEN_WITHIN_MS = 60_000;

type Tell = (promise: number, what: string) => void;

function atMostOne({ truth, clock }: Stage, story: Story, { application, job, others }: Instance, tell: Tell): void {
  if (others.length > 0) tell(1, `${application} came while ${others.join(' and ')} lived`);
  // A cluster that is silent, or was a moment ago, may hide one.
  if (clock.now < story.yarnTroubledUntil + SEEN_WITHIN_MS) return;
  const hidden = truth.strangers(job).filter(({ submittedAt }) => submittedAt < clock.now - SEEN_WITHIN_MS);
  for (const stranger of hidden)
    tell(1, `${application} came beside ${stranger.application}, which somebody else had started`);
}

/** Whose start an instance is, found by the Flink job id that derives from operation, ordinal and epoch. */
interface Start {
  readonly operationId: string;
  /** Of what was asked: the same id may have come with something else, which was refused. */
  readonly fingerprint: string;
  readonly ordinal: number;
  readonly asked: Asked | null;
}

/** The request behind a claim: one id may have been sent with other payloads too, which were rejected. */
function requestOf({ asked }: Story, { id, kind, fingerprint }: Claim): Asked | null {
  const isIt = (request: Asked): boolean =>
    request.id === null
      ? request.operation?.id === id || (request.door === 'signal' && request.operation === null)
      : request.id === id;
  return (
    asked.find(
      (request) =>
        isIt(request) && request.kind === kind && fingerprintOfRequest(kind, request.payload) === fingerprint,
    ) ?? null
  );
}

function startOf({ world }: Stage, story: Story, { flinkJobId, epoch }: Instance): Start | null {
  const { job, asked } = story;
  const claimed = world
    .keys(`operations/${job}/`)
    .map((key) => key.slice(`operations/${job}/`.length, -'.json'.length));
  for (const operationId of new Set([...asked.flatMap(({ id }) => id ?? []), ...claimed])) {
    for (const ordinal of [1, 2, 3]) {
      if (flinkJobIdOf(job, startKeyOf(operationId, ordinal), epoch) !== flinkJobId) continue;
      const claim = Claim.parse(world.json(`operations/${job}/${operationId}.json`));
      return { operationId, fingerprint: claim.fingerprint, ordinal, asked: requestOf(story, claim) };
    }
  }
  return null;
}

/** Promise 7: an instance starts only by an operation that starts things, was asked for, and has not ended. */
function stoppedStaysStopped(
  { truth }: Stage,
  { interruptions }: Story,
  instance: Instance,
  start: Start | null,
  tell: Tell,
): void {
  if (!start) {
    tell(7, `${instance.application} was started by no operation`);
    return;
  }
  const kind = start.asked?.kind;
  if (!kind || !kinds[kind].starts)
    tell(7, `${instance.application} was started by ${kind ?? 'nothing'} ${start.operationId}`);
  const ended = truth.audit.find(
    ({ record }) => record.id === start.operationId && record.fingerprint === start.fingerprint,
  );
  // A reset repeats the signal while the submit of the run before is on its way: the repetition loses the lock at once.
  const isRepetition = interruptions.length > 0 && ended?.record.error?.code === 'LockLost';
  // A kill by force is recorded once all that its predecessor had under way is dead, a launcher's client too.
  const isSuperseded = instance.byRunner && ended?.record.outcome === 'superseded';
  const killer = isSuperseded ? ended.record.interruption?.by : undefined;
  const isBeingKilled = killer !== undefined && !truth.audit.some(({ record }) => record.id === killer);
  if (ended && !isRepetition && !isBeingKilled)
    tell(
      7,
      `${instance.application} was started by ${start.operationId}, which had ended ${ended.record.outcome ?? ''}`,
    );
}

/** Promise 3: an instance whose job ran is killed only by who may, or because it did not come up. */
function stoppedOnlyWithSavepoint(stage: Stage, story: Story, instance: Instance, tell: Tell): void {
  if (!instance.ended?.flinkJobRan) return;
  if (instance.isStranger && !instance.canRun) {
    tell(3, `${instance.application} was killed, which is not Sluice's`);
    return;
  }
  const isOpen = ({ id, operation }: Asked): boolean =>
    // Who lost the lock did nothing; the one that holds it may still act.
    !stage.truth.audit.some(({ record }) => record.id === (id ?? operation?.id) && record.error?.code !== 'LockLost');
  const open = story.asked.filter(
    (asked) => isOpen(asked) && (asked.answer === 'accepted' || asked.answer === 'none' || asked.answer === 'lost'),
  );
  const mayKill = open.some(
    ({ kind, payload }) => kinds[kind].endsWithoutSavepoint || withoutSavepoint.has(payload['stopWith']),
  );
  // A kill whose cluster did not answer was not confirmed, and is delivered when it answers again.
  const isUnconfirmed = stage.truth.audit.some(({ record }) =>
    kinds[record.kind].endsWithoutSavepoint || withoutSavepoint.has(record.request['stopWith'])
      ? Date.parse(record.acceptedAt) >= instance.submittedAt && unconfirmed.has(record.error?.code)
      : false,
  );
  const own = startOf(stage, story, instance);
  const cameUp =
    instance.isStranger ||
    stage.truth.audit.some(({ record }) => record.id === own?.operationId && record.outcome !== 'failed');
  // One that is fenced off before its operation ended is ended as soon as it is seen.
  if (mayKill || isUnconfirmed || !cameUp || (own === null && !instance.isStranger)) return;
  const savepoints = instance.snapshots.filter(({ path }) => path.includes('/savepoints/'));
  tell(3, `${instance.application} was killed while its job ran; its savepoints: ${savepoints.length}`);
}

const isNewer = (a: Snapshot, b: Snapshot): boolean =>
  a.epoch > b.epoch || (a.epoch === b.epoch && a.checkpointId > b.checkpointId);
const newestOf = (snapshots: readonly Snapshot[]): Snapshot | null =>
  snapshots.reduce<Snapshot | null>((newest, one) => (newest && !isNewer(one, newest) ? newest : one), null);

/** Promise 2: a start goes on from the newest snapshot of its lineage, unless somebody asked for another. */
function noStateLost(
  all: readonly Instance[],
  instance: Instance,
  start: Start | null,
  starts: ReadonlyMap<Instance, Start | null>,
  tell: Tell,
): void {
  const used = instance.known.find(({ path }) => path === instance.restoredFrom) ?? null;
  if (used && (used.goneAt ?? Infinity) < (instance.startedAt ?? 0))
    tell(2, `${instance.application} started from ${used.path}, which was deleted`);
  const kind = kindOf(start);
  if (asksForState(start) && kind === null) return;
  const before = all.slice(0, all.indexOf(instance)).filter(({ isStranger, canRun }) => !isStranger || canRun);
  // Whoever asked for other state began a new lineage there.
  const from = before.findLastIndex(
    (earlier) => earlier.isStranger || (ran(earlier) && asksForState(starts.get(earlier) ?? null)),
  );
  const lineage = new Set(before.slice(Math.max(0, from)).map(({ epoch }) => epoch));
  // Who stops with a checkpoint asks for the newest one of these; a savepoint taken meanwhile has committed nothing.
  const onlyCheckpoints = start?.asked?.payload['stopWith'] === 'checkpoint';
  const counts = ({ epoch, path }: Snapshot): boolean =>
    lineage.has(epoch) && (kind === null || path.includes(kind)) && !(onlyCheckpoints && path.includes('/savepoints/'));
  const newest = newestOf(instance.known.filter(counts));
  if (!newest) return;
  if (used && !isNewer(newest, used)) return;
  tell(
    2,
    `${instance.application} of ${start?.operationId ?? '?'} went on from ${instance.restoredFrom ?? 'nothing'} though ${newest.path} was complete`,
  );
}

/** Promise 2: what is deleted is neither the newest, nor what a living instance reads or would go back to. */
function onlyNeedlessIsDeleted({ truth }: Stage, { job }: Story, snapshot: Snapshot, tell: Tell): void {
  const left = truth.snapshots.filter(({ goneAt }) => goneAt === null);
  if (!left.some((other) => isNewer(other, snapshot))) tell(2, `${snapshot.path} was deleted, which was the newest`);
  for (const instance of truth.live(job)) {
    const own = instance.snapshots.filter(({ path }) => path.includes('/checkpoints/'));
    if (own.includes(snapshot)) tell(2, `${snapshot.path} was deleted, which ${instance.application} counts on`);
    if (own.length === 0 && instance.restoredFrom === snapshot.path)
      tell(2, `${snapshot.path} was deleted, from which ${instance.application} starts`);
  }
}

/** Whether its Flink job can have run: by what its release does, since a job that ran may have left nothing. */
function ran({ startedAt, release, hotfix, snapshots }: Instance): boolean {
  const behaviour = hotfix === BROKEN_HOTFIX ? 'failsInMain' : releases[release ?? '']?.behaviour;
  return (
    snapshots.length > 0 || (startedAt !== null && behaviour !== 'failsInMain' && behaviour !== 'applicationFails')
  );
}

/** Where the points lie of which the newest was asked for, when only one kind was. */
function kindOf(start: Start | null): string | null {
  const from = start?.asked?.payload['from'];
  return from === 'latest-savepoint' ? '/savepoints/' : from === 'latest-checkpoint' ? '/checkpoints/' : null;
}

function asksForState(start: Start | null): boolean {
  const from = start?.asked?.payload['from'];
  return from !== undefined && from !== 'latest';
}

const namesRelease: ReadonlySet<OperationKind> = new Set(['deploy', 'adopt']);

/** Promise 8: JAR and configuration are those of the release that was asked for, or of the one that ran before. */
function whatWasDeclared(story: Story, instance: Instance, start: Start | null, tell: Tell): void {
  const { application, release, marker } = instance;
  if (release !== marker)
    tell(8, `${application} runs the JAR of ${release ?? '?'} with the configuration of ${marker ?? '?'}`);
  const asked = start?.asked;
  if (!asked) return;
  if (asked.kind === 'deploy' && start.ordinal === 1) {
    if (release !== asked.payload['release'])
      tell(
        8,
        `${application} runs ${release ?? '?'}; ${start.operationId} asked for ${String(asked.payload['release'])}`,
      );
    return;
  }
  const before = story.asked.filter(({ kind, at }) => namesRelease.has(kind) && at <= instance.submittedAt);
  if (!before.some(({ payload }) => payload['release'] === release)) {
    tell(8, `${application} runs ${release ?? '?'}, which nobody asked for before`);
  }
}

/** Promise 8: the values of a hotfix run when it was asked for, and from then on until it is reverted. */
function hotfixIsKept(
  { truth }: Stage,
  instance: Instance,
  start: Start | null,
  starts: ReadonlyMap<Instance, Start | null>,
  tell: Tell,
): void {
  const asked = start?.asked;
  if (!asked || start.ordinal !== 1) return;
  const { application, hotfix } = instance;
  const shows = (wanted: string | null): void => {
    if (hotfix === wanted) return;
    tell(
      8,
      `${application} of ${asked.kind} ${start.operationId} runs with ${hotfix ?? 'no hotfix'}, not ${wanted ?? 'without'}`,
    );
  };
  switch (asked.kind) {
    case 'revertHotfix':
      shows(null);
      return;
    case 'hotfix':
    case 'deploy':
    case 'restart':
    case 'resume': {
      const set = asked.payload['set'] as Readonly<Record<string, string>> | undefined; // as the table has it
      const base = cameUpBefore(truth, instance, starts);
      if (set && HOTFIXED in set) shows(set[HOTFIXED] ?? null);
      else if (base) shows(base.hotfix);
      return;
    }
    case 'rollback': // goes back to the hotfix of the deployment that it goes back to
    case 'savepoint':
    case 'stop':
    case 'kill':
    case 'adopt':
    case 'recover':
  }
}

/** The instance that a start goes on from, where there is no doubt: it came up, and nothing was tried in between. */
function cameUpBefore(
  { instances, audit }: Truth,
  instance: Instance,
  starts: ReadonlyMap<Instance, Start | null>,
): Instance | null {
  const base = instances.slice(0, instances.indexOf(instance)).at(-1);
  const by = base && starts.get(base);
  if (!base || !by || base.startedAt === null) return null;
  const record = audit.find((one) => one.record.id === by.operationId)?.record;
  if (record?.outcome !== 'succeeded' || by.ordinal !== 1) return null;
  const wasTried = audit.some(
    ({ record: other, at }) =>
      kinds[other.kind].starts && other.id !== by.operationId && at > base.submittedAt && at < instance.submittedAt,
  );
  return wasTried ? null : base;
}

/** Failures after which nothing may run any more. */
const endedDead = new Set([
  'StartFailed',
  'StartTimedOut',
  'VerificationFailed',
  'ConfigOverriddenByCode',
  'SubmissionLost',
]);

/** Promise 9: after a failed deploy runs the old or the new one, or nothing and the restore points are there. */
function failedDeployIsClear({ truth, world }: Stage, { record, at, live }: Recorded, tell: Tell): void {
  if (record.kind !== 'deploy' || record.endedAt === null) return;
  const began = Date.parse(record.acceptedAt);
  const disturbed = truth.instances.some(
    ({ endedAt, ended }) => endedAt !== null && endedAt >= began && ended?.how === 'other',
  );
  if (at - Date.parse(record.endedAt) > 1_000 || disturbed) return;
  const { savepoint, outcome, error, id } = record;
  if (savepoint !== null && !world.s3.objects.has(`${savepoint.replace(/^s3:\/\/[^/]+\//, '')}/_metadata`)) {
    tell(9, `${id} ended ${outcome ?? ''}, and its savepoint ${savepoint} is not there`);
  }
  if (live.length > 1) tell(9, `${id} ended ${outcome ?? ''} with ${live.length} instances`);
  // Between the end of the failed instance and the record a second Sluice may have started one of its own.
  const left = live.filter((instance) => instance.submittedAt < began || isStartOf(instance, id));
  const isTakenOver = left.length < live.length;
  if (outcome === 'rolledBack' && left.length !== 1 && !isTakenOver)
    tell(9, `${id} was rolled back, and ${live.length} instances run`);
  if (outcome === 'failed' && error && endedDead.has(error.code) && left.length !== 0) {
    tell(9, `${id} failed with ${error.code}, and ${left.map(({ application }) => application).join()} runs`);
  }
}

const isStartOf = ({ job, epoch, flinkJobId }: Instance, operation: string): boolean =>
  [1, 2].some((ordinal) => flinkJobIdOf(job, startKeyOf(operation, ordinal), epoch) === flinkJobId);

/** Promise 4: every accepted operation is in the audit log once, with who, when and how it ended. */
function recordedOnce({ truth }: Stage, { asked, interruptions }: Story, tell: Tell): void {
  for (const id of new Set(truth.audit.map(({ record }) => record.id))) {
    const records = truth.audit.filter(({ record }) => record.id === id);
    const whose = asked.find((request) => request.id === id || request.operation?.id === id)?.sluice;
    if (records.length > 1 && !interruptions.some(({ sluice }) => whose === undefined || sluice === whose)) {
      tell(4, `${id} is recorded ${records.length} times: ${records.map(({ record }) => record.outcome).join(', ')}`);
    }
  }
  for (const { id, operation, answer, kind, payload, sluice, isRepeat } of asked) {
    if (answer !== 'accepted' || !operation || isRepeat) continue;
    const found = truth.audit.find(({ record }) => record.id === operation.id)?.record;
    // Who lost its memory knows neither the operation nor what its id was used for.
    const wasInterrupted = interruptions.some((one) => one.sluice === sluice);
    if (!found || (wasInterrupted && found.fingerprint !== operation.fingerprint)) {
      if (!wasInterrupted) tell(4, `${kind} ${id ?? operation.id} was accepted and is not recorded`);
      continue;
    }
    // Of two who ask for the same in one moment either may be first; a repetition may be, once the first was forgotten.
    const askers = id === null ? [{ payload }] : asked.filter((other) => other.id === id);
    const actor = askers.map((asker) => (asker.payload['actor'] as string | undefined) ?? 'unknown').join(' or ');
    const isTheirs = actor.split(' or ').includes(found.actor);
    if (!isTheirs || found.kind !== kind || found.outcome === null || found.endedAt === null) {
      tell(4, `${kind} ${operation.id} of ${actor} is recorded as ${JSON.stringify(found)}`);
    }
  }
}

/** Promise 5: the operations of one Sluice follow each other. */
function neverInterleaved(audit: readonly Recorded[], { asked, interruptions }: Story, tell: Tell): void {
  const sluiceOf = (id: string) => asked.find((request) => request.id === id || request.operation?.id === id)?.sluice;
  for (const sluice of new Set(asked.map((request) => request.sluice))) {
    if (interruptions.some((one) => one.sluice === sluice)) continue;
    const records = audit
      .map(({ record }) => record)
      .filter(({ id }) => sluiceOf(id) === sluice)
      .sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt));
    for (const [index, record] of records.entries()) {
      const before = records[index - 1];
      // A kill by force is accepted while the one runs that it takes the place of.
      if (before?.interruption?.by === record.id) continue;
      if (before && (before.endedAt ?? '') > record.acceptedAt)
        tell(5, `${record.id} was accepted before ${before.id} had ended`);
    }
  }
}
