/** Checks whether the next application can come up beside the instance that runs. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { handoverOf, type Handover } from '../../domain/operation/handover.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { SluiceError } from '../../domain/errors/errors.ts';
import type { FlinkConfig } from '../../domain/flink-options/flink-config.ts';
import { launcherOf, type Cluster } from '../dependencies/dependencies.ts';
import type { LauncherName } from '../../domain/identity/launcher-name.ts';
import { neededMb } from './check-resources.ts';

interface Upgrade {
  readonly cluster: Cluster;
  readonly launcher: LauncherName;
  readonly file: DeploymentFile;
  readonly options: FlinkConfig;
  /** The instance that runs. */
  readonly old: Deployment;
}

/**
 * @returns null where the file wants no handover.
 * @throws SluiceError `HandoverRefused` where the file wants nothing else, and it is not possible.
 */
export async function checkHandover({ cluster, launcher, file, options, old }: Upgrade): Promise<Handover | null> {
  const { handover } = file.upgrade;
  if (handover === 'never') return null;
  const { availableMb } = await cluster.yarn.metrics();
  const decided = handoverOf({
    flinkVersion: file.flink.version,
    jobType: file.job.type,
    programConfigures: options['execution.program-config.enabled'] !== 'false',
    canStandBy: launcherOf(cluster, launcher).canStandBy,
    launcher,
    isOldGated: old.gated,
    neededMb: neededMb(file),
    freeMb: cluster.elastic === true ? Infinity : availableMb,
  });
  if (decided.how === 'cold' && handover === 'always')
    throw new SluiceError(
      'HandoverRefused',
      `${file.name} is upgraded by handover only, and that is not possible: ${decided.reason ?? ''}`,
    );
  return decided;
}
