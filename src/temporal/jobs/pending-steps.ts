/** Reads what the run of a job waits for, and whether workers poll, as Temporal itself shows both. */
import type { Client } from '@temporalio/client';
import { defaultPayloadConverter } from '@temporalio/common';
import { workflowIdOf } from '../../domain/identity/workflow-ids.ts';
import { clip } from '../../domain/values/clip.ts';
import { isMap } from '../../domain/values/is-map.ts';
import { nullIfNotFound, type Ask } from '../call.ts';
import { countPollers } from '../pollers.ts';
import { isoOf } from '../timestamps.ts';
import type { JobGateway } from './job-gateway.ts';

const DEADLINE_MS = 2_000;
const MOST_TEXT = 500;

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
    return await ask('Asking for the workers', DEADLINE_MS, () => countPollers(client, taskQueue));
  },
});
