/** Savepoints: taken while the job runs on, or as the first half of stopping it. */
import { Context } from '@temporalio/activity';
import { isTerminalJob, type SavepointStatus } from '../../clients/flink/replies.ts';
import { isTerminal } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { betterOf, classify, isAfterEffect, type Cause } from '../../domain/errors/cause.ts';
import { SluiceError, isCode, withoutAnswer, type ErrorCode } from '../../domain/errors/errors.ts';
import { triggerIdOf } from '../../domain/identity/ids.ts';
import { newestPointFirst, type RestorePoint } from '../../domain/restore-points/restore-point.ts';
import { savepointsOf } from '../../domain/identity/storage-keys.ts';
import { reportedCause, reportedEnd } from '../instance/how-ended.ts';
import { clusterOf, flinkUri, type Dependencies } from '../dependencies/dependencies.ts';
import { poll, type Look } from '../poll.ts';
import { knownOf, provePoint, retainedCheckpoint, savepointIn } from './stored-points.ts';

interface SavepointInput {
  readonly deployment: Deployment;
  /** Whether the stop ends event time first. */
  readonly drain?: boolean | undefined;
  readonly operationId: string;
  readonly deadlineMs: number;
}

export type StopResult =
  | {
      readonly kind: 'completed';
      readonly savepoint: RestorePoint;
      /** Flink said that the job is FINISHED: its processes may linger, but do nothing any more. */
      readonly tasksEnded: boolean;
      readonly warnings: readonly string[];
    }
  /** Flink says no; the same instance runs on. */
  | { readonly kind: 'failed'; readonly detail: string; readonly cause?: Cause | undefined }
  /** The job is gone and left no savepoint in the operation's folder. */
  | { readonly kind: 'ended'; readonly detail: string; readonly cause?: Cause | undefined }
  | {
      readonly kind: 'unknown';
      readonly detail: string;
      readonly folder: string;
      readonly cause?: Cause | undefined;
    };

export const createSavepoints = (deps: Dependencies) => ({
  /**
   * Stop-with-savepoint into the operation's own folder. Asking twice is one savepoint (same trigger id), and an answer
   * that is lost is found by listing the folder: the JobManager may be gone a second after the savepoint is complete.
   */
  async stopWithSavepoint(input: SavepointInput): Promise<StopResult> {
    const attempt = new SavepointAttempt(deps, input, 'stop');
    const waited = await poll({ deadlineMs: input.deadlineMs, everyMs: 60 }, () => attempt.look());
    if ('found' in waited) return waited.found;
    return attempt.undecided(waited);
  },

  /** Awaits a stop that an operation before has triggered and given up waiting for; triggers nothing. */
  async awaitStop(input: SavepointInput): Promise<StopResult> {
    const attempt = new SavepointAttempt(deps, input, 'stop', { follow: true });
    const waited = await poll({ deadlineMs: input.deadlineMs, everyMs: 1_000 }, () => attempt.look());
    if ('found' in waited) return waited.found;
    return attempt.undecided(waited);
  },

  /** @throws SluiceError `SavepointFailed` with Flink's reason, `SavepointUnknown` when nobody answers in time. */
  async takeSavepoint({
    taken = 'manual',
    ...input
  }: SavepointInput & { readonly taken?: 'manual' | 'periodic' }): Promise<{ savepoint: RestorePoint }> {
    const attempt = new SavepointAttempt(deps, input, taken);
    const waited = await poll({ deadlineMs: input.deadlineMs }, () => attempt.look());
    if (!('found' in waited)) {
      const why = classify({ code: waited.silent ?? 'SavepointUnknown', detail: waited.timedOut });
      throw new SluiceError('SavepointUnknown', `${waited.timedOut}; look into ${attempt.folder}`, { why });
    }
    switch (waited.found.kind) {
      case 'completed':
        return { savepoint: waited.found.savepoint };
      case 'failed':
      case 'ended':
        throw new SluiceError('SavepointFailed', waited.found.detail, { why: waited.found.cause });
      case 'unknown':
        throw new SluiceError('SavepointUnknown', waited.found.detail, { why: waited.found.cause });
    }
  },
});

type Taken = 'stop' | 'manual' | 'periodic';

/** Flink's refusal, with the evidence of its cause. */
interface Refusal {
  readonly detail: string;
  readonly cause?: Cause | undefined;
}

/** An exception so long before a savepoint may be the cause of its failure; clocks differ by less. */
const JUST_BEFORE_MS = 60_000;

/** Follows the savepoint of one operation until Flink or S3 has decided it. */
class SavepointAttempt {
  readonly folder: string;
  readonly #deps: Dependencies;
  readonly #input: SavepointInput;
  readonly #taken: Taken;
  readonly #prefix: string;
  readonly #triggerId: string;
  readonly #follow: boolean;
  readonly #askedAt: number;
  /** A frozen attempt that goes on after this time triggers nothing, because its operation has given up. */
  readonly #triggerUntil: number;
  #triggered: boolean;
  /** Flink's reason why there is no savepoint, while it is not yet known whether the instance runs on. */
  #refusal: (Refusal & { readonly at: number }) | null = null;

  constructor(deps: Dependencies, input: SavepointInput, taken: Taken, { follow = false } = {}) {
    this.#deps = deps;
    this.#input = input;
    this.#taken = taken;
    this.#follow = follow;
    this.#askedAt = Context.current().info.scheduledTimestampMs;
    this.#triggerUntil = this.#askedAt + input.deadlineMs;
    this.#triggered = follow;
    this.#prefix = savepointsOf(input.deployment.job, input.operationId);
    this.#triggerId = triggerIdOf(input.deployment.job, input.operationId);
    this.folder = flinkUri(deps, this.#prefix);
  }

  async look(): Promise<Look<StopResult>> {
    const { deployment } = this.#input;
    const report = await clusterOf(this.#deps, deployment.cluster).yarn.application(deployment.applicationId);
    if (!report)
      return this.#afterwards(`cluster ${deployment.cluster} does not know application ${deployment.applicationId}`);
    if (isTerminal(report.state)) return this.#afterwards(reportedEnd(report), reportedCause(report));
    if (report.amAddress === null) return { seen: `application ${report.id} has no JobManager yet` };
    if (this.#refusal !== null) return this.#refused(report.amAddress, this.#refusal);
    if (!this.#triggered) {
      if (Date.now() >= this.#triggerUntil) return { seen: 'the savepoint was not asked for in time' };
      const refused = await this.#trigger(report.amAddress);
      if (refused) return refused;
    }
    const status = await this.#deps.flink.savepointStatus(report.amAddress, deployment.flinkJobId, this.#triggerId);
    return this.#judge(report.amAddress, status);
  }

  async #trigger(address: string): Promise<Look<StopResult> | null> {
    const { flink } = this.#deps;
    const { deployment, drain = false } = this.#input;
    const { flinkJobId } = deployment;
    const request = { targetDirectory: this.folder, triggerId: this.#triggerId };
    try {
      if (this.#taken === 'stop') await flink.stopWithSavepoint(address, flinkJobId, { ...request, drain });
      else await flink.triggerSavepoint(address, flinkJobId, request);
      this.#triggered = true;
      return null;
    } catch (error) {
      if (!isCode(error, 'FlinkRejected', 'NotFound')) throw error;
      // A job that has ended refuses too, perhaps because an earlier attempt has stopped it.
      return this.#refused(address, { detail: error.message });
    }
  }

  async #judge(address: string, status: SavepointStatus): Promise<Look<StopResult>> {
    switch (status.status) {
      case 'inProgress':
        return { seen: 'the savepoint is in progress' };
      case 'completed':
        return { found: await this.#completed(status.location, true, []) };
      case 'unknown':
        // Flink forgets a result some minutes after it was decided: the job tells how.
        if (this.#follow)
          return this.#refused(address, { detail: 'the JobManager does not know the savepoint any more' });
        // This JobManager never got the trigger or forgot it; the same id is safe to send again.
        this.#triggered = false;
        return { seen: 'the JobManager does not know the savepoint' };
      case 'failed':
        // A trigger for a job that had ended is accepted, and its result is this failure (tried on 1.20.1 and 2.1.0).
        if (status.jobGone) return this.#afterwards(status.cause.rootCause);
        if (status.savepoint !== null) return this.#goodButFailed(address, status.savepoint, status.cause.rootCause);
        return this.#refused(address, {
          detail: status.cause.rootCause,
          cause: await this.#causeOf(address, status.cause.stack),
        });
    }
  }

  /** Where Flink only says what followed ("Checkpoint Coordinator is suspending"), what the job has thrown says why. */
  async #causeOf(address: string, stack: string): Promise<Cause> {
    const told = classify({ code: 'SavepointFailed', exceptions: [stack] });
    if (!isAfterEffect(told.class)) return told;
    const { flinkJobId } = this.#input.deployment;
    const thrown = await this.#deps.flink.exceptions(address, flinkJobId, { limit: 1 }).catch(withoutAnswer);
    // Flink also lists exceptions that the job survived weeks ago.
    const meanwhile = (thrown ?? []).filter(({ at }) => at >= this.#askedAt - JUST_BEFORE_MS);
    return betterOf(told, classify({ code: 'SavepointFailed', exceptions: meanwhile.map((one) => one.stack) }));
  }

  async #completed(location: string, tasksEnded: boolean, warnings: readonly string[]): Promise<StopResult> {
    const facts = knownOf(this.#input.deployment, 'savepoint', this.#taken, this.#input.drain);
    const savepoint = await provePoint(this.#deps, location, facts);
    return { kind: 'completed', savepoint, tasksEnded, warnings };
  }

  /** A savepoint of a job that is gone counts only when no newer checkpoint follows it. */
  async #unlessOutrun(savepoint: RestorePoint, found: StopResult): Promise<StopResult> {
    if (this.#taken !== 'stop') return found;
    const newest = await retainedCheckpoint(this.#deps, this.#input.deployment);
    if (!newest || newestPointFirst(savepoint, newest) <= 0) return found;
    return {
      kind: 'ended',
      detail: `the job went on after savepoint ${savepoint.path} up to checkpoint ${newest.path}, and has ended`,
    };
  }

  /** "Savepoint good, job failed while stopping": used only when the job is terminal, else it is an ordinary one. */
  async #goodButFailed(address: string, savepoint: string, detail: string): Promise<Look<StopResult>> {
    const status = await this.#deps.flink.jobStatus(address, this.#input.deployment.flinkJobId);
    if (status === null) return { seen: 'the JobManager does not know the job' };
    if (!isTerminalJob(status))
      return { found: { kind: 'failed', detail: `${detail} (job ${status}; savepoint ${savepoint} is kept)` } };
    const completed = await this.#completed(savepoint, true, [
      `the job failed while stopping, after its savepoint was complete: ${detail}`,
    ]);
    return {
      found: completed.kind === 'completed' ? await this.#unlessOutrun(completed.savepoint, completed) : completed,
    };
  }

  /**
   * Flink said no: does the same instance run on, or has the job ended? A stop that failed restarts the job inside its
   * application (seen on 1.20.1 and 2.1.0), so the answer waits until it is RUNNING again.
   */
  async #refused(address: string, { detail, cause }: Refusal): Promise<Look<StopResult>> {
    this.#refusal ??= { detail, cause, at: Date.now() };
    const status = await this.#deps.flink.jobStatus(address, this.#input.deployment.flinkJobId);
    if (status === null) return { seen: `no savepoint (${detail}), and the JobManager does not know the job` };
    if (isTerminalJob(status)) return this.#afterwards(`the Flink job is ${status}: ${detail}`, cause);
    if (status === 'RUNNING') return { found: { kind: 'failed', detail, cause } };
    // A crashing job may never be RUNNING at a look. There is no savepoint, which is all that must be certain.
    if (Date.now() - this.#refusal.at >= this.#deps.runningAgainMs)
      return { found: { kind: 'failed', detail: `${detail} (the job is ${status})`, cause } };
    return { seen: `no savepoint (${detail}); the job is ${status}` };
  }

  /** Decides for an instance that is gone, by the savepoint in the operation's folder. */
  async #afterwards(detail: string, cause?: Cause): Promise<Look<StopResult>> {
    const savepoint = await savepointIn(
      this.#deps,
      this.#prefix,
      this.#input.deployment,
      this.#taken,
      this.#input.drain,
    );
    if (!savepoint) return { found: { kind: 'ended', detail, cause } };
    return {
      found: await this.#unlessOutrun(savepoint, {
        kind: 'completed',
        savepoint,
        tasksEnded: false,
        warnings: ['the answer was lost; the savepoint was found in its folder'],
      }),
    };
  }

  /** The deadline has passed: a refusal is an answer, silence is not. */
  undecided({
    timedOut: seen,
    silent,
  }: {
    readonly timedOut: string;
    readonly silent?: ErrorCode | undefined;
  }): StopResult {
    const { deadlineMs } = this.#input;
    if (this.#refusal) return { kind: 'failed', detail: this.#refusal.detail, cause: this.#refusal.cause };
    const detail = `no answer within ${deadlineMs / 1000} s: ${seen}`;
    const cause = classify({ code: silent ?? 'SavepointUnknown', detail: seen });
    return { kind: 'unknown', detail, folder: this.folder, cause };
  }
}
