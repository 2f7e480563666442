/** Waiting for a started instance: every task RUNNING, then the checkpoints that prove it. */
import { isTerminalJob, type JobState } from '../clients/flink-replies.ts';
import { isTerminal, type ApplicationReport } from '../clients/yarn-replies.ts';
import type { Deployment } from '../domain/deployment.ts';
import { SluiceError } from '../domain/errors.ts';
import { reportedEnd } from './claim-operation.ts';
import { checkpointsOf } from '../domain/storage-keys.ts';
import { clusterOf, flinkUri, keyOfUri, now, type Dependencies } from './dependencies.ts';
import { poll, type Look } from './poll.ts';

interface Wait {
  readonly deployment: Deployment;
  readonly deadlineMs: number;
}

/** How long a job without checkpoints must run to count as healthy. */
const QUIET_RUNNING_MS = 60_000;

export const createAwaitRunning = (deps: Dependencies) => ({
  /** @throws SluiceError `StartFailed` with the cause, `StartTimedOut` with what was seen last. */
  async awaitRunning({ deployment, deadlineMs }: Wait): Promise<{ runningAt: string }> {
    const waited = await poll({ deadlineMs }, lookForRunning(deps, deployment));
    if ('found' in waited) return waited.found;
    throw new SluiceError(
      'StartTimedOut',
      `deployment ${deployment.number} was not RUNNING within ${deadlineMs / 1000} s: ${waited.timedOut}`,
    );
  },

  /** @throws SluiceError `VerificationFailed`, `ConfigOverriddenByCode`, or `StartFailed` when it ended meanwhile. */
  async verifyRunning({ deployment, deadlineMs }: Wait): Promise<{ completedCheckpoint: number | null }> {
    const waited = await poll({ deadlineMs }, () => lookForHealth(deps, deployment));
    if ('found' in waited) return waited.found;
    throw new SluiceError(
      'VerificationFailed',
      `deployment ${deployment.number} did not prove healthy within ${deadlineMs / 1000} s: ${waited.timedOut}`,
    );
  },
});

/** How long an answer of YARN is good while the JobManager answers too. */
const YARN_ANSWER_MS = 2_000;

/**
 * Asks YARN until it tells where the JobManager is, then mostly the JobManager, and for its costly details only once it
 * says RUNNING: every question takes time from a JVM that is busy starting. The address is kept for seconds, never longer.
 */
function lookForRunning(deps: Dependencies, deployment: Deployment): () => Promise<Look<{ runningAt: string }>> {
  let known: { readonly address: string; readonly at: number } | null = null;
  return async () => {
    if (!known || Date.now() - known.at > YARN_ANSWER_MS) {
      known = null;
      const report = await liveReport(deps, deployment);
      if (report.amAddress === null) return { seen: `application ${report.id} is ${report.state}${hint(report)}` };
      known = { address: report.amAddress, at: Date.now() };
    }
    const status = await statusOf(deps, deployment, known.address);
    if (status !== 'RUNNING' && status !== 'FINISHED') return { seen: `the Flink job is ${status ?? 'not known yet'}` };
    const job = await deps.flink.job(known.address, deployment.flinkJobId);
    if (!job) return { seen: 'the JobManager does not know the job' };
    if (job.allTasksRunning || status === 'FINISHED') return { found: { runningAt: now() } };
    const waiting = job.vertices
      .filter((vertex) => vertex.status !== 'RUNNING')
      .map((vertex) => `${vertex.name} ${vertex.status}`);
    return { seen: `job ${job.state}: ${waiting.slice(0, 3).join(', ')}` };
  };
}

async function lookForHealth(
  deps: Dependencies,
  deployment: Deployment,
): Promise<Look<{ completedCheckpoint: number | null }>> {
  const report = await liveReport(deps, deployment);
  const { amAddress } = report;
  if (amAddress === null) return { seen: `application ${report.id} is ${report.state}` };
  const { flinkJobId, verify } = deployment;
  await statusOf(deps, deployment, amAddress);
  const [job, checkpoints, config, exceptions] = await Promise.all([
    deps.flink.job(amAddress, flinkJobId),
    deps.flink.checkpoints(amAddress, flinkJobId),
    deps.flink.checkpointsConfig(amAddress, flinkJobId),
    deps.flink.exceptions(amAddress, flinkJobId, { limit: verify.maxRestarts + 1 }),
  ]);
  if (!job) return { seen: 'the JobManager does not know the job' };
  if (exceptions.length > verify.maxRestarts) {
    throw new SluiceError(
      'VerificationFailed',
      `deployment ${deployment.number} failed ${exceptions.length} times, ${verify.maxRestarts} are allowed: ${exceptions[0]?.rootCause ?? ''}`,
    );
  }
  if (checkpoints === null || config?.intervalMs == null) {
    const ranMs = Date.now() - Date.parse(deployment.startedAt);
    const quiet = job.enteredAt.RUNNING ? Date.now() - job.enteredAt.RUNNING : ranMs;
    if (job.allTasksRunning && quiet >= QUIET_RUNNING_MS) return { found: { completedCheckpoint: null } };
    return { seen: `job ${job.state} for ${Math.round(quiet / 1000)} s, without checkpoints` };
  }
  if (!config.externalized || config.deletedOnCancellation) {
    throw new SluiceError(
      'ConfigOverriddenByCode',
      `the program of deployment ${deployment.number} sets the retention of checkpoints; declared is RETAIN_ON_CANCELLATION`,
    );
  }
  const newest = checkpoints.latestCompleted?.path ?? null;
  const ours = checkpointsOf(deployment.job, flinkJobId);
  if (newest !== null && keyOfUri(deps, newest)?.startsWith(ours) !== true) {
    throw new SluiceError(
      'ConfigOverriddenByCode',
      `the program of deployment ${deployment.number} writes its checkpoints to ${newest}; declared is ${flinkUri(deps, ours)}`,
    );
  }
  if (job.allTasksRunning && checkpoints.counts.completed >= verify.checkpoints) {
    return { found: { completedCheckpoint: checkpoints.latestCompleted?.id ?? null } };
  }
  const failed = checkpoints.latestFailed ? `, last failure: ${checkpoints.latestFailed.message}` : '';
  return {
    seen: `job ${job.state}, ${checkpoints.counts.completed} of ${verify.checkpoints} checkpoints completed${failed}`,
  };
}

async function liveReport(deps: Dependencies, deployment: Deployment): Promise<ApplicationReport> {
  const report = await clusterOf(deps, deployment.cluster).yarn.application(deployment.applicationId);
  if (!report)
    throw new SluiceError(
      'SubmissionLost',
      `cluster ${deployment.cluster} does not know application ${deployment.applicationId}`,
    );
  if (isTerminal(report.state)) throw new SluiceError('StartFailed', reportedEnd(report));
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
  );
}

const hint = (report: ApplicationReport): string =>
  report.state === 'ACCEPTED' && report.diagnostics !== '' ? ` (${report.diagnostics.slice(0, 300)})` : '';
