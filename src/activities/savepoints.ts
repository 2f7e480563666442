/** Savepoints: taken while the job runs on, or as the first half of stopping it. */
import { isTerminalJob, type SavepointStatus } from '../clients/flink-replies.ts';
import { isTerminal } from '../clients/yarn-replies.ts';
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { triggerIdOf } from '../domain/identity.ts';
import type { RestorePoint } from '../domain/restore-point.ts';
import { savepointsOf } from '../domain/storage-keys.ts';
import { reportedEnd } from './claim-operation.ts';
import { clusterOf, flinkUri, type Dependencies } from './dependencies.ts';
import { poll, type Look } from './poll.ts';
import { provePoint, savepointIn } from './restore-points.ts';

interface SavepointInput {
  readonly deployment: Deployment;
  readonly operationId: string;
  readonly deadlineMs: number;
}

export type StopResult =
  | { readonly kind: 'completed'; readonly savepoint: RestorePoint; readonly warnings: readonly string[] }
  /** Flink says no; the same instance runs on. */
  | { readonly kind: 'failed'; readonly cause: string }
  /** The job is gone and left no savepoint in the operation's folder. */
  | { readonly kind: 'ended'; readonly cause: string }
  | { readonly kind: 'unknown'; readonly detail: string; readonly folder: string };

export const createSavepoints = (deps: Dependencies) => ({
  /**
   * Stop-with-savepoint into the operation's own folder. Asking twice is one savepoint (same trigger id), and an answer
   * that is lost is found by listing the folder: the JobManager may be gone a second after the savepoint is complete.
   */
  async stopWithSavepoint(input: SavepointInput & { readonly drain: boolean }): Promise<StopResult> {
    const attempt = new SavepointAttempt(deps, input, 'stop');
    const waited = await poll({ deadlineMs: input.deadlineMs, everyMs: 60 }, () => attempt.look(input.drain));
    if ('found' in waited) return waited.found;
    return {
      kind: 'unknown',
      detail: `no answer within ${input.deadlineMs / 1000} s: ${waited.timedOut}`,
      folder: attempt.folder,
    };
  },

  /** @throws SluiceError `SavepointFailed` with Flink's reason, `SavepointUnknown` when nobody answers in time. */
  async takeSavepoint(input: SavepointInput): Promise<{ savepoint: RestorePoint }> {
    const attempt = new SavepointAttempt(deps, input, 'manual');
    const waited = await poll({ deadlineMs: input.deadlineMs }, () => attempt.look(false));
    if (!('found' in waited))
      throw new SluiceError('SavepointUnknown', `${waited.timedOut}; look into ${attempt.folder}`);
    switch (waited.found.kind) {
      case 'completed':
        return { savepoint: waited.found.savepoint };
      case 'failed':
      case 'ended':
        throw new SluiceError('SavepointFailed', waited.found.cause);
      case 'unknown':
        throw new SluiceError('SavepointUnknown', waited.found.detail);
    }
  },
});

/** One savepoint of one operation, looked at again and again until it is decided. */
class SavepointAttempt {
  readonly folder: string;
  readonly #deps: Dependencies;
  readonly #input: SavepointInput;
  readonly #taken: 'stop' | 'manual';
  readonly #prefix: string;
  readonly #triggerId: string;
  #triggered = false;
  /** Flink's reason why there is no savepoint, while it is not yet known whether the instance runs on. */
  #refusal: string | null = null;

  constructor(deps: Dependencies, input: SavepointInput, taken: 'stop' | 'manual') {
    this.#deps = deps;
    this.#input = input;
    this.#taken = taken;
    this.#prefix = savepointsOf(input.deployment.job, input.operationId);
    this.#triggerId = triggerIdOf(input.deployment.job, input.operationId);
    this.folder = flinkUri(deps, this.#prefix);
  }

  async look(drain: boolean): Promise<Look<StopResult>> {
    const { deployment } = this.#input;
    const report = await clusterOf(this.#deps, deployment.cluster).yarn.application(deployment.applicationId);
    if (!report)
      return this.#afterwards(`cluster ${deployment.cluster} does not know application ${deployment.applicationId}`);
    if (isTerminal(report.state)) return this.#afterwards(reportedEnd(report));
    if (report.amAddress === null) return { seen: `application ${report.id} has no JobManager yet` };
    if (this.#refusal !== null) return this.#refused(report.amAddress, this.#refusal);
    if (!this.#triggered) {
      const refused = await this.#trigger(report.amAddress, drain);
      if (refused) return refused;
    }
    const status = await this.#deps.flink.savepointStatus(report.amAddress, deployment.flinkJobId, this.#triggerId);
    return this.#judge(report.amAddress, status);
  }

  async #trigger(address: string, drain: boolean): Promise<Look<StopResult> | null> {
    const { flink } = this.#deps;
    const { flinkJobId } = this.#input.deployment;
    const request = { targetDirectory: this.folder, triggerId: this.#triggerId };
    try {
      if (this.#taken === 'stop') await flink.stopWithSavepoint(address, flinkJobId, { ...request, drain });
      else await flink.triggerSavepoint(address, flinkJobId, request);
      this.#triggered = true;
      return null;
    } catch (error) {
      if (!(error instanceof SluiceError) || (error.code !== 'FlinkRejected' && error.code !== 'NotFound')) throw error;
      // A job that has ended refuses too: perhaps because an attempt before this one has stopped it.
      return this.#refused(address, error.message);
    }
  }

  async #judge(address: string, status: SavepointStatus): Promise<Look<StopResult>> {
    switch (status.status) {
      case 'inProgress':
        return { seen: 'the savepoint is in progress' };
      case 'completed':
        return { found: await this.#completed(status.location, []) };
      case 'unknown':
        // This JobManager never got the trigger or forgot it; the same id is safe to send again.
        this.#triggered = false;
        return { seen: 'the JobManager does not know the savepoint' };
      case 'failed':
        // A trigger for a job that had ended is accepted, and its result is this failure (tried on 1.20.1 and 2.1.0).
        if (status.jobGone) return this.#afterwards(status.cause.rootCause);
        if (status.savepoint !== null) return this.#goodButFailed(address, status.savepoint, status.cause.rootCause);
        return this.#refused(address, status.cause.rootCause);
    }
  }

  async #completed(location: string, warnings: readonly string[]): Promise<StopResult> {
    const { deployment } = this.#input;
    const savepoint = await provePoint(this.#deps, location, {
      kind: 'savepoint',
      taken: this.#taken,
      epoch: deployment.epoch,
      deployment: deployment.number,
      flinkVersion: deployment.flinkVersion,
    });
    return { kind: 'completed', savepoint, warnings };
  }

  /** "Savepoint good, job failed while stopping": used only when the job is terminal, else it is an ordinary one. */
  async #goodButFailed(address: string, savepoint: string, cause: string): Promise<Look<StopResult>> {
    const status = await this.#deps.flink.jobStatus(address, this.#input.deployment.flinkJobId);
    if (status === null) return { seen: 'the JobManager does not know the job' };
    if (!isTerminalJob(status))
      return { found: { kind: 'failed', cause: `${cause} (job ${status}; savepoint ${savepoint} is kept)` } };
    return {
      found: await this.#completed(savepoint, [
        `the job failed while stopping, after its savepoint was complete: ${cause}`,
      ]),
    };
  }

  /**
   * Flink said no: does the same instance run on, or has the job ended? A stop that failed restarts the job inside its
   * application (seen on 1.20.1 and 2.1.0), so the answer waits until it is RUNNING again.
   */
  async #refused(address: string, cause: string): Promise<Look<StopResult>> {
    this.#refusal = cause;
    const status = await this.#deps.flink.jobStatus(address, this.#input.deployment.flinkJobId);
    if (status === null) return { seen: `no savepoint (${cause}), and the JobManager does not know the job` };
    if (isTerminalJob(status)) return this.#afterwards(`the Flink job is ${status}: ${cause}`);
    if (status !== 'RUNNING') return { seen: `no savepoint (${cause}); the job is ${status}` };
    return { found: { kind: 'failed', cause } };
  }

  /** The instance is gone; what it left in the operation's folder decides. */
  async #afterwards(cause: string): Promise<Look<StopResult>> {
    const found = await savepointIn(this.#deps, this.#prefix, this.#input.deployment, this.#taken);
    if (!found) return { found: { kind: 'ended', cause } };
    return {
      found: {
        kind: 'completed',
        savepoint: found,
        warnings: ['the answer was lost; the savepoint was found in its folder'],
      },
    };
  }
}
