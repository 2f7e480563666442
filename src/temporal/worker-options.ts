/** Options of a worker of Temporal's SDK: its workflows, its payload converter, its version. */
import { fileURLToPath } from 'node:url';
import { Runtime, bundleWorkflowCode, type WorkerOptions, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import type { Config } from '../config.ts';

export const payloadConverterPath = fileURLToPath(new URL('./payload-converter.ts', import.meta.url));

export const bundleWorkflows = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({
    workflowsPath: fileURLToPath(new URL('../workflows/index.ts', import.meta.url)),
    payloadConverterPath,
    logger: Runtime.instance().logger,
  });

/**
 * Pins each run to the build that began it. The worker as a whole says so, because a workflow that says so itself fails
 * every task on a worker without versions.
 */
export const versionOf = ({
  deployment,
  buildId,
}: Pick<Config['temporal'], 'deployment' | 'buildId'>): Pick<WorkerOptions, 'workerDeploymentOptions'> =>
  buildId === null
    ? {}
    : {
        workerDeploymentOptions: {
          version: { deploymentName: deployment, buildId },
          useWorkerVersioning: true,
          defaultVersioningBehavior: 'PINNED',
        },
      };
