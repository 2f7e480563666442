/** The way in which every workflow of Sluice continues: the next run belongs to the workers that are current then. */
import { makeContinueAsNewFunc, workflowInfo, type Workflow } from '@temporalio/workflow';

/**
 * Continues as new. A run stays with the build of the workers that began it, and a workflow changes to another build
 * only here. A run of unversioned workers continues exactly as before there were versions.
 */
export function nextRun<F extends Workflow>(
  args: Parameters<F>,
  memo: Readonly<Record<string, unknown>> | null = null,
): Promise<never> {
  const isVersioned = workflowInfo().currentDeploymentVersion !== undefined;
  return makeContinueAsNewFunc<F>({
    ...(isVersioned ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {}),
    ...(memo === null ? {} : { memo }),
  })(...args);
}
