/** Ends an application: asks YARN until the application is dead, then closes its start in the fence. */
import { Context } from '@temporalio/activity';
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Cause } from '../../domain/errors/cause.ts';
import { reservedId, type Deployment, type Ending as HowEnded } from '../../domain/deployment/deployment.ts';
import { isCode, SluiceError, withoutAnswer } from '../../domain/errors/errors.ts';
import { neverOpened, type Gates } from '../../domain/lock/gate.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { dropAdoption } from '../../records/adoptions.ts';
import { lookForLife } from '../instance/confirm-dead.ts';
import { clusterOfInstance, now, type Dependencies } from '../dependencies/dependencies.ts';
import { changeDeployment, storedDeployment } from '../../records/deployments.ts';
import type { StoredRecord } from '../../records/record.ts';
import { closeStarts } from './close-start.ts';
import { askedAfter, type Ended, type EndInput } from './ended.ts';
import { ASK_AGAIN_MS, EndingRunner } from './end-runner.ts';
import { saveEvidence } from './evidence.ts';
import { dropTraces } from '../../records/traces.ts';
import { findApplication } from '../instance/flink-application.ts';
import { isLeaseOver } from '../instance/how-ended.ts';
import { isUnregistered, neverRanBy, neverTaken, NotBegun } from '../instance/never-ran.ts';
import { noteTraces } from '../instance/traces.ts';
import { poll, type Look } from '../poll.ts';
import { higherOf, noMark, withCheckpoint, type Mark } from '../../domain/restore-points/progress.ts';
import { countProgress } from '../instance/count-progress.ts';
import { knownOf, provePoint, retainedCheckpoint } from '../restore-points/stored-points.ts';
import { takingOf } from '../restore-points/savepoint-writer.ts';
import { endLateSubmit, unstage } from './settle-starts.ts';

export const createEndApplication = (deps: Dependencies) => ({
  /** @throws SluiceError `ApplicationNotEnding` when it is not confirmed dead in time: then nothing may be started. */
  async endApplication(input: EndInput): Promise<Ended> {
    const ending = new Ending(deps, input);
    await ending.writeDown();
    const waited = await poll({ deadlineMs: input.deadlineMs, everyMs: 80 }, () => ending.look());
    const { job, startKey, cluster } = input.deployment;
    if (!('found' in waited)) {
      throw new SluiceError(
        'ApplicationNotEnding',
        `${ending.applicationId} on cluster ${cluster} is not confirmed dead: ${waited.timedOut}`,
      );
    }
    await ending.concludeFromLooks();
    await unstage(deps, job, input.deployment);
    const closing = { startKey, closed: { how: closedBy(ending.ended.how) } };
    await closeStarts(deps, job, [closing], (gates) => ending.concludeFromGates(gates));
    if (input.deployment.adopted) await dropAdoption(deps.s3, input.deployment);
    for (const applicationId of new Set([ending.applicationId, reservedId(input.deployment)]))
      await dropTraces(deps.s3, { job, applicationId });
    // A start that never ran may have been refused, or its submit may still be on its way to the ResourceManager.
    const reserved = { ...input.deployment, applicationId: reservedId(input.deployment) };
    if (input.deployment.runningAt === null) await endLateSubmit(deps, reserved);
    const { ended, believedLost, warnings, progress, applicationId, cause } = ending;
    const left = input.evidenceOf === null ? null : await leftBy(deps, input.deployment);
    const mark = withCheckpoint(progress, left);
    return { ended, nodes: [], believedLost, warnings, progress: mark, applicationId, left, cause };
  },
});

/** The fence says that a start is over; the deployment's record says whether another one takes its place. */
const closedBy = (how: HowEnded): Exclude<HowEnded, 'replaced'> => (how === 'replaced' ? 'stopped' : how);

/** Serves only the text of the outcome, so that a silent S3 is no failure here. */
async function leftBy(deps: Dependencies, deployment: Deployment): Promise<RestorePoint | null> {
  return await retainedCheckpoint(deps, deployment).catch(withoutAnswer);
}

class Ending {
  ended: NonNullable<Deployment['ended']>;
  progress: Mark;
  readonly #warnings: string[] = [];
  cause: Cause | null = null;
  readonly #deps: Dependencies;
  readonly #input: EndInput;
  #believedLost: readonly string[] = [];
  #applicationId: string;
  #record: { readonly stored: StoredRecord<Deployment> | null } | null = null;
  #isWritten = false;
  #isPrepared = false;
  #isShutOut = false;
  readonly #runner: EndingRunner | null;
  #askedAt = 0;
  readonly #notBegun = new NotBegun();
  /** Whether the last look proved that no task ran. */
  #neverRan = false;

  constructor(deps: Dependencies, input: EndInput) {
    this.#deps = deps;
    this.#input = input;
    this.#applicationId = input.deployment.applicationId;
    const { runner } = input.deployment;
    this.#runner = runner === null ? null : new EndingRunner(deps, runner, input);
    const { how, savepoint, neverRan: counted = false, by } = input;
    this.ended = askedAfter(input) ?? { at: now(), how, savepoint, counted, ...(by ? { by } : {}) };
    this.progress = higherOf(input.deployment, noMark);
  }

  /** Hosts of the instance, or of its launcher, that nobody could ask. */
  get believedLost(): readonly string[] {
    return [...new Set([...(this.#runner?.believedLost ?? []), ...this.#believedLost])];
  }

  get applicationId(): string {
    return this.#applicationId;
  }

  get warnings(): readonly string[] {
    return [...(this.#runner?.warnings ?? []), ...this.#warnings];
  }

  /** Looks at launcher and application, and shuts a late submit out once the end was asked for or the cluster is silent. */
  async look(): Promise<Look<true>> {
    try {
      const seen = await this.#lookAtBoth();
      await this.#shutOut();
      return seen;
    } catch (error) {
      if (isCode(error, 'ClusterUnreachable')) await this.#shutOut();
      throw error;
    }
  }

  /**
   * Deletes the staged files of an abandoned start, so that a late submit cannot run. `look` calls this after asking YARN
   * to end the application: if YARN refuses, the application still needs its files.
   */
  async #shutOut(): Promise<void> {
    const { deployment, how } = this.#input;
    if (this.#isShutOut || deployment.runningAt !== null || (how !== 'failed' && how !== 'killed')) return;
    await unstage(this.#deps, deployment.job, deployment);
    this.#isShutOut = true;
  }

  /** Tells both to end. The launcher comes first, because only a launcher can make another instance. */
  async #lookAtBoth(): Promise<Look<true>> {
    const doubt = this.#runner === null ? null : await this.#runner.look();
    const instance = await this.#lookAtInstance();
    return doubt === null ? instance : { seen: 'found' in instance ? doubt : `${doubt}; ${instance.seen}` };
  }

  async #lookAtInstance(): Promise<Look<true>> {
    const { deployment } = this.#input;
    if (this.#applicationId === deployment.runner) {
      const submitted = await findApplication(this.#deps, deployment);
      if (!submitted) {
        this.#neverRan = await neverTaken(clusterOfInstance(this.#deps, deployment.cluster), this.#applicationId);
        return { found: true };
      }
      this.#applicationId = submitted.id;
    }
    const { job, cluster: name, flinkJobId, nodes } = deployment;
    const id = this.#applicationId;
    const cluster = clusterOfInstance(this.#deps, name);
    const askedAt = performance.now();
    const report = await cluster.yarn.application(id);
    this.#neverRan = report ? this.#neverRanBy(report, askedAt) : await neverTaken(cluster, id);
    if (report && !isTerminal(report.state)) {
      if (!this.#isPrepared) await this.#prepare(report);
      if (Date.now() - this.#askedAt >= ASK_AGAIN_MS) {
        await cluster.yarn.kill(id);
        this.#askedAt = Date.now();
      }
      return { seen: `application ${id} is still ${report.state}` };
    }
    // The restart of what ended for lack of S3 costs the job no attempt.
    if (report && this.ended.by === 'itself' && isLeaseOver(report)) this.ended = { ...this.ended, by: 'cluster' };
    if (report?.state === 'KILLED' && this.#askedAt === 0) this.#noteHand();
    if (report && this.#input.tasksEnded) return { found: true };
    if (report && !this.#isPrepared) await this.#saveEvidence();
    const { believeLost } = this.#input;
    const suspect = { job, cluster: name, applicationId: id, flinkJobId, report, nodes, believeLost };
    const { doubt, believedLost } = await lookForLife(this.#deps, suspect);
    this.#believedLost = believedLost;
    return doubt === null ? { found: true } : { seen: doubt };
  }

  /** Notes that somebody else has ended it: Sluice writes its own intention down before it ends anything. */
  #noteHand(): void {
    const { how, by, deployment } = this.#input;
    if (how !== 'failed' || by !== undefined || deployment.ended !== null) return;
    if (this.#record?.stored?.value.ended) return;
    this.ended = { ...this.ended, by: 'hand' };
  }

  #neverRanBy(report: ApplicationReport, askedAt: number): boolean {
    if (!isTerminal(report.state)) this.#notBegun.saw(isUnregistered(report), askedAt);
    return neverRanBy(report) || (isTerminal(report.state) && this.#notBegun.isRecent);
  }

  /** Writes down that the instance completed nothing, where YARN has proven it and no JobManager has told. */
  async concludeFromLooks(): Promise<void> {
    if (this.#neverRan) await this.#completedNothing();
  }

  /** Writes the same down where the gate of a standby, or of a launcher's application, let nothing in until it was revoked. */
  async concludeFromGates(gates: Gates): Promise<void> {
    const { gated, startKey } = this.#input.deployment;
    if (gated && neverOpened(gates, startKey)) await this.#completedNothing();
  }

  async #completedNothing(): Promise<void> {
    const { runningAt, ended } = this.#input.deployment;
    if (runningAt !== null || ended !== null || this.ended.counted === true) return;
    this.ended = { ...this.ended, counted: true };
    await this.writeDown();
  }

  /** Collects what only a living application tells: the nodes of its processes, and their exceptions and logs. */
  async #prepare(report: ApplicationReport): Promise<void> {
    const { job, cluster } = this.#input.deployment;
    await noteTraces(this.#deps, { job, cluster, applicationId: this.#applicationId }, report);
    await this.#saveEvidence();
    await this.#count(report.amAddress);
    if (await this.#isCancelled(report.amAddress)) this.#noteHand();
    await this.writeDown();
  }

  /** Asks the JobManager for the last time how far the job has come, because only the JobManager knows all checkpoints. */
  async #count(address: string | null): Promise<void> {
    const { deployment, savepoint } = this.#input;
    // A savepoint of the stop is the newest state, and nothing follows it.
    if (savepoint !== null || deployment.ended !== null) return;
    const counted = await countProgress(this.#deps, address, deployment.flinkJobId);
    if (counted === null) return;
    this.progress = higherOf(this.progress, counted);
    const stop = this.#input.how === 'finished' ? await this.#stopByHand(counted.stopSavepoint) : null;
    this.ended = { ...this.ended, savepoint: stop ?? this.ended.savepoint, counted: true };
  }

  /** Tells whether the Flink job was cancelled, which Sluice never does. */
  async #isCancelled(address: string | null): Promise<boolean> {
    const { deployment, how } = this.#input;
    if (address === null || how !== 'failed') return false;
    return (await this.#deps.flink.jobStatus(address, deployment.flinkJobId).catch(withoutAnswer)) === 'CANCELED';
  }

  /** The savepoint of somebody who stopped the job with tools of Flink; null where there is none in our bucket. */
  async #stopByHand(path: string | null): Promise<RestorePoint | null> {
    if (path === null) return null;
    const { deployment } = this.#input;
    const prove = async (): Promise<RestorePoint> => {
      // The stop may be one of Sluice's own, whose workflow was lost: its claim says whether it drained the job.
      const taking = await takingOf(this.#deps, { job: deployment.job, path, deployments: [deployment] });
      return provePoint(this.#deps, path, knownOf(deployment, 'savepoint', 'stop', taking?.drained));
    };
    return await prove().catch(withoutAnswer);
  }

  /** Saves what is left; of an application that has ended already, its logs on its node and YARN's diagnostics. */
  async #saveEvidence(): Promise<void> {
    const { deployment, evidenceOf } = this.#input;
    this.#isPrepared = true;
    if (evidenceOf === null) return;
    const instance = { ...deployment, applicationId: this.#applicationId };
    const { warnings, cause } = await saveEvidence(this.#deps, instance, evidenceOf);
    this.#warnings.push(...warnings);
    this.cause = cause;
  }

  /** An attempt before this one may have asked the JobManager, which is gone now. */
  #inherit({ ended, ...recorded }: Deployment): void {
    this.progress = higherOf(this.progress, recorded);
    if (ended && this.#isMeant(ended)) this.ended = ended;
    if (ended?.staysDown) this.ended = { ...this.ended, staysDown: true };
    if (Context.current().info.attempt === 1 || ended === null) return;
    const { savepoint, counted } = this.ended;
    const by = this.ended.by ?? ended.by;
    const isCounted = counted === true || ended.counted === true;
    const known = { savepoint: savepoint ?? ended.savepoint, counted: isCounted, ...(by ? { by } : {}) };
    this.ended = { ...this.ended, ...known };
  }

  /**
   * Tells whether an instance that seems to have failed is being stopped or killed on purpose: another Sluice, or an earlier
   * run, wrote that down before it acted.
   */
  #isMeant({ how }: NonNullable<Deployment['ended']>): boolean {
    const { how: seemsTo, deployment } = this.#input;
    return seemsTo === 'failed' && deployment.ended === null && (how === 'stopped' || how === 'killed');
  }

  /** Reads the record once, for what an attempt before this one has written. */
  async #readRecord(): Promise<StoredRecord<Deployment> | null> {
    const { job, number } = this.#input.deployment;
    this.#record ??= { stored: await storedDeployment(this.#deps.s3, job, number) };
    return this.#record.stored;
  }

  /** Writes the intention down before the act, so that a savepoint of the stop is never known to one worker only. */
  async writeDown(): Promise<void> {
    const { deployment } = this.#input;
    const recorded = await this.#readRecord();
    if (recorded?.value.startKey === deployment.startKey) this.#inherit(recorded.value);
    const instance = { ...deployment, applicationId: this.#applicationId };
    const told = { ...instance, ...this.progress, ended: this.ended };
    await (this.#isWritten ? changeDeployment(this.#deps.s3, told) : changeDeployment(this.#deps.s3, told, recorded));
    this.#isWritten = true;
  }
}
