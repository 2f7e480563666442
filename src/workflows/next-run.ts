/** How every workflow of Sluice goes on: the next run belongs to the workers that are current then. */
import { makeContinueAsNewFunc, workflowInfo, type Workflow } from '@temporalio/workflow';

/**
 * Continues as new. A run stays with the build of the workers that began it; only here does a workflow change to another
 * one. A run of unversioned workers goes on exactly as it did before there were versions.
 */
export function nextRun<F extends Workflow>(...args: Parameters<F>): Promise<never> {
  const isVersioned = workflowInfo().currentDeploymentVersion !== undefined;
  return makeContinueAsNewFunc<F>(isVersioned ? { initialVersioningBehavior: 'AUTO_UPGRADE' } : {})(...args);
}
