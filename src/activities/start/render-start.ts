/** Renders a start from data alone: the hotfixed file, its tags on YARN and its effective configuration. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import type { ShippedFiles } from '../../domain/deployment/shipped-files.ts';
import type { DeploymentFile } from '../../domain/deployment-file/deployment-file.ts';
import { hotfixedFile } from '../../domain/hotfix/apply.ts';
import { effectiveConfig, type ConfigEntry } from '../../domain/deployment/effective-config.ts';
import { frameworkSettings } from '../../domain/deployment/framework-settings.ts';
import { tagsOf } from '../../domain/identity/yarn-tags.ts';
import { checkpointsPrefix, savepointsPrefix } from '../../domain/identity/storage-keys.ts';
import { platformDefaults } from '../../launchers/platform-defaults.ts';
import { clusterOf, flinkUri, launcherOf, type Dependencies } from '../dependencies/dependencies.ts';

interface Rendered {
  readonly file: DeploymentFile;
  readonly tags: readonly string[];
  readonly entries: readonly ConfigEntry[];
}

interface Content {
  /** The deployment file as released. */
  readonly declared: DeploymentFile;
  readonly shipped: ShippedFiles;
  /** For a standby: milliseconds after which it ends unless it is promoted. */
  readonly standbyMs?: number;
}

export function renderStart(
  deps: Dependencies,
  deployment: Deployment,
  { declared, shipped, standbyMs }: Content,
): Rendered {
  const place = clusterOf(deps, deployment.cluster);
  const hotfix = deployment.hotfix ?? null; // absent in what a worker of an earlier release scheduled
  const file = hotfixedFile(declared, hotfix, 'accepted');
  const tags = [...tagsOf(deployment), ...file.yarn.tags];
  const { entries } = effectiveConfig({
    platform: { ...platformDefaults, ...deps.flinkConfig },
    cluster: place.flinkConfig,
    file: declared,
    hotfix,
    framework: frameworkSettings({
      ...deployment,
      applicationName: deployment.job,
      tags,
      launcher: launcherOf(place, deployment.launcher).settings(deployment, file, shipped, standbyMs),
      checkpointsDir: flinkUri(deps, checkpointsPrefix(deployment.job)),
      savepointsDir: flinkUri(deps, savepointsPrefix(deployment.job)),
      restorePath: deployment.restorePoint?.path ?? null,
      restoresLater: standbyMs !== undefined,
      deploymentNumber: deployment.number,
    }),
  });
  return { file, tags, entries };
}
