/** Open starts of the fence: asks YARN about each, and closes the starts that are proven to be over. */
import { sleep } from '@temporalio/activity';
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import { isCode, SluiceError } from '../../domain/errors/errors.ts';
import { unclosed, type Fence, type Start } from '../../domain/lock/fence.ts';
import { neverOpened, replacerOf, withRevoked } from '../../domain/lock/gate.ts';
import type { GivenUpInstance } from '../../domain/lock/give-up.ts';
import { SUPERVISOR } from '../../domain/operation/asker.ts';
import { operationOfStart } from '../../domain/identity/ids.ts';
import { stagedConfigKey, stagedGateKey, stagingPrefix } from '../../domain/identity/storage-keys.ts';
import { dropAdoption } from '../../records/adoptions.ts';
import { howEnded } from '../instance/how-ended.ts';
import { doubtThatDead } from '../instance/confirm-dead.ts';
import { neverTaken } from '../instance/never-ran.ts';
import { clusterOfInstance, now, type Dependencies } from '../dependencies/dependencies.ts';
import { readDeployment } from '../../records/deployments.ts';
import { dropTraces } from '../../records/traces.ts';
import { changeGates, readGates } from '../../records/gates.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { poll } from '../poll.ts';
import { findApplication } from '../instance/flink-application.ts';
import { closeStarts } from './close-start.ts';

/**
 * Closes the starts that are over, except the application that runs.
 * @throws SluiceError `ApplicationNotEnding` when another start lives or may live: then nothing may be started.
 */
export async function settleStarts(
  deps: Dependencies,
  fence: Fence,
  { running, startKey }: { readonly running: string | null; readonly startKey: string },
): Promise<void> {
  const { job } = fence;
  for (const start of unclosed(fence)) {
    // Another attempt of this activity may have taken the start that is to be made.
    if (start.applicationId === running || start.startKey === startKey) continue; // `running` as the fence knows it
    const settled = await settleStart(deps, job, start);
    if (settled.kind !== 'live' && settled.kind !== 'doubtful') continue;
    const reason = settled.kind === 'live' ? 'it still runs' : settled.reason;
    throw new SluiceError(
      'ApplicationNotEnding',
      `application ${start.applicationId} of an earlier start of ${job} is not confirmed dead: ${reason}`,
    );
  }
}

/** Fate of an open start. */
export type Settled =
  /** The start runs as this application, and stays open. */
  | { readonly kind: 'live'; readonly applicationId: string }
  /** YARN never had the start and never will, so the start is closed. */
  | { readonly kind: 'unsubmitted' }
  /** Nothing of the start lives, and its ResourceManager may have forgotten how it ended; the start is closed. */
  | { readonly kind: 'forgotten' }
  /** The start is over and closed. */
  | { readonly kind: 'ended'; readonly report: ApplicationReport }
  /** A standby took over when its job was FINISHED, and its cluster is silent: the start is closed without the word of YARN. */
  | { readonly kind: 'left'; readonly instance: GivenUpInstance }
  /** Processes of the start may live, so the start stays open. */
  | { readonly kind: 'doubtful'; readonly reason: string };

/** Closes one start when YARN runs it no more and no node holds a container of it. */
export async function settleStart(deps: Dependencies, job: string, start: Start): Promise<Settled> {
  if (await neverRuns(deps, job, start))
    return close(deps, job, start, { how: 'unsubmitted', over: null, applicationIds: [start.applicationId] });
  const replacer = replacerOf(await readGates(deps.s3, job), start);
  try {
    return await settleByYarn(deps, job, start, replacer !== null);
  } catch (error) {
    if (replacer === null || !isCode(error, 'ClusterUnreachable')) throw error;
    return await leave(deps, job, start, replacer);
  }
}

/** @param isOver whether a standby took over, so that whatever lives of the start is to be ended. */
async function settleByYarn(deps: Dependencies, job: string, start: Start, isOver: boolean): Promise<Settled> {
  const { yarn } = clusterOfInstance(deps, start.cluster);
  const reserved = await yarn.application(start.applicationId);
  const found = start.launcher === 'direct' ? reserved : await findApplication(deps, start);
  const report = isOver && found ? await endReplaced(deps, start, found) : found;
  if (report && !isTerminal(report.state))
    return isOver
      ? { kind: 'doubtful', reason: `${report.id} is being ended` }
      : { kind: 'live', applicationId: report.id };
  if (start.launcher !== 'direct' && reserved && !isTerminal(reserved.state)) {
    // The operation of this start is gone, and its client reads no fence. Without the staged files a late submit cannot
    // run.
    await unstage(deps, job, start);
    return { kind: 'doubtful', reason: `launcher ${reserved.id} is ${reserved.state} and may submit it yet` };
  }
  const record = await recordOf(deps, job, start);
  const { nodes = [] } = record ?? {};
  const suspects = new Map([[start.applicationId, reserved]]);
  if (report) suspects.set(report.id, report);
  // The record of a deployment is written before its submit, so a start without one that YARN does not know was never
  // submitted.
  const wasSubmitted = record !== null || start.adopted || reserved !== null || report !== null;
  for (const [applicationId, word] of wasSubmitted && !isOver ? suspects : []) {
    const { cluster, flinkJobId } = start;
    const doubt = await doubtThatDead(deps, { job, cluster, applicationId, flinkJobId, report: word, nodes });
    if (doubt !== null) return { kind: 'doubtful', reason: doubt };
  }
  // The launcher submitted nothing: it has an end, and there was no instance.
  const over = report ?? reserved;
  const isForgotten = over === null && wasSubmitted && !(await neverTaken({ yarn }, start.applicationId));
  const how = over === null && !isForgotten ? 'unsubmitted' : report ? howEnded(report) : 'failed';
  return close(deps, job, start, { how, over, isForgotten, applicationIds: [...suspects.keys()] });
}

/**
 * Closes a start by the proof with which a standby took over from it: Flink had said that its job was FINISHED, and its gate is
 * revoked. Its application is ended as one that was given up, once its cluster answers.
 */
async function leave(deps: Dependencies, job: string, start: Start, replacer: string): Promise<Settled> {
  const { startKey, epoch, deployment, cluster } = start;
  const applicationId = (await recordOf(deps, job, start))?.applicationId ?? start.applicationId;
  const givenUp = {
    by: operationOfStart(replacer),
    actor: SUPERVISOR,
    reason: `Flink said that its job was FINISHED before start ${replacer} took over; cluster ${cluster} does not answer, so the word of YARN is missing`,
    applicationId,
    deadAt: now(),
    isFinished: true,
  };
  await unstage(deps, job, start);
  await closeStarts(deps, job, [{ startKey, closed: { how: 'stopped', givenUp } }]);
  return { kind: 'left', instance: { ...givenUp, epoch, deployment, cluster, at: now() } };
}

const ENDS_WITHIN_MS = 15_000;

/**
 * Ends an application in whose place a standby was promoted when its tasks had FINISHED: whoever was to end it is gone.
 * @returns the newest report.
 */
async function endReplaced(
  deps: Dependencies,
  { cluster }: Start,
  report: ApplicationReport,
): Promise<ApplicationReport | null> {
  if (isTerminal(report.state)) return report;
  const { yarn } = clusterOfInstance(deps, cluster);
  await yarn.kill(report.id);
  const waited = await poll({ deadlineMs: ENDS_WITHIN_MS, everyMs: 200 }, async () => {
    const newest = await yarn.application(report.id);
    return newest && !isTerminal(newest.state) ? { seen: newest.state } : { found: newest };
  });
  return 'found' in waited ? waited.found : report;
}

interface Over {
  readonly how: NonNullable<Start['closed']>['how'];
  /** The last report of YARN; null: YARN never had the start, has forgotten it, or is not needed to know that it never runs. */
  readonly over: ApplicationReport | null;
  /** Whether YARN had it and may have forgotten how it ended. */
  readonly isForgotten?: boolean;
  readonly applicationIds: readonly string[];
}

/** Closes a start that is over, and ends what YARN still gets of one that was never submitted. */
async function close(
  deps: Dependencies,
  job: string,
  start: Start,
  { how, over, isForgotten = false, applicationIds }: Over,
): Promise<Settled> {
  await unstage(deps, job, start);
  await closeStarts(deps, job, [{ startKey: start.startKey, closed: { how } }]);
  if (start.adopted) await dropAdoption(deps.s3, start);
  for (const applicationId of applicationIds) await dropTraces(deps.s3, { job, applicationId });
  if (over) return { kind: 'ended', report: over };
  await endLateSubmit(deps, start);
  return { kind: isForgotten ? 'forgotten' : 'unsubmitted' };
}

/**
 * Revokes a gate that let nothing in: nobody waits for the client of this start any more, or promotes its standby. Whatever was
 * submitted, or still will be, can never run. Another attempt may have revoked the gate and died before it closed the start.
 */
export async function neverRuns(
  { s3 }: Dependencies,
  job: string,
  { startKey }: Pick<Start, 'startKey'>,
): Promise<boolean> {
  const gates = await changeGates(s3, job, (newest) =>
    neverOpened(newest, startKey) ? withRevoked(newest, startKey, now()) : newest,
  );
  return neverOpened(gates, startKey);
}

async function recordOf(deps: Dependencies, job: string, start: Start): Promise<Deployment | null> {
  const record = await readDeployment(deps.s3, job, start.deployment);
  return record?.startKey === start.startKey ? record : null;
}

/**
 * Takes away the configuration that the application master's container needs. A submit that is still on its way, or that
 * a ResourceManager without memory takes again, then fails before Flink starts: the container cannot be made.
 */
export async function unstage(
  { s3 }: Dependencies,
  job: string,
  { flinkJobId, launcher }: Pick<Start, 'flinkJobId' | 'launcher'>,
): Promise<void> {
  await s3.remove(stagedConfigKey(job, flinkJobId));
  if (launcher === 'direct') return;
  await s3.remove(stagedGateKey(job, flinkJobId));
  // A killed application master leaves here what Flink's client has uploaded.
  for await (const entry of s3.list(stagingPrefix(job, flinkJobId))) {
    if (entry.kind === 'object') await s3.remove(entry.key);
  }
}

/**
 * Once a start is closed nothing may submit it, but a submit that read the fence just before may still be under way.
 * Its requests end within the window, and this function ends what turns up until then.
 */
export async function endLateSubmit(
  deps: Dependencies,
  {
    cluster,
    applicationId,
    launcher,
    flinkJobId,
  }: Pick<Start, 'cluster' | 'applicationId' | 'launcher' | 'flinkJobId'>,
): Promise<void> {
  const { yarn } = clusterOfInstance(deps, cluster);
  for (const endsAt = Date.now() + deps.submitWindowMs; ;) {
    const reserved = await yarn.application(applicationId);
    // A client's last request may reach YARN after all looks. Its application cannot run any more, but would wait.
    const late = launcher === 'shell-runner' ? await findApplication(deps, { cluster, flinkJobId }) : null;
    const living = [reserved, late].filter((report) => report !== null).filter(({ state }) => !isTerminal(state));
    for (const { id } of living) await yarn.kill(id);
    if (living.length === 0 && (reserved || Date.now() >= endsAt)) return;
    await sleep(Math.min(500, deps.submitWindowMs));
  }
}
