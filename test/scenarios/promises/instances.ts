/** Promises 1, 3 and 7: an instance starts alone and by a request, and ends with a savepoint. */
import { isFailoverId } from '../../../src/domain/identity/ids.ts';
import type { Stage } from '../stage.ts';
import type { Instance } from '../instance.ts';
import { startOf, type Start } from './start.ts';
import { kinds, withoutSavepoint, type Asked, type Story, type Tell } from './story.ts';

/** The sweep before a start sees every application that has lived for this long. */
const SEEN_WITHIN_MS = 60_000;

export function atMostOne(stage: Stage, story: Story, instance: Instance, tell: Tell): void {
  const { truth, clock } = stage;
  const { application, job, others } = instance;
  if (others.length > 0) tell(1, `${application} came while ${others.join(' and ')} lived`);
  // A cluster that is silent, or was a moment ago, may hide a stranger.
  if (clock.now < story.yarnTroubledUntil + SEEN_WITHIN_MS) return;
  const hidden = truth.strangers(job).filter(({ submittedAt }) => submittedAt < clock.now - SEEN_WITHIN_MS);
  for (const stranger of hidden) {
    tell(1, `${application} came beside ${stranger.application}, which somebody else had started`);
  }
}

/**
 * Promise 1: an instance is given up only by a kill or a failover that says so and why, once its lease ends it, or when its job is
 * FINISHED.
 */
export function givenUpByRequest(
  { asked, signsFailed }: Story,
  { application, leasedUntil, endedAt, isFinished }: Instance,
  operation: string,
  tell: Tell,
): void {
  if (isFinished) return;
  if (isFailoverId(operation)) {
    if (leasedUntil === null) tell(1, `${application} keeps no lease, and Sluice gave it up by itself`);
    if (!signsFailed && endedAt === null) tell(1, `${application} was given up by Sluice while it gave signs of life`);
    return;
  }
  const isIt = ({ id, operation: accepted, kind, payload }: Asked): boolean =>
    (id ?? accepted?.id ?? operation) === operation &&
    ((kind === 'kill' && payload['giveUp'] === true) ||
      (kind === 'failover' && (payload['confirmUnfenced'] === true || leasedUntil !== null)));
  if (!asked.some(isIt)) tell(1, `${application} was given up by ${operation}, and nobody asked for that`);
}

/** Promise 7: an instance starts only by an operation that starts things, was asked for, and has not ended. */
export function stoppedStaysStopped(
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

/** Promise 3: Sluice kills an instance whose job ran only where an operation allows it, or where it did not come up. */
export function stoppedOnlyWithSavepoint(stage: Stage, story: Story, instance: Instance, tell: Tell): void {
  if (!instance.ended?.flinkJobRan) return;
  if (instance.givenUpAt !== null) return; // it was to be killed, and turned up again
  if (instance.isStranger && !instance.canRun) {
    tell(3, `${instance.application} was killed, which is not Sluice's`);
    return;
  }
  const isOpen = ({ id, operation }: Asked): boolean =>
    // A run that lost the lock did nothing, so the run that holds it may still act on the request.
    !stage.truth.audit.some(({ record }) => record.id === (id ?? operation?.id) && record.error?.code !== 'LockLost');
  const open = story.asked.filter(
    (asked) => isOpen(asked) && (asked.answer === 'accepted' || asked.answer === 'none' || asked.answer === 'lost'),
  );
  const mayKill = open.some(
    ({ kind, payload }) => kinds[kind].endsWithoutSavepoint || withoutSavepoint.has(payload['stopWith']),
  );
  // The intention of a kill that failed stays, and is carried out as soon as that is possible.
  const isToCome = stage.truth.audit.some(({ record }) =>
    kinds[record.kind].endsWithoutSavepoint || withoutSavepoint.has(record.request['stopWith'])
      ? Date.parse(record.acceptedAt) >= instance.submittedAt && record.outcome === 'failed'
      : false,
  );
  const own = startOf(stage, story, instance);
  const cameUp =
    instance.isStranger ||
    stage.truth.audit.some(
      // A failover ends what the operation before it was bringing up.
      ({ record: { id, outcome } }) => id === own?.operationId && outcome !== 'failed' && outcome !== 'superseded',
    );
  // An instance that is fenced off before its operation ended never came up: Sluice ends it as soon as it sees it.
  if (mayKill || isToCome || !cameUp || (own === null && !instance.isStranger)) return;
  const savepoints = instance.snapshots.filter(({ path }) => path.includes('/savepoints/'));
  tell(3, `${instance.application} was killed while its job ran; its savepoints: ${savepoints.length}`);
}
