/** Reads what the run of a job waits for, and whether workers poll, as Temporal itself shows both. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import proto from '@temporalio/proto';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { clip } from '../../domain/values/clip.ts';
import { isMap } from '../../domain/values/is-map.ts';
import { nullIfNotFound, type Ask } from '../call.ts';
import type { JobGateway } from './job-gateway.ts';

const DEADLINE_MS = 2_000;
/** A worker asks again within a minute, or is gone. */
const HEARD_WITHIN_MS = 120_000;
const MOST_TEXT = 500;
const { TaskQueueType } = proto.temporal.api.enums.v1;

interface Parts {
  readonly client: Client;
  readonly ask: Ask;
  readonly taskQueue: string;
}

export const createPendingSteps = ({
  client,
  ask,
  taskQueue,
}: Parts): Pick<JobGateway, 'pendingSteps' | 'pollers'> => ({
  async pendingSteps(job) {
    const handle = client.workflow.getHandle(workflowIdOf(job));
    const described = await nullIfNotFound(ask(`Asking what ${job} waits for`, DEADLINE_MS, () => handle.describe()));
    return (described?.raw.pendingActivities ?? []).map((activity) => {
      const [details] = activity.heartbeatDetails?.payloads ?? [];
      const told: unknown = details ? defaultPayloadConverter.fromPayload(details) : null;
      const failure = activity.lastFailure?.message ?? null;
      return {
        name: activity.activityType?.name ?? '',
        seen: isMap(told) && typeof told['seen'] === 'string' ? clip(told['seen'], MOST_TEXT) : null,
        at: isoOf(activity.lastHeartbeatTime),
        attempt: Math.max(1, activity.attempt ?? 1),
        lastFailure: failure && clip(failure, MOST_TEXT),
      };
    });
  },

  async pollers() {
    const { namespace } = client.options;
    const polling = async (taskQueueType: proto.temporal.api.enums.v1.TaskQueueType): Promise<number> => {
      const request = { namespace, taskQueue: { name: taskQueue }, taskQueueType };
      const { pollers } = await ask('Asking for the workers', DEADLINE_MS, () =>
        client.workflowService.describeTaskQueue(request),
      );
      return pollers.filter(({ lastAccessTime }) => Date.now() - (msOf(lastAccessTime) ?? 0) < HEARD_WITHIN_MS).length;
    };
    const [workflows, activities] = await Promise.all([
      polling(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
      polling(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
    ]);
    return { workflows, activities };
  },
});

type Timestamp = { readonly seconds?: unknown; readonly nanos?: number | null } | null | undefined;

function msOf(time: Timestamp): number | null {
  return time?.seconds == null ? null : Number(time.seconds) * 1000 + Math.floor((time.nanos ?? 0) / 1e6);
}

function isoOf(time: Timestamp): string | null {
  const ms = msOf(time);
  return ms === null || ms === 0 ? null : new Date(ms).toISOString();
}
