/** Sends a test message by a channel, from a worker: the API may have another network, and has no secrets of channels. */
import type { Delivery } from '../../domain/notification/channel-state.ts';
import { read } from '../activities.ts';
import type { NotificationTestInput } from '../messages.ts';

export async function notificationTest({ channel, id }: NotificationTestInput): Promise<Delivery> {
  return await read.testChannel.executeWithOptions({ summary: `Test message to ${channel}` }, [{ channel, id }]);
}
