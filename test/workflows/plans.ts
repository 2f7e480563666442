/** Makes plans by the API's own door. */
import { makePlan } from '../../src/api/operations/plans.ts';
import type { OperationKind } from '../../src/domain/lifecycle.ts';
import { Plan } from '../../src/domain/plan/plan.ts';
import { RecordStore } from '../../src/records/record-store.ts';
import { createTemporalGateway } from '../../src/temporal/jobs/job-gateway-on-temporal.ts';
import type { JobGateway } from '../../src/temporal/jobs/job-gateway.ts';
import { askingOnly, type Driver } from './harness.ts';
import type { Stage } from './use-stage.ts';

/** The gateway and the records with which the API makes plans. */
export function planDependencies(
  stage: Stage,
  driver: Driver,
): { gateway: JobGateway; records: RecordStore; may: () => boolean } {
  const gateway = createTemporalGateway({ client: askingOnly(driver), taskQueue: driver.taskQueue });
  return { gateway, records: new RecordStore(stage.world.s3), may: () => true };
}

export async function planOf(
  stage: Stage,
  driver: Driver,
  kind: OperationKind,
  asked: Readonly<Record<string, unknown>> = {},
): Promise<Plan> {
  const request = { id: 'to-be-planned', actor: 'ann', ...asked };
  return Plan.parse(await makePlan(planDependencies(stage, driver), stage.job, { kind, request }));
}
