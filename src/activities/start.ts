/** Starting: the application id is reserved and the epoch taken before anything is submitted. */
import { createHash } from 'node:crypto';
import type { Deployment, DeploymentPlan } from '../domain/deployment.ts';
import { parseDeploymentFile } from '../domain/deployment-file-parse.ts';
import { effectiveConfig, type ConfigEntry } from '../domain/effective-config.ts';
import { SluiceError } from '../domain/errors.ts';
import { sameHolder, submitRefusal, withClosed, withStart, type Start } from '../domain/fence.ts';
import { frameworkSettings } from '../domain/framework-settings.ts';
import { flinkJobIdOf, identityOfTags, tagsOf } from '../domain/identity.ts';
import { checkpointsPrefix, deploymentKey, savepointsPrefix, textKey } from '../domain/storage-keys.ts';
import { platformDefaults } from '../launchers/platform-defaults.ts';
import { clusterOf, flinkUri, holderIn, now, type Dependencies } from './dependencies.ts';
import { changeFence, readFence } from './fence-store.ts';
import { settleStarts } from './settle-starts.ts';

export interface PrepareInput {
  readonly plan: DeploymentPlan;
  readonly startKey: string;
  readonly number: number;
  readonly runId: string;
  /** Application that is believed to run, and stays until the new one is to be submitted. */
  readonly running: string | null;
  /** Newest epoch that the workflow knows: the next one is taken only right after it. */
  readonly knownEpoch: number;
}

export interface SubmitInput {
  readonly deployment: Deployment;
  readonly runId: string;
}

export const createStart = (deps: Dependencies) => ({
  /** @throws SluiceError `LockLost` when this start key was taken by another run. */
  async prepareStart({ plan, startKey, number, runId, running, knownEpoch }: PrepareInput): Promise<{ start: Start }> {
    const { job, cluster } = plan;
    const holder = holderIn(deps, runId);
    await settleStarts(deps, job, running);
    const { applicationId } = await clusterOf(deps, cluster).yarn.newApplication();
    const fence = await changeFence(deps.s3, job, (before) => {
      const known = before.starts.find((start) => start.startKey === startKey);
      if (known) {
        if (sameHolder(known.holder, holder)) return before;
        throw new SluiceError(
          'LockLost',
          `start ${startKey} of ${job} was taken by run ${known.holder.runId} of ${known.holder.installation}`,
        );
      }
      if (before.epoch !== knownEpoch) {
        throw new SluiceError(
          'LockLost',
          `epoch ${before.epoch} of ${job} was taken by somebody else; this workflow knows ${knownEpoch}`,
        );
      }
      const flinkJobId = flinkJobIdOf(job, startKey, before.epoch + 1);
      return withStart(before, {
        startKey,
        deployment: number,
        flinkJobId,
        cluster,
        applicationId,
        holder,
        takenAt: now(),
      }).fence;
    });
    const start = fence.starts.find((taken) => taken.startKey === startKey);
    if (!start) throw new SluiceError('Internal', `start ${startKey} of ${job} is missing from its own fence`);
    return { start };
  },

  /** Closes a start that was never submitted: it can never submit from now on. */
  async giveBackStart({ job, startKey }: { readonly job: string; readonly startKey: string }): Promise<void> {
    await changeFence(deps.s3, job, (fence) => withClosed(fence, startKey, { at: now(), how: 'unsubmitted' }));
  },

  /**
   * Submits the start under its reserved application id, which YARN takes once however often it is sent.
   * @throws SluiceError `LockLost` when the fence does not let it, `SubmissionLost` when YARN dropped our tags.
   */
  async submitStart({ deployment, runId }: SubmitInput): Promise<{ configuration: string }> {
    const { s3 } = deps;
    const { yarn, launcher, flinkConfig } = clusterOf(deps, deployment.cluster);
    const file = await readFile(deps, deployment);
    const tags = [...tagsOf(deployment), ...file.yarn.tags];
    const { entries } = effectiveConfig({
      platform: { ...platformDefaults, ...deps.flinkConfig },
      cluster: flinkConfig,
      file,
      hotfix: null,
      framework: frameworkSettings({
        ...deployment,
        applicationName: deployment.job,
        tags,
        entryClass: file.job.entryClass,
        args: file.job.args,
        jarUri: launcher.jarUri(deployment),
        checkpointsDir: flinkUri(deps, checkpointsPrefix(deployment.job)),
        savepointsDir: flinkUri(deps, savepointsPrefix(deployment.job)),
        restorePath: deployment.restorePoint?.path ?? null,
        deploymentNumber: deployment.number,
      }),
    });
    const configuration = await keepText(deps, entries);
    const beforeSubmit = async (): Promise<void> => {
      const { fence } = await readFence(s3, deployment.job);
      const refusal = submitRefusal(fence, deployment.startKey, holderIn(deps, runId));
      if (refusal !== null) throw new SluiceError('LockLost', `nothing was submitted: ${refusal}`);
    };
    await beforeSubmit();
    // The intention is written down before the act, and only by whom the fence lets act.
    await s3.put(deploymentKey(deployment.job, deployment.number), JSON.stringify({ ...deployment, configuration }));
    await launcher.launch({ deployment, file, tags, entries, beforeSubmit });

    const report = await yarn.application(deployment.applicationId);
    if (!report || identityOfTags(report.tags).flinkJobId !== deployment.flinkJobId) {
      throw new SluiceError(
        'SubmissionLost',
        `application ${deployment.applicationId} does not carry the tags of its start on cluster ${deployment.cluster}`,
      );
    }
    return { configuration };
  },
});

async function readFile({ s3 }: Dependencies, deployment: Deployment) {
  const text = await s3.get(textKey(deployment.file));
  const parsed = text && parseDeploymentFile(text.body);
  if (parsed?.ok) return parsed.file;
  throw new SluiceError(
    'DeploymentFileNotFound',
    `the deployment file ${deployment.file} of release ${deployment.release} cannot be read from S3`,
  );
}

/** The effective configuration with the origin of each key, content-addressed. */
async function keepText({ s3 }: Dependencies, entries: readonly ConfigEntry[]): Promise<string> {
  const text = JSON.stringify(entries);
  const sha256 = createHash('sha256').update(text).digest('hex');
  await s3.putIfAbsent(textKey(sha256), text);
  return sha256;
}
