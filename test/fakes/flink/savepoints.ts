/** Savepoints of a fake JobManager, with or without a stop. */
import { randomBytes } from 'node:crypto';
import { isTerminalJob } from '../../../src/clients/flink/replies.ts';
import type { FakeReply } from '../transport.ts';
import type { FakeFlinkOptions, FakeJob, SavepointEnd, SavepointMode } from './options.ts';
import { errors, jobNotFound, type Trigger } from './replies.ts';

type SavepointKind = 'stop' | 'savepoint';

interface Savepoint {
  readonly job: FakeJob;
  readonly kind: SavepointKind;
  readonly location: string;
  readonly isDrained: boolean;
  /** The key of its trigger. */
  readonly key: string;
}

const NO_ROOM =
  'java.util.concurrent.CompletionException: org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint Coordinator is suspending.\n\tat x.Y\nCaused by: java.io.IOException: no room on savepoint storage\n\tat z';
const JOB_FAILED = 'org.apache.flink.runtime.checkpoint.CheckpointException: The job has failed.\n\tat x.Y';
const EXPIRED =
  'org.apache.flink.runtime.checkpoint.CheckpointException: Checkpoint expired before completing.\n\tat x.Y';
const NO_DIRECTORY =
  'org.apache.flink…RestHandlerException: Config key [execution.checkpointing.savepoint-dir] is not set.';

export class FakeSavepoints {
  readonly begun: { jobId: string; triggerId: string; kind: SavepointKind }[] = [];
  /** Switches that tests set on the fake itself. */
  readonly mode: { savepointMode: SavepointMode; savepointTakes: number } = { savepointMode: 'ok', savepointTakes: 0 };
  readonly #jobs: ReadonlyMap<string, FakeJob>;
  readonly #options: FakeFlinkOptions;
  /** By job id and trigger id. */
  readonly #triggers = new Map<string, Trigger>();
  readonly #inProgress: ((how: SavepointEnd) => void)[] = [];
  /** A JobManager that is gone finishes nothing. */
  #isClosed = false;

  constructor(jobs: ReadonlyMap<string, FakeJob>, options: FakeFlinkOptions) {
    this.#jobs = jobs;
    this.#options = options;
  }

  trigger(kind: SavepointKind, id = '', body: unknown): FakeReply {
    const request = body as Record<string, unknown>;
    const triggerId = typeof request['triggerId'] === 'string' ? request['triggerId'] : randomBytes(16).toString('hex');
    const directory = request[kind === 'stop' ? 'targetDirectory' : 'target-directory'];
    if (typeof directory !== 'string') return errors(400, NO_DIRECTORY);
    const accepted = { status: 202, body: { 'request-id': triggerId } };
    if (this.#triggers.has(`${id}/${triggerId}`)) return accepted;
    const job = this.#jobs.get(id);
    // Real Flink accepts triggers for jobs that it does not run, and remembers that they failed.
    if (job === undefined || isTerminalJob(job.state)) {
      const stack = `java.util.concurrent.CompletionException: ${jobNotFound(id)}\n\tat x.Y`;
      this.#triggers.set(`${id}/${triggerId}`, { done: { at: Date.now(), stack } });
    } else {
      this.#begin(job, kind, { directory, triggerId, isDrained: request['drain'] === true });
    }
    return accepted;
  }

  find(jobId: string, triggerId: string): Trigger | undefined {
    return this.#triggers.get(`${jobId}/${triggerId}`);
  }

  /** The number of savepoints that the job is at. */
  pendingOf({ id }: FakeJob): number {
    return [...this.#triggers].filter(([key, { done }]) => key.startsWith(`${id}/`) && done === null).length;
  }

  /** Ends those that are in progress for ever. */
  endAll(how: SavepointEnd): void {
    for (const end of this.#inProgress.splice(0)) end(how);
  }

  failPending(): void {
    for (const [key, { done }] of this.#triggers) {
      if (done === null) this.#triggers.set(key, { done: { at: Date.now(), stack: EXPIRED } });
    }
  }

  forget(): void {
    this.#triggers.clear();
  }

  close(): void {
    this.#isClosed = true;
  }

  #begin(
    job: FakeJob,
    kind: SavepointKind,
    { directory, triggerId, isDrained }: { directory: string; triggerId: string; isDrained: boolean },
  ): void {
    this.begun.push({ jobId: job.id, triggerId, kind });
    this.#options.onBegin?.({ jobId: job.id, kind, directory });
    const suffix = (this.#options.suffix ?? randomSuffix)();
    const location = `${directory.replace(/\/$/, '')}/savepoint-${job.id.slice(0, 6)}-${suffix}`;
    const savepoint: Savepoint = { job, kind, location, isDrained, key: `${job.id}/${triggerId}` };
    // The checkpoint coordinator refuses while a task is not running.
    const how = job.state === 'RUNNING' ? this.mode.savepointMode : 'fails';
    if (how !== 'never') {
      this.#settle(savepoint, how);
      return;
    }
    this.#triggers.set(savepoint.key, { done: null });
    this.#inProgress.push((end) => this.#settle(savepoint, end));
  }

  #settle({ job, kind, location, isDrained, key }: Savepoint, how: SavepointEnd): void {
    const at = Date.now() + this.mode.savepointTakes;
    const complete = (): void => {
      job.checkpoints.completed += 1;
      job.checkpoints.lastId += 1;
      const id = job.checkpoints.lastId;
      job.latestSavepoint = { id, path: location, at: Date.now(), isStop: kind === 'stop' };
      this.#options.onSnapshot?.({ jobId: job.id, checkpointId: id, path: location, isDrained });
    };
    switch (how) {
      case 'ok':
        this.#finish(key, { done: { at, location } }, () => {
          if (job.state !== 'RUNNING') {
            this.#triggers.set(key, { done: { at, stack: JOB_FAILED } });
            return;
          }
          complete();
          if (kind === 'stop') job.state = 'FINISHED';
        });
        break;
      case 'fails':
        this.#finish(key, { done: { at, stack: NO_ROOM } }, () => undefined);
        break;
      case 'jobFailsWhileStopping':
      case 'jobRestartsWhileStopping': {
        const stack = `org.apache.flink.runtime.scheduler.stopwithsavepoint.StopWithSavepointStoppingException: A savepoint has been created at: ${location}, but the corresponding job ${job.id} failed during stopping. The savepoint is consistent, but might have uncommitted transactions.\n\tat x.Y`;
        this.#finish(key, { done: { at, stack } }, () => {
          complete();
          if (how === 'jobFailsWhileStopping') job.state = 'FAILED';
        });
        break;
      }
    }
  }

  #finish(key: string, trigger: Trigger, end: () => void): void {
    this.#triggers.set(key, trigger);
    const { savepointTakes } = this.mode;
    if (savepointTakes === 0) end();
    else
      setTimeout(() => {
        if (!this.#isClosed) end();
      }, savepointTakes).unref();
  }
}

const randomSuffix = (): string => randomBytes(6).toString('hex');
