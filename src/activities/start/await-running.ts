/** Waits for a started instance: for every task to be RUNNING, then for the checkpoints that prove it. */
import type { CheckpointsConfig } from '../../clients/flink/checkpoints.ts';
import { isTerminalJob, type JobState } from '../../clients/flink/replies.ts';
import { isTerminal, type ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { checkpointFailure, classify } from '../../domain/errors/cause.ts';
import { isCode, SluiceError, withoutAnswer, type ErrorCode } from '../../domain/errors/errors.ts';
import { reportedCause, reportedEnd } from '../instance/how-ended.ts';
import { rulesOf } from '../../domain/deployment-file/job-type.ts';
import { clip } from '../../domain/values/clip.ts';
import { checkpointsOf } from '../../domain/identity/storage-keys.ts';
import { clusterOfInstance, flinkUri, keyOfUri, now, type Dependencies } from '../dependencies/dependencies.ts';
import { forgottenOrLost } from '../instance/forgotten.ts';
import { isUnregistered, isUnscheduled, NotBegun, withNeverRan } from '../instance/never-ran.ts';
import { keepTraces, noteTraces } from '../instance/traces.ts';
import { poll, type Look } from '../poll.ts';
import { createOverrides, type Overrides } from './code-overrides.ts';
import { missingRun } from './stable-run.ts';

interface Wait {
  readonly deployment: Deployment;
  readonly deadlineMs: number;
  /** Whether TaskManagers are up already, so that a checkpoint may complete at once. Default false. */
  readonly isWarm?: boolean;
}

interface Verification extends Wait {
  /** Whether the answer may be that the verification needs more time; a worker of an earlier release would not heed it. */
  readonly mayExtend?: boolean;
}

/** A proof of health, or the whole time in milliseconds that the proof needs. */
type VerifyAnswer =
  | (Verified & { readonly nodes: readonly string[]; readonly warnings?: readonly string[] })
  | { readonly needsMs: number };

interface Verified {
  /** The newest completed checkpoint; null for a job without any. */
  readonly completedCheckpoint: number | null;
  readonly newestCheckpoint?: string | undefined;
  /** Whether the job is bounded and has reached its end. */
  readonly isFinished: boolean;
  readonly maxParallelism: number | null;
}

/** States of a task that has begun its work. */
const BEGUN: ReadonlySet<string> = new Set(['RUNNING', 'FINISHED']);

/** How long a job without checkpoints must run to count as healthy. */
const QUIET_RUNNING_MS = 60_000;

export const createAwaitRunning = (deps: Dependencies) => ({
  /**
   * @throws SluiceError `StartFailed` with the cause and whether tasks can have run, `StartTimedOut` with what was seen
   * last.
   */
  async awaitRunning({ deployment, deadlineMs, isWarm = false }: Wait): Promise<{ runningAt: string }> {
    const waited = await poll({ deadlineMs }, lookForRunning(deps, deployment, isWarm));
    if ('found' in waited) return waited.found;
    throw await late(
      deps,
      deployment,
      'StartTimedOut',
      waited,
      `deployment ${deployment.number} was not RUNNING within ${deadlineMs / 1000} s: ${waited.timedOut}`,
    );
  },

  /** @throws SluiceError `VerificationFailed`, `ConfigOverriddenByCode`, or `StartFailed` when it ended meanwhile. */
  async verifyRunning({ deployment, deadlineMs, mayExtend = false }: Verification): Promise<VerifyAnswer> {
    const overrides = createOverrides(deps, deployment, deadlineMs);
    const waited = await poll({ deadlineMs }, () => lookForHealth(deps, deployment, overrides));
    if ('found' in waited) {
      const [warnings] = await Promise.all([overrides.warnings(), noteAtLast(deps, deployment)]);
      return { ...waited.found, nodes: [], warnings }; // older workflow code reads nodes; the traces have them
    }
    if (mayExtend && overrides.needsMs !== null) return { needsMs: overrides.needsMs };
    throw await late(
      deps,
      deployment,
      'VerificationFailed',
      waited,
      `deployment ${deployment.number} did not prove healthy within ${deadlineMs / 1000} s: ${waited.timedOut}`,
    );
  },
});

/** Budget of each question about the cause of a timeout. */
const WHY = { deadlineMs: 3_000 };

/** The error of a wait that timed out, with the cause by the systems that still answer. */
async function late(
  { clusters, flink }: Dependencies,
  { cluster, applicationId, flinkJobId }: Deployment,
  code: 'StartTimedOut' | 'VerificationFailed',
  { timedOut, silent }: { readonly timedOut: string; readonly silent?: ErrorCode | undefined },
  detail: string,
): Promise<SluiceError> {
  const report = await clusters.get(cluster)?.yarn.application(applicationId, WHY).catch(withoutAnswer);
  const address = report?.amAddress ?? null;
  const [thrown, checkpoints] =
    address === null
      ? [null, null]
      : await Promise.all([
          flink.exceptions(address, flinkJobId, WHY).catch(withoutAnswer),
          flink.checkpoints(address, flinkJobId, WHY).catch(withoutAnswer),
        ]);
  const failed = checkpoints?.latestFailed;
  const why = classify({
    code: silent ?? code,
    exceptions: [...(thrown ?? []).map(({ stack }) => stack), ...(failed ? [checkpointFailure(failed.message)] : [])],
    yarn: report?.diagnostics ?? '',
    seen: `${timedOut}; ${report?.runningContainers ?? '?'} containers run`,
    detail: timedOut,
  });
  return new SluiceError(code, detail, { why });
}

/** Notes the nodes of all tasks once they run. A failure to note them does not make the instance unhealthy. */
async function noteAtLast(deps: Dependencies, deployment: Deployment): Promise<void> {
  try {
    const report = await clusterOfInstance(deps, deployment.cluster).yarn.application(deployment.applicationId);
    if (report && !isTerminal(report.state)) await noteTraces(deps, deployment, report);
  } catch (error) {
    if (!(error instanceof SluiceError)) throw error;
  }
}

/** How long an answer of YARN is good while the JobManager answers too. */
const YARN_ANSWER_MS = 2_000;

/**
 * Asks YARN until it tells where the JobManager is, then mostly the JobManager, and for its costly details only once it
 * says RUNNING: every question takes time from a JVM that is busy starting. The address is kept for seconds, never longer.
 */
function lookForRunning(
  deps: Dependencies,
  deployment: Deployment,
  isWarm: boolean,
): () => Promise<Look<{ runningAt: string }>> {
  let lastAnswer: { readonly address: string; readonly at: number } | null = null;
  const note = keepTraces(deps, deployment);
  const notBegun = new NotBegun();
  const look = async (): Promise<Look<{ runningAt: string }>> => {
    const askedAt = performance.now();
    if (!lastAnswer || Date.now() - lastAnswer.at > YARN_ANSWER_MS) {
      lastAnswer = null;
      const report = await liveReport(deps, deployment);
      if (typeof report === 'string') return { seen: report };
      if (isUnregistered(report)) notBegun.saw(true, askedAt);
      await note(report);
      if (report.amAddress === null) return { seen: `application ${report.id} is ${report.state}${hint(report)}` };
      lastAnswer = { address: report.amAddress, at: Date.now() };
    }
    const status = await statusOf(deps, deployment, lastAnswer.address);
    notBegun.saw(isUnscheduled(status), askedAt);
    if (status !== 'RUNNING' && status !== 'FINISHED') return { seen: `the Flink job is ${status ?? 'not known yet'}` };
    const job = await deps.flink.job(lastAnswer.address, deployment.flinkJobId);
    if (!job) return { seen: 'the JobManager does not know the job' };
    if (job.allTasksRunning || status === 'FINISHED') return { found: { runningAt: now() } };
    // Tasks of a batch job follow each other, so the first ones are enough.
    const { runsAllTasks } = rulesOf(deployment.jobType);
    if (!runsAllTasks && job.vertices.some((vertex) => BEGUN.has(vertex.status)))
      return { found: { runningAt: now() } };
    const waiting = job.vertices
      .filter((vertex) => vertex.status !== 'RUNNING')
      .map((vertex) => `${vertex.name} ${vertex.status}`);
    return { seen: `job ${job.state}: ${waiting.slice(0, 3).join(', ')}` };
  };
  return () =>
    look().catch((error: unknown) => {
      throw isCode(error, 'StartFailed') && !isWarm && notBegun.isRecent ? withNeverRan(error) : error;
    });
}

async function lookForHealth(
  deps: Dependencies,
  deployment: Deployment,
  overrides: Overrides,
): Promise<Look<Verified>> {
  const report = await liveReport(deps, deployment);
  if (typeof report === 'string') return { seen: report };
  const { amAddress } = report;
  if (amAddress === null) return { seen: `application ${report.id} is ${report.state}` };
  const { flinkJobId, verify } = deployment;
  const status = await statusOf(deps, deployment, amAddress);
  // A bounded job that has reached its end needs no further proof.
  if (status === 'FINISHED') return { found: { completedCheckpoint: null, isFinished: true, maxParallelism: null } };
  const [job, checkpoints, config, exceptions] = await Promise.all([
    deps.flink.job(amAddress, flinkJobId),
    deps.flink.checkpoints(amAddress, flinkJobId),
    deps.flink.checkpointsConfig(amAddress, flinkJobId),
    deps.flink.exceptions(amAddress, flinkJobId, { limit: verify.maxRestarts + 1 }),
  ]);
  if (!job) return { seen: 'the JobManager does not know the job' };
  const { maxParallelism } = job;
  await overrides.notice({ job, checkpoints: config });
  if (exceptions.length > verify.maxRestarts) {
    throw new SluiceError(
      'VerificationFailed',
      `deployment ${deployment.number} failed ${exceptions.length} times, ${verify.maxRestarts} are allowed: ${exceptions[0]?.rootCause ?? ''}`,
      { why: classify({ code: 'VerificationFailed', exceptions: exceptions.map(({ stack }) => stack) }) },
    );
  }
  // A batch job proves itself by its end, which may be hours away.
  if (!rulesOf(deployment.jobType).runsAllTasks)
    return { found: { completedCheckpoint: null, isFinished: false, maxParallelism } };
  const missing = missingRun(deployment, job, exceptions);
  if (checkpoints === null || config?.intervalMs == null) {
    const ranMs = Date.now() - Date.parse(deployment.startedAt);
    const quiet = job.enteredAt.RUNNING ? Date.now() - job.enteredAt.RUNNING : ranMs;
    if (job.allTasksRunning && quiet >= QUIET_RUNNING_MS && missing === null)
      return { found: { completedCheckpoint: null, isFinished: false, maxParallelism } };
    return {
      seen: `job ${job.state} for ${Math.round(quiet / 1000)} s, without checkpoints${missing === null ? '' : `, ${missing}`}`,
    };
  }
  refuseLosingCheckpoints(deps, deployment, config, checkpoints.latestCompleted?.path ?? null);
  if (job.allTasksRunning && checkpoints.counts.completed >= verify.checkpoints && missing === null) {
    const { id: completedCheckpoint = null, path } = checkpoints.latestCompleted ?? {};
    const found = { completedCheckpoint, newestCheckpoint: path ?? undefined, isFinished: false, maxParallelism };
    return { found };
  }
  const failed = checkpoints.latestFailed ? `, last failure: ${checkpoints.latestFailed.message}` : '';
  return {
    seen: `job ${job.state}, ${checkpoints.counts.completed} of ${verify.checkpoints} checkpoints completed${missing === null ? '' : `, ${missing}`}${failed}`,
  };
}

/**
 * Refuses a program whose checkpoints Flink deletes, or that lie where Sluice does not look.
 * @throws SluiceError `ConfigOverriddenByCode`.
 */
function refuseLosingCheckpoints(
  deps: Dependencies,
  { job, number, flinkJobId }: Deployment,
  { externalized, deletedOnCancellation }: CheckpointsConfig,
  newest: string | null,
): void {
  if (!externalized || deletedOnCancellation) {
    throw new SluiceError(
      'ConfigOverriddenByCode',
      `the program of deployment ${number} sets the retention of checkpoints; declared is RETAIN_ON_CANCELLATION`,
    );
  }
  const ours = checkpointsOf(job, flinkJobId);
  if (newest !== null && keyOfUri(deps, newest)?.startsWith(ours) !== true) {
    throw new SluiceError(
      'ConfigOverriddenByCode',
      `the program of deployment ${number} writes its checkpoints to ${newest}; declared is ${flinkUri(deps, ours)}`,
    );
  }
}

/**
 * The report of a live application; a sentence when YARN may only have forgotten it.
 * @throws SluiceError `SubmissionLost`, `StartFailed`.
 */
async function liveReport(deps: Dependencies, deployment: Deployment): Promise<ApplicationReport | string> {
  const { yarn } = clusterOfInstance(deps, deployment.cluster);
  const report = await yarn.application(deployment.applicationId);
  if (!report) return forgottenOrLost(yarn, deployment);
  if (isTerminal(report.state))
    throw new SluiceError('StartFailed', reportedEnd(report), { why: reportedCause(report) });
  return report;
}

/**
 * The job's status, asked before its details: a main() that threw leaves a FAILED job without a plan, whose details
 * Flink answers with 500 (tried on 1.20.1). A bounded job may reach its end while it is waited for: that is no failure.
 * @throws SluiceError `StartFailed` with the root cause.
 */
async function statusOf(
  { flink }: Dependencies,
  { number, flinkJobId }: Deployment,
  address: string,
): Promise<JobState | null> {
  const status = await flink.jobStatus(address, flinkJobId);
  if (status === null || !isTerminalJob(status) || status === 'FINISHED') return status;
  const [exception] = await flink.exceptions(address, flinkJobId, { limit: 1 });
  throw new SluiceError(
    'StartFailed',
    `the Flink job of deployment ${number} is ${status}: ${exception?.rootCause ?? 'without an exception'}`,
    { why: classify({ code: 'StartFailed', exceptions: exception ? [exception.stack] : [] }) },
  );
}

const hint = (report: ApplicationReport): string =>
  report.state === 'ACCEPTED' && report.diagnostics !== '' ? ` (${clip(report.diagnostics, 300)})` : '';
