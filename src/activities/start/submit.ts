/** Submits a start, also as a standby: its caller says how the gate begins, beside which instance it comes, and what records it. */
import type { YarnClient } from '../../clients/yarn/yarn.ts';
import { parseAcceptedFile } from '../../domain/deployment-file/parse.ts';
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import { renderConfigYaml } from '../../domain/flink-options/config-yaml.ts';
import { stagedConfigKey } from '../../domain/identity/storage-keys.ts';
import { identityOfTags, launchOfTags } from '../../domain/identity/yarn-tags.ts';
import { submitRefusal, type Fence, type HolderId } from '../../domain/lock/fence.ts';
import type { Gates } from '../../domain/lock/gate.ts';
import { changeFence, readFence } from '../../records/fences.ts';
import { changeGates } from '../../records/gates.ts';
import { keepConfiguration, readDeploymentFile } from '../../records/texts.ts';
import { shippedBy } from '../check/check-release.ts';
import { sweep } from '../check/sweep.ts';
import { clusterOf, holderIn, launcherOf, type Dependencies } from '../dependencies/dependencies.ts';
import { confirmClassArchive } from '../distribution/class-archive.ts';
import { renderStart } from './render-start.ts';

/** An instance that runs: its application as the fence knows it, and as YARN does, and its Flink job. */
export interface Beside {
  readonly reservedId: string;
  readonly applicationId: string;
  readonly flinkJobId: string;
}

interface Submission {
  readonly deployment: Deployment;
  readonly runId: string;
  /** Gives the start its gate; null for an instance that reads none. */
  readonly gate: ((gates: Gates) => Gates) | null;
  /** Marks a start in the fence whose gate is there, for workers that know no standby: they touch nothing until the handover is over. */
  readonly mark?: (fence: Fence, gates: Gates) => Fence;
  /** The instance that stays while the start comes up as a standby; null: there is none any more. */
  readonly beside: Beside | null;
  /** Writes the start down as a deployment before it is submitted; null: nothing is deployed yet. */
  readonly record: ((rendered: Deployment) => Promise<unknown>) | null;
  /** For a standby: milliseconds after which it ends by itself unless it is promoted. */
  readonly standbyMs?: number;
}

/** The facts about a start that its submission has settled. */
export interface Submitted {
  readonly configuration: string;
  /** Milliseconds of the lease that its JVMs keep. */
  readonly lease: number | null;
  /** Whether the instance uses class archives. */
  readonly classArchive: Deployment['classArchive'];
}

/**
 * Submits the start under its reserved application id, which YARN takes once however often it is sent.
 * @throws SluiceError `LockLost` when the fence does not let it, `ForeignInstance` when another application of the job
 * lives, `SubmissionLost` when YARN dropped our tags.
 */
export async function submit(
  deps: Dependencies,
  { deployment: planned, runId, gate, mark, beside, record, standbyMs }: Submission,
): Promise<Submitted> {
  const { s3 } = deps;
  const { job, cluster, applicationId, flinkJobId } = planned;
  const place = clusterOf(deps, cluster);
  const launcher = launcherOf(place, planned.launcher);
  const [declared, shipped, { classArchive, archived }] = await Promise.all([
    declaredFile(deps, planned),
    shippedBy(s3, planned),
    confirmClassArchive(deps, planned),
  ]);
  const deployment = { ...planned, classArchive };
  const { file, tags, entries } = renderStart(deps, deployment, {
    declared,
    shipped,
    ...(standbyMs === undefined ? {} : { standbyMs }),
  });
  const configuration = await keepConfiguration(s3, entries);
  const admitted = (fence: Fence): Fence => {
    refuseSubmit(fence, deployment, { holder: holderIn(deps, runId), beside: beside?.reservedId ?? null });
    return fence;
  };
  const admittedBy = async (): Promise<Fence> => admitted((await readFence(s3, job)).fence);
  const before = await admittedBy();
  // Before the look at YARN: what that does not show and comes later finds its gate revoked.
  const gates = gate && (await changeGates(s3, job, gate));
  const fence = gates && mark ? await changeFence(s3, job, (newest) => mark(admitted(newest), gates)) : before;
  await Promise.all([
    // The intention is written down before the act, and only by a run that the fence lets act.
    record?.({ ...deployment, configuration }),
    // A person may have started the job by hand since the checks; what was known then is confirmed dead by now.
    sweep(deps, {
      job,
      fence,
      legacyNames: file.yarn.legacyNames,
      places: [cluster],
      known: [applicationId, beside?.applicationId],
      knownStart: beside?.flinkJobId ?? flinkJobId,
    }),
  ]);
  const beforeSubmit = async (): Promise<void> => {
    await admittedBy();
  };
  await launcher.launch({ deployment, file, shipped, tags, entries, archived, beforeSubmit });
  const lease = await leaseAsStaged(s3, { deployment, entries, lease: launcher.leaseOf(file) });
  await refuseUntagged(place.yarn, deployment);
  return { configuration, lease, classArchive };
}

/** @throws SluiceError `SubmissionLost` when YARN dropped the tags of the start, or does not know its application. */
async function refuseUntagged(
  yarn: Pick<YarnClient, 'application'>,
  { applicationId, cluster, flinkJobId }: Deployment,
): Promise<void> {
  const report = await yarn.application(applicationId);
  const carried = report && (identityOfTags(report.tags).flinkJobId ?? launchOfTags(report.tags));
  if (carried === flinkJobId) return;
  throw new SluiceError(
    'SubmissionLost',
    `application ${applicationId} does not carry the tags of its start on cluster ${cluster}`,
  );
}

interface Leasing {
  readonly deployment: Deployment;
  readonly entries: Parameters<typeof renderConfigYaml>[0];
  readonly lease: number | null;
}

/**
 * The lease that the JVMs keep. The first attempt writes their configuration, and may have been of a worker that gives no lease or
 * another one: then nobody relies on any.
 */
async function leaseAsStaged(s3: Dependencies['s3'], { deployment, entries, lease }: Leasing): Promise<number | null> {
  if (lease === null) return null;
  const staged = await s3.get(stagedConfigKey(deployment.job, deployment.flinkJobId));
  return staged?.body === renderConfigYaml(entries) ? lease : null;
}

/** @throws SluiceError `LockLost` when the fence does not let the start submit, or its standby be promoted. */
export function refuseSubmit(
  fence: Fence,
  { startKey }: Pick<Deployment, 'startKey'>,
  { holder, beside }: { readonly holder: HolderId; readonly beside: string | null },
): void {
  const refusal = submitRefusal(fence, startKey, holder, { now: Date.now(), beside });
  if (refusal !== null) throw new SluiceError('LockLost', `nothing was submitted: ${refusal}`);
}

export async function declaredFile({ s3 }: Pick<Dependencies, 's3'>, deployment: Pick<Deployment, 'file' | 'release'>) {
  const text = await readDeploymentFile(s3, deployment.file);
  const parsed = text === null ? null : parseAcceptedFile(text);
  if (parsed?.ok) return parsed.file;
  throw new SluiceError(
    'DeploymentFileNotFound',
    `the deployment file ${deployment.file} of release ${deployment.release} cannot be read from S3`,
  );
}
