import type { DeploymentPlan } from '../../domain/deployment.ts';
import type { Start } from '../../domain/fence.ts';

/** Everything that is ready before the old instance is touched. */
export interface Staged {
  readonly plan: DeploymentPlan;
  readonly start: Start;
}
