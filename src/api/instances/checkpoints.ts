/** The checkpoints of a running instance, for people. */
import type { Deployment } from '../../domain/deployment/deployment.ts';
import { messageOf } from '../../domain/errors/message-of.ts';
import { redact } from '../../domain/secrets/redact.ts';
import type { CheckpointsBody } from '../figures-contract.ts';
import { readCheckpoints, type InstanceReaders } from './live-instance.ts';

/** @param running null when nothing of the job runs. */
export async function checkpointsOf(
  instances: InstanceReaders,
  job: string,
  running: Deployment | null,
): Promise<CheckpointsBody> {
  const nothing = { job, counts: null, latestCompleted: null, latestFailed: null, restored: null, history: [] };
  if (running === null) return { ...nothing, live: null };
  const live = { operation: running.operationId, application: running.applicationId };
  try {
    const found = await readCheckpoints(instances, running);
    const answered = { ...live, reachable: true, problem: null };
    if (found === null) return { ...nothing, live: answered };
    const { counts, latestCompleted: completed, latestFailed: failed, restored, history } = found;
    return {
      ...{ job, live: answered, counts },
      latestCompleted: completed && {
        ...{ id: completed.id, path: completed.path, stateBytes: completed.stateBytes },
        ...spanOf(completed.triggeredAt, completed.completedAt),
      },
      latestFailed: failed && { id: failed.id, failedAt: isoOf(failed.failedAt), message: redact(failed.message) },
      restored: restored && {
        ...{ id: restored.id, isSavepoint: restored.isSavepoint, path: restored.path },
        restoredAt: isoOf(restored.restoredAt),
      },
      history: history.map(({ id, status, isSavepoint, triggeredAt, completedAt, stateBytes, path }) => {
        const span = spanOf(triggeredAt, completedAt);
        const hasCompleted = status === 'COMPLETED';
        const end = {
          completedAt: hasCompleted ? span.completedAt : null,
          durationMs: hasCompleted ? span.durationMs : null,
          stateBytes: hasCompleted ? stateBytes : null,
        };
        return { id, status, isSavepoint, path, triggeredAt: span.triggeredAt, ...end };
      }),
    };
  } catch (failure) {
    return { ...nothing, live: { ...live, reachable: false, problem: messageOf(failure) } };
  }
}

const isoOf = (ms: number | null): string | null => (ms === null || ms <= 0 ? null : new Date(ms).toISOString());

const spanOf = (triggered: number, completed: number) => ({
  triggeredAt: isoOf(triggered),
  completedAt: isoOf(completed),
  durationMs: Math.max(0, completed - triggered),
});
