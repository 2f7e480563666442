/**
 * Which workers count as polling: Temporal lists a worker for five minutes after it has ended.
 *
 * Seen to fail: without the bound of two minutes, a worker that had ended still counted.
 */
import type { Client } from '@temporalio/client';
import { expect, it } from 'vitest';
import { countPollers } from '../../src/temporal/pollers.ts';

/** A client to which Temporal lists pollers that were heard so many seconds ago; null: without a time. */
function clientOf(ago: Readonly<Record<'workflows' | 'activities', readonly (number | null)[]>>): Client {
  const heard = (seconds: number | null) =>
    seconds === null ? {} : { lastAccessTime: { seconds: Math.floor(Date.now() / 1000) - seconds, nanos: 0 } };
  const describeTaskQueue = ({ taskQueueType, taskQueue }: { taskQueueType: number; taskQueue: { name: string } }) =>
    Promise.resolve({
      pollers: taskQueue.name === 'sluice' ? ago[taskQueueType === 1 ? 'workflows' : 'activities'].map(heard) : [],
    });
  return { options: { namespace: 'default' }, workflowService: { describeTaskQueue } } as unknown as Client; // what is asked of it
}

it('counts pollers of each kind of task by themselves', async () => {
  expect(await countPollers(clientOf({ workflows: [1, 60], activities: [119] }), 'sluice')).toEqual({
    workflows: 2,
    activities: 1,
  });
});

it('leaves out those not heard of for two minutes, and those without a time', async () => {
  expect(await countPollers(clientOf({ workflows: [121, 299], activities: [null, 5] }), 'sluice')).toEqual({
    workflows: 0,
    activities: 1,
  });
});
