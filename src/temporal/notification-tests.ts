/** Has a worker send a test message by a channel. */
import type { Client } from '@temporalio/client';
import type { Delivery } from '../domain/notification/channel-state.ts';
import { notificationTestIdOf } from '../domain/identity/workflow-ids.ts';
import { NOTIFICATION_TEST_WORKFLOW, type NotificationTestInput } from '../workflows/messages.ts';
import { askOf } from './call.ts';

/** A receiver may take ten seconds, and PagerDuty gets two messages; longer means that no worker takes it. */
const DEADLINE_MS = 25_000;

/** @returns a function that throws `TemporalUnavailable` when Temporal does not answer, and the failure of the run else. */
export function createNotificationTests(client: Client, taskQueue: string) {
  const ask = askOf(client);
  return async (channel: string, id: string): Promise<Delivery> =>
    await ask(`Testing channel ${channel}`, DEADLINE_MS + 2_000, () =>
      client.workflow.execute<(input: NotificationTestInput) => Promise<Delivery>>(NOTIFICATION_TEST_WORKFLOW, {
        workflowId: notificationTestIdOf(channel, id),
        taskQueue,
        args: [{ channel, id }],
        workflowRunTimeout: DEADLINE_MS,
        staticSummary: `test message to ${channel}`,
      }),
    );
}
