/** Promises 4, 5, 9 and 14: records and the state of the job agree with the instances that lived. */
import { asyncLocalStorage } from '@temporalio/activity';
import { workflowIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import type { JobView } from '../../../src/domain/job/job-memory.ts';
import { NoWorker, WorkflowNotFound } from '../simulation/messages.ts';
import type { SimulatedTemporal } from '../simulation/server.ts';
import type { Stage } from '../stage.ts';
import type { Recorded } from '../truth.ts';
import { isStartOf } from './start.ts';
import type { Story, Tell } from './story.ts';

/** Promise 4: every accepted operation is in the audit log once, with who, when and how it ended. */
export function recordedOnce({ truth }: Stage, { asked, interruptions }: Story, tell: Tell): void {
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
    // A Sluice that lost its memory knows neither the operation nor the request that its id stood for.
    const wasInterrupted = interruptions.some((one) => one.sluice === sluice);
    if (!found || (wasInterrupted && found.fingerprint !== operation.fingerprint)) {
      if (!wasInterrupted) tell(4, `${kind} ${id ?? operation.id} was accepted and is not recorded`);
      continue;
    }
    // Two actors may send the same request in one moment, and either may come first; so may a repetition, once the
    // workflow has forgotten the first request.
    const askers = id === null ? [{ payload }] : asked.filter((other) => other.id === id);
    const actor = askers.map((asker) => (asker.payload['actor'] as string | undefined) ?? 'unknown').join(' or ');
    const isTheirs = actor.split(' or ').includes(found.actor);
    if (!isTheirs || found.kind !== kind || found.outcome === null || found.endedAt === null) {
      tell(4, `${kind} ${operation.id} of ${actor} is recorded as ${JSON.stringify(found)}`);
    }
  }
}

/** Promise 5: the operations of one Sluice follow each other. */
export function neverInterleaved(audit: readonly Recorded[], { asked, interruptions }: Story, tell: Tell): void {
  const sluiceOf = (id: string) => asked.find((request) => request.id === id || request.operation?.id === id)?.sluice;
  for (const sluice of new Set(asked.map((request) => request.sluice))) {
    if (interruptions.some((one) => one.sluice === sluice)) continue;
    const records = audit
      .map(({ record }) => record)
      .filter(({ id }) => sluiceOf(id) === sluice)
      .sort((a, b) => a.acceptedAt.localeCompare(b.acceptedAt));
    for (const [index, record] of records.entries()) {
      const before = records[index - 1];
      // A kill by force is accepted while the operation that it supersedes still runs.
      if (before?.interruption?.by === record.id) continue;
      if (before && (before.endedAt ?? '') > record.acceptedAt)
        tell(5, `${record.id} was accepted before ${before.id} had ended`);
    }
  }
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
export function failedDeployIsClear({ truth, world }: Stage, { record, at, live: all }: Recorded, tell: Tell): void {
  const live = all.filter(({ givenUpAt }) => givenUpAt === null);
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
  // A standby that failed leaves the old instance untouched.
  const cameToStart = record.phases.some(({ name }) => name === 'submitting');
  if (outcome === 'failed' && error && endedDead.has(error.code) && cameToStart && left.length !== 0) {
    tell(9, `${id} failed with ${error.code}, and ${left.map(({ application }) => application).join()} runs`);
  }
}

/** States that say that nothing runs. */
const over: ReadonlySet<string> = new Set(['stopped', 'failed', 'finished']);

/** Promise 14: a job is called over only once its instance is known to have ended, or a person has given it up. */
export function overIsKnown({ truth, sluices }: Stage, { job }: Story, tell: Tell): void {
  for (const [name, temporal] of sluices) {
    const view = viewIn(temporal, job);
    if (!view?.deployment || !over.has(view.state)) continue;
    const { applicationId, ended } = view.deployment;
    if (ended === null || view.endKnownBy === null) tell(14, `${name} calls ${job} ${view.state} and knows of no end`);
    if (view.endKnownBy?.kind === 'givenUp') continue;
    if (truth.live(job).some(({ application }) => application === applicationId))
      tell(14, `${name} calls ${job} ${view.state} while ${applicationId} lives`);
  }
}

/** Queries the workflow of the job. @returns its view; null while no worker answers or there is no workflow. */
export function viewIn(temporal: SimulatedTemporal, job: string): JobView | null {
  try {
    // The query leaves the activity's context, because this may run while an activity writes a record.
    return asyncLocalStorage.exit(() => temporal.query(workflowIdOf(job), 'job') as JobView); // what the query answers
  } catch (error) {
    if (error instanceof NoWorker || error instanceof WorkflowNotFound) return null;
    throw error;
  }
}
