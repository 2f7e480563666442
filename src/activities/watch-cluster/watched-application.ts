/** A live application under watch: when its JobManager is asked again, and how its answers are judged. */
import type { CheckpointsConfig } from '../../clients/flink/checkpoints.ts';
import { isTerminalJob } from '../../clients/flink/replies.ts';
import type { FlinkClient } from '../../clients/flink/flink.ts';
import type { ApplicationReport } from '../../clients/yarn/replies.ts';
import { checkpointFailure, classify, type Cause } from '../../domain/errors/cause.ts';
import { SluiceError, withoutAnswer } from '../../domain/errors/errors.ts';
import type { Fact } from '../../domain/watch/facts.ts';
import {
  afterLook,
  firstPulse,
  turnsAt,
  verdictOf,
  type CheckpointsSeen,
  type Mark,
  type Pulse,
  type Verdict,
} from '../../domain/watch/health.ts';
import { identityOfTags } from '../../domain/identity/yarn-tags.ts';
import type { WatchSettings } from '../dependencies/watch-settings.ts';

/** The start that an application belongs to, as its tags tell. */
export interface Identity {
  readonly job: string;
  readonly flinkJobId: string;
  readonly epoch: number;
}

/** Null for an application that carries no start of ours. */
export function identityOfTagged({ tags }: ApplicationReport): Identity | null {
  const { job, flinkJobId, epoch } = identityOfTags(tags);
  return job === null || flinkJobId === null || epoch === null ? null : { job, flinkJobId, epoch };
}

export class WatchedApplication {
  readonly identity: Identity;
  report: ApplicationReport;
  /** The time of the last question to its JobManager; 0 makes it the next to be asked. */
  askedAt = 0;
  /** The time of the last answer; null if the last question had none. */
  answeredAt: number | null = null;
  /** When its traces were refreshed last, and where it ran then. */
  sighted: { readonly at: number; readonly as: string } | null = null;
  #looks = 0;
  /** Whether its JobManager has no job yet: a program begins late, and that of a standby waits for its promotion. */
  #isWaiting = false;
  #hasBegun = false;
  #pulse: Pulse;
  #checkpoints: CheckpointsSeen | null = null;
  #checkpointsAskedAt = 0;
  #checkpointAt: number | null = null;
  /** The mark that its ailment has now, and the cause. */
  #ailsAs: { readonly mark: Mark; readonly cause: Cause } | null = null;
  /** Undefined until the JobManager was asked; null for a job without checkpoints. */
  #config: CheckpointsConfig | null | undefined;

  constructor(identity: Identity, report: ApplicationReport, ailingSince: number | null) {
    this.identity = identity;
    this.report = report;
    this.#pulse = firstPulse(ailingSince);
  }

  /** When its newest checkpoint completed; null while none is known. */
  get checkpointAt(): number | null {
    return this.#checkpointAt;
  }

  /** Takes a new report. Another state or address makes the application the next to be asked. */
  update(report: ApplicationReport): void {
    if (report.state !== this.report.state || report.amAddress !== this.report.amAddress) {
      this.askedAt = 0;
      this.#config = undefined;
    }
    this.report = report;
  }

  /** The number of questions that the next look takes. */
  cost(now: number, settings: WatchSettings): number {
    if (this.report.amAddress === null) return 0;
    if (!this.#areCheckpointsDue(now, settings)) return 1;
    return this.#config === undefined ? 3 : 2;
  }

  /** The time at which its verdict turns without any news; infinite where none does, or somebody has asked since. */
  turnsAt(settings: WatchSettings): number {
    const at = turnsAt(this.#pulse, settings);
    return at === null || this.askedAt >= at ? Infinity : at;
  }

  /** The number of looks so far: an earlier look says less than a later one. */
  get looks(): number {
    return this.#looks;
  }

  /** Asks and judges; null where nothing can be said yet. Silence is a finding here, so it is not thrown. */
  async look(flink: FlinkClient, settings: WatchSettings): Promise<Verdict | null> {
    const at = Date.now();
    this.askedAt = at;
    this.#looks += 1;
    const seen = await this.#ask(flink, at, settings).catch((error: unknown) => notAnswered(error));
    if ('over' in seen) return { mark: 'e', seen: seen.over };
    this.answeredAt = seen.answered ? Date.now() : null;
    this.#pulse = afterLook(this.#pulse, { at, notRunning: seen.notRunning, restores: seen.restores }, settings);
    const verdict = verdictOf(this.#pulse, this.#checkpoints);
    if (verdict?.seen.kind !== 'degraded') {
      this.#ailsAs = null;
      return verdict;
    }
    if (this.#ailsAs?.mark !== verdict.mark)
      this.#ailsAs = { mark: verdict.mark, cause: await this.#why(flink, settings) };
    return { ...verdict, seen: { ...verdict.seen, cause: this.#ailsAs.cause } };
  }

  /** The cause of an ailment, asked once for each: an exception of Flink, or the failure of its last checkpoint. */
  async #why(flink: FlinkClient, { questionDeadlineMs: deadlineMs }: WatchSettings): Promise<Cause> {
    const { amAddress } = this.report;
    const options = { limit: 2, deadlineMs };
    const thrown =
      amAddress === null || this.answeredAt === null
        ? null
        : await flink.exceptions(amAddress, this.identity.flinkJobId, options).catch(withoutAnswer);
    const failure = this.#checkpoints?.lastFailure ?? null;
    return classify({
      code: amAddress !== null && this.answeredAt === null ? 'FlinkUnreachable' : 'StartFailed',
      exceptions: [
        ...(thrown ?? []).map(({ stack }) => stack),
        ...(failure === null ? [] : [checkpointFailure(failure)]),
      ],
      detail: this.#pulse.ailment,
    });
  }

  async #ask(flink: FlinkClient, at: number, settings: WatchSettings): Promise<Seen> {
    const { amAddress, state } = this.report;
    const { flinkJobId } = this.identity;
    if (amAddress === null) return { notRunning: `the application is ${state}`, answered: false, restores: null };
    const options = { deadlineMs: settings.questionDeadlineMs };
    const status = await flink.jobStatus(amAddress, flinkJobId, options);
    if (status === null) {
      this.#isWaiting = !this.#hasBegun;
      return { notRunning: 'the JobManager does not know the job', answered: true, restores: null };
    }
    this.#begin();
    if (isTerminalJob(status)) return { over: await this.#end(flink, amAddress, status, options) };
    const notRunning = status === 'RUNNING' ? null : `the Flink job is ${status}`;
    if (!this.#areCheckpointsDue(at, settings)) return { notRunning, answered: true, restores: null };
    this.#checkpointsAskedAt = at;
    const restores = await this.#askCheckpoints(flink, amAddress, at, options).catch(withoutAnswer);
    return { notRunning, answered: true, restores };
  }

  /** Forgets the wait before the job was there: a standby that was promoted has not ailed, however long it waited. */
  #begin(): void {
    if (this.#isWaiting) this.#pulse = firstPulse(null);
    this.#isWaiting = false;
    this.#hasBegun = true;
  }

  async #askCheckpoints(
    flink: FlinkClient,
    address: string,
    at: number,
    options: { readonly deadlineMs: number },
  ): Promise<number | null> {
    const { flinkJobId } = this.identity;
    this.#config ??= await flink.checkpointsConfig(address, flinkJobId, options);
    const { intervalMs = null, timeoutMs = 0, tolerableFailures = 0 } = this.#config ?? {};
    const checkpoints = intervalMs === null ? null : await flink.checkpoints(address, flinkJobId, options);
    if (intervalMs === null || checkpoints === null) {
      this.#checkpoints = null;
      return null;
    }
    const completedAt = Math.min(at, checkpoints.latestCompleted?.completedAt ?? 0);
    if (completedAt > 0) this.#checkpointAt = completedAt;
    const startedAt = this.report.startedAt ?? at;
    const progressAt =
      completedAt > startedAt ? completedAt : Math.max(startedAt, await this.#jobBegan(flink, address, options));
    const lastFailure = checkpoints.latestFailed?.message ?? null;
    this.#checkpoints = { intervalMs, timeoutMs, tolerableFailures, seenAt: at, progressAt, lastFailure };
    return checkpoints.counts.restored;
  }

  /** When the job of its program began: that of a standby long after its application. */
  async #jobBegan(flink: FlinkClient, address: string, options: { readonly deadlineMs: number }): Promise<number> {
    const job = await flink.job(address, this.identity.flinkJobId, options);
    return job?.enteredAt.INITIALIZING ?? job?.enteredAt.CREATED ?? 0;
  }

  async #end(
    flink: FlinkClient,
    address: string,
    status: 'FINISHED' | 'FAILED' | 'CANCELED',
    options: { readonly deadlineMs: number },
  ): Promise<Fact['seen'] & { kind: 'ended' }> {
    const { flinkJobId } = this.identity;
    const end = `Flink job ${flinkJobId} is ${status}`;
    if (status === 'FINISHED') return { kind: 'ended', how: 'finished', detail: end, cause: null };
    if (status === 'CANCELED') return { kind: 'ended', how: 'killed', detail: end, cause: null };
    // The reason is worth one more question, but the end is known without it.
    const exceptions = await flink.exceptions(address, flinkJobId, { limit: 1, ...options }).catch(withoutAnswer);
    const [newest] = exceptions ?? [];
    const detail = newest === undefined ? end : `${end}: ${newest.rootCause}`;
    const cause = classify({ code: 'StartFailed', exceptions: newest ? [newest.stack] : [], detail });
    return { kind: 'ended', how: 'failed', detail, cause };
  }

  #areCheckpointsDue(at: number, settings: WatchSettings): boolean {
    return at - this.#checkpointsAskedAt >= settings.checkpointsEveryMs && this.#config !== null;
  }
}

type Seen =
  | { readonly over: Fact['seen'] & { kind: 'ended' } }
  | { readonly notRunning: string | null; readonly answered: boolean; readonly restores: number | null };

function notAnswered(error: unknown): Seen {
  if (!(error instanceof SluiceError)) throw error;
  return { notRunning: `its JobManager gives no answer: ${error.message}`, answered: false, restores: null };
}
