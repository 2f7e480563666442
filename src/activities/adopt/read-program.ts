/** Reads from Flink what a program is that a person has started: its job, its version, its state and where that is. */
import type { Checkpoints, CheckpointsConfig } from '../../clients/flink/checkpoints.ts';
import { isTerminalJob, type JobSummary } from '../../clients/flink/replies.ts';
import type { ApplicationReport } from '../../clients/yarn/replies.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { folderOfCheckpoint } from '../../domain/identity/storage-keys.ts';
import { SluiceError, isCode } from '../../domain/errors/errors.ts';
import { compareMinor } from '../../domain/flink-options/flink-version.ts';
import type { RestorePoint } from '../../domain/restore-points/restore-point.ts';
import type { DeploymentsOnce } from '../../records/deployments.ts';
import { keyOfUri, now, type Dependencies } from '../dependencies/dependencies.ts';
import { givenPoint } from '../restore-points/resolve-point.ts';

interface Running {
  readonly job: string;
  readonly file: DeploymentFile;
  readonly report: ApplicationReport;
  readonly deployments: DeploymentsOnce;
}

interface Program extends Pick<
  Deployment,
  'flinkJobId' | 'stateBackend' | 'checkpointing' | 'completedCheckpoint' | 'restorePoint' | 'runningAt'
> {
  /** Folder of its checkpoints; null where it is in another bucket, or unknown. */
  readonly checkpoints: string | null;
  readonly warnings: readonly string[];
}

/** @throws SluiceError `AdoptionRefused` when it is no program that Sluice could have started. */
export async function readProgram(deps: Dependencies, running: Running): Promise<Program> {
  try {
    return await read(deps, running);
  } catch (error) {
    if (!isCode(error, 'FlinkUnreachable', 'FlinkRejected', 'NotFound')) throw error;
    throw refused(running.report, `cannot be asked: ${error.message}`);
  }
}

async function read(deps: Dependencies, { job, file, report, deployments }: Running): Promise<Program> {
  const { flink } = deps;
  const address = report.amAddress ?? '';
  const [{ flinkVersion }, jobs, settings] = await Promise.all([
    flink.overview(address),
    flink.jobs(address),
    flink.jobManagerConfig(address),
  ]);
  if (compareMinor(flinkVersion, file.flink.version) !== 0) {
    throw refused(
      report,
      `runs Flink ${flinkVersion}, the release says ${file.flink.version}: adopt it with a release that says what it runs, then deploy`,
    );
  }
  const { id, startedAt, state } = onlyJob(report, jobs);
  const [detail, config, snapshots] = await Promise.all([
    flink.job(address, id),
    flink.checkpointsConfig(address, id),
    flink.checkpoints(address, id),
  ]);
  if (state !== 'RUNNING' && !snapshots?.latestCompleted) {
    throw refused(report, `has never been seen running: its Flink job is ${state}, without a completed checkpoint`);
  }
  const folder = folderOf(id, settings, snapshots);
  const isOurs = folder !== null && keyOfUri(deps, folder) !== null;
  const parallelism = Math.max(0, ...(detail?.vertices.map((vertex) => vertex.parallelism) ?? []));
  return {
    flinkJobId: id,
    stateBackend: stateBackendOf(config, settings),
    checkpointing: (config?.intervalMs ?? null) !== null,
    completedCheckpoint: snapshots?.latestCompleted?.id ?? null,
    restorePoint: await startedFrom(deps, { job, deployments }, snapshots, flinkVersion),
    runningAt: startedAt === null ? now() : new Date(startedAt).toISOString(),
    checkpoints: isOurs ? folder : null,
    warnings: [
      ...(state === 'RUNNING' ? [] : [`its Flink job is ${state}`]),
      ...(flinkVersion === file.flink.version ? [] : [`it runs Flink ${flinkVersion}, not ${file.flink.version}`]),
      ...(parallelism === file.job.parallelism || parallelism === 0
        ? []
        : [`it runs with parallelism ${parallelism}; the file says ${file.job.parallelism}`]),
      ...warningsOf(config, settings, isOurs ? null : folder, deps.s3.bucket),
    ],
  };
}

const refused = ({ id }: ApplicationReport, why: string): SluiceError =>
  new SluiceError('AdoptionRefused', `application ${id} ${why}`);

/** Sluice starts one Flink job for each application; a session cluster is something else. */
function onlyJob(report: ApplicationReport, jobs: readonly JobSummary[]): JobSummary {
  const going = jobs.filter(({ state }) => !isTerminalJob(state));
  const [only, other] = going;
  if (only && !other) return only;
  if (other) throw refused(report, `runs ${going.length} Flink jobs; Sluice takes over applications of one job`);
  const last = jobs.at(0);
  throw refused(report, last ? `runs no Flink job any more: ${last.id} is ${last.state}` : 'has no Flink job yet');
}

/** `<directory>/<job id>`: the newest checkpoint tells, else the configuration does. */
function folderOf(
  flinkJobId: string,
  settings: Readonly<Record<string, string>>,
  snapshots: Checkpoints | null,
): string | null {
  const newest = snapshots?.latestCompleted?.path;
  if (newest) return folderOfCheckpoint(newest);
  const directory = settings['execution.checkpointing.dir'] ?? settings['state.checkpoints.dir'];
  return directory === undefined ? null : `${directory.replace(/\/+$/, '')}/${flinkJobId}`;
}

function stateBackendOf(config: CheckpointsConfig | null, settings: Readonly<Record<string, string>>): string {
  const backend = config?.stateBackend ?? '';
  if (/rocksdb/i.test(backend)) return 'rocksdb';
  if (/forst/i.test(backend)) return 'forst';
  if (/hashmap/i.test(backend)) return 'hashmap';
  return settings['state.backend.type'] ?? settings['state.backend'] ?? 'hashmap';
}

/** The point that the program was restored from last: by Flink after a failure, or by the person who started it. */
async function startedFrom(
  deps: Dependencies,
  { job, deployments }: Pick<Running, 'job' | 'deployments'>,
  snapshots: Checkpoints | null,
  flinkVersion: string,
): Promise<RestorePoint | null> {
  const restored = snapshots?.restored;
  if (!restored?.path) return null;
  const unproven: RestorePoint = {
    path: restored.path,
    kind: restored.isSavepoint ? 'savepoint' : 'checkpoint',
    taken: 'given',
    epoch: null,
    checkpointId: restored.id,
    completedAt: null,
    deployment: null,
    flinkVersion,
    format: null,
    stateBackend: null,
    maxParallelism: null,
  };
  try {
    return await givenPoint(deps, { job, deployments }, restored.path);
  } catch (error) {
    // The point is gone or in another bucket. The record still says where the program came from.
    if (isCode(error, 'RestorePointBroken')) return unproven;
    throw error;
  }
}

function warningsOf(
  config: CheckpointsConfig | null,
  settings: Readonly<Record<string, string>>,
  elsewhere: string | null,
  bucket: string,
): string[] {
  const warnings: string[] = [];
  if (elsewhere !== null)
    warnings.push(`its checkpoints are in ${elsewhere}, not in bucket ${bucket}: stop it with a savepoint only`);
  if (config?.intervalMs && (!config.externalized || config.deletedOnCancellation))
    warnings.push('its checkpoints may be deleted when it ends: stop it with a savepoint only');
  if (settings['yarn.application-attempts'] !== '1')
    warnings.push('YARN may start it a second time, without its state, if its JobManager dies: deploy soon');
  return warnings;
}
