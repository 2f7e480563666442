/** Counts the workers that ask for tasks, as Temporal itself shows them. */
import type { Client } from '@temporalio/client';
import proto from '@temporalio/proto';
import { msOf } from './timestamps.ts';

/**
 * A worker asks again within a minute, or is gone. Temporal lists a poller for five minutes after its last question, so
 * the list alone would show a worker that has ended.
 */
const HEARD_WITHIN_MS = 120_000;
const { TaskQueueType } = proto.temporal.api.enums.v1;

export interface Pollers {
  readonly workflows: number;
  readonly activities: number;
}

/** The pollers of a task queue that Temporal has heard within two minutes. The caller sets the deadline. */
export async function countPollers({ workflowService, options }: Client, taskQueue: string): Promise<Pollers> {
  const polling = async (taskQueueType: proto.temporal.api.enums.v1.TaskQueueType): Promise<number> => {
    const { namespace } = options;
    const described = await workflowService.describeTaskQueue({
      ...{ namespace, taskQueueType },
      taskQueue: { name: taskQueue },
    });
    const isHeard = ({ lastAccessTime }: (typeof described.pollers)[number]): boolean =>
      Date.now() - (msOf(lastAccessTime) ?? 0) < HEARD_WITHIN_MS;
    return described.pollers.filter(isHeard).length;
  };
  const [workflows, activities] = await Promise.all([
    polling(TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW),
    polling(TaskQueueType.TASK_QUEUE_TYPE_ACTIVITY),
  ]);
  return { workflows, activities };
}
