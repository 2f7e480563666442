/** How far the operation in progress has come: what its activity saw last, and until when its phase may take. */
import type { JobView } from '../../domain/job/job-memory.ts';
import type { Phase } from '../../domain/lifecycle.ts';
import { redact } from '../../domain/secrets/redact.ts';
import type { JobGateway } from '../../temporal/jobs/job-gateway.ts';
import type { Step } from '../caller-contract.ts';

/** Phases whose wait has a deadline in the deployment file, and of which instance's file. */
const deadlines: Partial<Record<Phase, { of: 'old' | 'new'; name: 'savepoint' | 'stop' | 'start' | 'verify' }>> = {
  savepointing: { of: 'old', name: 'savepoint' },
  stopping: { of: 'old', name: 'stop' },
  starting: { of: 'new', name: 'start' },
  verifying: { of: 'new', name: 'verify' },
};

/** Null in a phase without a deadline, and where the deployment that it belongs to is not known. */
export function deadlineOf({ operation, deployment }: Pick<JobView, 'operation' | 'deployment'>): string | null {
  const [last] = operation?.phases.filter(({ name, endedAt }) => endedAt === null && name === operation.phase) ?? [];
  const deadline = last && deadlines[last.name];
  if (!operation || !last || !deadline || !deployment) return null;
  const isNew = deployment.operationId === operation.id;
  if (isNew !== (deadline.of === 'new')) return null;
  return new Date(Date.parse(last.startedAt) + deployment.deadlines[deadline.name]).toISOString();
}

/** The activities of the operation in progress; none while Temporal does not tell. */
export async function stepsOf(
  gateway: Pick<JobGateway, 'pendingSteps'>,
  { name, operation }: Pick<JobView, 'name' | 'operation'>,
): Promise<Step[]> {
  if (operation === null) return [];
  const steps = await gateway.pendingSteps(name).catch(() => []);
  return steps.map((step) => ({
    ...step,
    seen: step.seen && redact(step.seen),
    lastFailure: step.lastFailure && redact(step.lastFailure),
  }));
}
