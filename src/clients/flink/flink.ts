/** Client of a Flink JobManager's REST API. The address comes with each call: it changes with each attempt on YARN. */
import { SluiceError } from '../../domain/errors/errors.ts';
import { type Checkpoints, type CheckpointsConfig, CheckpointsConfigReply, CheckpointsReply } from './checkpoints.ts';
import { rootCause } from './failure.ts';
import {
  ConfigReply,
  ExceptionsReply,
  FlinkErrors,
  type FlinkJob,
  type FlinkOverview,
  type JobException,
  JobReply,
  JobsReply,
  type JobState,
  JobStatusReply,
  type JobSummary,
  type LogFile,
  LogFilesReply,
  OverviewReply,
  SavepointReply,
  type SavepointStatus,
  TriggerReply,
} from './replies.ts';
import {
  type CallOptions,
  excerpt,
  type HttpCall,
  type JsonReply,
  parseReply,
  sendForTail,
  sendJson,
  unreachable,
} from '../http.ts';

/** A savepoint to take. */
export interface SavepointRequest {
  /** Directory in which Flink makes `savepoint-<first 6 of job id>-<random>/`: one for each operation. */
  readonly targetDirectory: string;
  /** 32 hex digits, chosen by us: triggering twice with one id is one savepoint, as long as the JobManager lives. */
  readonly triggerId: string;
  /** CANONICAL can change the state backend, NATIVE is faster. Default CANONICAL. */
  readonly formatType?: 'CANONICAL' | 'NATIVE' | undefined;
}

/** A stop that begins with a savepoint. */
export interface StopRequest extends SavepointRequest {
  /** Whether event time is ended first, so that all windows fire: only for a job that will not be resumed. */
  readonly drain: boolean;
}

/**
 * `address` is `host:port`, YARN's `amAddress`. All methods throw `FlinkUnreachable` when nothing believable answers (also
 * for a JobManager that is still starting), and `FlinkRejected` with Flink's message when Flink says no.
 */
export interface FlinkClient {
  overview(address: string, options?: CallOptions): Promise<FlinkOverview>;
  /** Never old, unlike `job`: the quickest way to see that all tasks run (`tasks.running === tasks.total`). */
  jobs(address: string, options?: CallOptions): Promise<JobSummary[]>;
  /** null only when this JobManager says that it does not know the job; it may not know it yet. Up to `web.refresh-interval` (3 s) old. */
  job(address: string, jobId: string, options?: CallOptions): Promise<FlinkJob | null>;
  /** As `job`, much cheaper and never old. */
  jobStatus(address: string, jobId: string, options?: CallOptions): Promise<JobState | null>;
  /**
   * Triggers and returns; ask `savepointStatus` for the result, soon: the JobManager ends once it was read. A job that is
   * unknown or has ended is no error here: Flink accepts the trigger, remembers it, and tells so as its result.
   */
  stopWithSavepoint(address: string, jobId: string, request: StopRequest, options?: CallOptions): Promise<void>;
  /** Triggers a savepoint of a job that runs on. */
  triggerSavepoint(address: string, jobId: string, request: SavepointRequest, options?: CallOptions): Promise<void>;
  savepointStatus(address: string, jobId: string, triggerId: string, options?: CallOptions): Promise<SavepointStatus>;
  /** Cancels without a savepoint; fine if the job has already ended. `NotFound` for an unknown job. */
  cancel(address: string, jobId: string, options?: CallOptions): Promise<void>;
  /**
   * Up to 3 s old (`web.refresh-interval`, tried), as is `job`. `counts.failed` also counts checkpoints that were due while tasks
   * were starting. null for a job that cannot have checkpoints; one without an interval has zeros. `NotFound` for an
   * unknown job (so also below).
   */
  checkpoints(address: string, jobId: string, options?: CallOptions): Promise<Checkpoints | null>;
  /** What the program really set; without periodic checkpoints `intervalMs` is null. null as above. */
  checkpointsConfig(address: string, jobId: string, options?: CallOptions): Promise<CheckpointsConfig | null>;
  /** Newest first, at most `limit` (default 5). */
  exceptions(address: string, jobId: string, options?: CallOptions & { limit?: number }): Promise<JobException[]>;
  jobManagerConfig(address: string, options?: CallOptions): Promise<Record<string, string>>;
  /** Ends the whole cluster (`DELETE /cluster`); YARN then says FINISHED with the status of the job. */
  shutdownCluster(address: string, options?: CallOptions): Promise<void>;
  /** The files in the JobManager's log folder, by name. */
  logFiles(address: string, options?: CallOptions): Promise<LogFile[]>;
  /** The end of a file in the JobManager's log folder, e.g. `jobmanager.log`; null when there is none. */
  logTail(address: string, file: string, bytes: number, options?: CallOptions): Promise<string | null>;
}

export function createFlinkClient(): FlinkClient {
  /** Answers with any status below 500; what is above means "not now" (leader election, timeouts inside). */
  async function ask(
    method: HttpCall['method'],
    address: string,
    path: string,
    options: CallOptions = {},
    body?: unknown,
  ) {
    const call = callTo(method, address, path, options, body);
    const reply = await sendJson(call);
    if (reply.status >= 500 && !isUnknownJob(reply))
      throw unreachable(call, `answered ${reply.status}: ${said(reply)}`);
    return { call, reply };
  }

  async function get(address: string, path: string, what: string, options?: CallOptions) {
    const { call, reply } = await ask('GET', address, path, options);
    if (reply.status !== 200) throw rejected(what, reply);
    return { call, body: reply.body };
  }

  async function trigger(address: string, path: string, what: string, body: unknown, options?: CallOptions) {
    const { call, reply } = await ask('POST', address, path, options, body);
    if (reply.status !== 202) throw rejected(what, reply);
    parseReply(call, TriggerReply, reply.body);
  }

  return {
    async overview(address, options) {
      const { call, body } = await get(address, '/overview', 'its overview', options);
      return parseReply(call, OverviewReply, body);
    },

    async jobs(address, options) {
      const { call, body } = await get(address, '/jobs/overview', 'its jobs', options);
      return parseReply(call, JobsReply, body).jobs;
    },

    async job(address, jobId, options) {
      const { call, reply } = await ask('GET', address, `/jobs/${jobId}`, options);
      if (isUnknownJob(reply)) return null;
      if (reply.status !== 200) throw rejected(`a report of job ${jobId}`, reply);
      return parseReply(call, JobReply, reply.body);
    },

    async jobStatus(address, jobId, options) {
      const { call, reply } = await ask('GET', address, `/jobs/${jobId}/status`, options);
      if (isUnknownJob(reply)) return null;
      if (reply.status !== 200) throw rejected(`the status of job ${jobId}`, reply);
      return parseReply(call, JobStatusReply, reply.body).status;
    },

    // Camel case in /stop and hyphens in /savepoints: StopWithSavepointRequestBody, SavepointTriggerRequestBody (1.20).
    async stopWithSavepoint(address, jobId, { targetDirectory, triggerId, drain, formatType = 'CANONICAL' }, options) {
      const body = { targetDirectory, triggerId, drain, formatType };
      await trigger(address, `/jobs/${jobId}/stop`, `to stop job ${jobId} with a savepoint`, body, options);
    },

    async triggerSavepoint(address, jobId, { targetDirectory, triggerId, formatType = 'CANONICAL' }, options) {
      const body = { 'target-directory': targetDirectory, 'cancel-job': false, triggerId, formatType };
      await trigger(address, `/jobs/${jobId}/savepoints`, `a savepoint of job ${jobId}`, body, options);
    },

    async savepointStatus(address, jobId, triggerId, options) {
      const { call, reply } = await ask('GET', address, `/jobs/${jobId}/savepoints/${triggerId}`, options);
      if (reply.status === 404 && isFlinks(reply)) return { status: 'unknown' };
      if (reply.status !== 200) throw rejected(`the state of savepoint ${triggerId}`, reply);
      return parseReply(call, SavepointReply, reply.body);
    },

    async cancel(address, jobId, options) {
      const { reply } = await ask('PATCH', address, `/jobs/${jobId}?mode=cancel`, options);
      // 409: the job is already terminal (JobCancellationHandler, 1.20).
      if (reply.status !== 202 && reply.status !== 409) throw rejected(`to cancel job ${jobId}`, reply);
    },

    async checkpoints(address, jobId, options) {
      const { call, reply } = await ask('GET', address, `/jobs/${jobId}/checkpoints`, options);
      if (hasNoCheckpointing(reply)) return null;
      if (reply.status !== 200) throw rejected(`the checkpoints of job ${jobId}`, reply);
      return parseReply(call, CheckpointsReply, reply.body);
    },

    async checkpointsConfig(address, jobId, options) {
      const { call, reply } = await ask('GET', address, `/jobs/${jobId}/checkpoints/config`, options);
      if (hasNoCheckpointing(reply)) return null;
      if (reply.status !== 200) throw rejected(`the checkpoint settings of job ${jobId}`, reply);
      return parseReply(call, CheckpointsConfigReply, reply.body);
    },

    async exceptions(address, jobId, { limit = 5, ...options } = {}) {
      const path = `/jobs/${jobId}/exceptions?maxExceptions=${limit}`;
      const { call, body } = await get(address, path, `the exceptions of job ${jobId}`, options);
      return parseReply(call, ExceptionsReply, body);
    },

    async jobManagerConfig(address, options) {
      const { call, body } = await get(address, '/jobmanager/config', 'its configuration', options);
      return parseReply(call, ConfigReply, body);
    },

    async shutdownCluster(address, options) {
      const { reply } = await ask('DELETE', address, '/cluster', options);
      if (reply.status !== 200 && reply.status !== 202) throw rejected('to shut down', reply);
    },

    async logFiles(address, options) {
      const { call, body } = await get(address, '/jobmanager/logs', 'its log files', options);
      return parseReply(call, LogFilesReply, body).sort((a, b) => (a.name < b.name ? -1 : 1));
    },

    async logTail(address, file, bytes, options = {}) {
      const call = callTo('GET', address, `/jobmanager/logs/${encodeURIComponent(file)}`, options);
      const reply = await sendForTail(call, bytes);
      if (reply.status === 404) return null;
      if (reply.status !== 200) throw unreachable(call, `answered ${reply.status}: ${excerpt(reply.text)}`);
      return reply.text;
    },
  };
}

function callTo(
  method: HttpCall['method'],
  address: string,
  path: string,
  options: CallOptions,
  body?: unknown,
): HttpCall {
  if (!URL.canParse(`http://${address}`)) {
    throw new SluiceError('FlinkUnreachable', `"${address}" is not an address of a JobManager (host:port)`);
  }
  const url = new URL(`http://${address}${path}`);
  return { ...options, system: 'the JobManager', unreachable: 'FlinkUnreachable', method, url, body };
}

function said(reply: JsonReply): string {
  const parsed = FlinkErrors.safeParse(reply.body);
  const reasons = parsed.success ? parsed.data.errors.filter((error) => error !== 'Internal server error.') : [];
  return reasons.length === 0
    ? (reply.refusal ?? 'no reason given')
    : reasons.map((error) => rootCause(error)).join('; ');
}

function rejected(what: string, reply: JsonReply): SluiceError {
  const code = isUnknownJob(reply) ? 'NotFound' : 'FlinkRejected';
  return new SluiceError(code, `Flink refused ${what} (${reply.status}): ${said(reply)}`);
}

function isFlinks(reply: JsonReply): boolean {
  return FlinkErrors.safeParse(reply.body).success;
}

/**
 * By handler (1.20.1, tried): 404 `NotFoundException: Job <id> not found`, and from `/status` even 500 with
 * `FlinkJobNotFoundException: Could not find Flink job (<id>)` below "Internal server error".
 */
function isUnknownJob(reply: JsonReply): boolean {
  if (reply.status !== 404 && reply.status !== 500) return false;
  return isFlinks(reply) && /\bJob \w+ not found|FlinkJobNotFoundException/.test(errorText(reply));
}

/** `RestHandlerException: Checkpointing is not enabled for this job (<id>)`, also with 404; read in the source. */
function hasNoCheckpointing(reply: JsonReply): boolean {
  return reply.status === 404 && /[Cc]heckpointing (is|was|has) not/.test(errorText(reply));
}

function errorText(reply: JsonReply): string {
  const parsed = FlinkErrors.safeParse(reply.body);
  return parsed.success ? parsed.data.errors.join('\n') : '';
}
