/** Schemas of notifications: the channels, and the answer to a test. */
import { z } from 'zod';
import { severities } from '../domain/notification/events.ts';
import { channelKinds } from '../domain/notification/settings.ts';
import { listOf } from './contract.ts';

/** A channel as admins see it: never its address, which may be a secret. */
export const ChannelItem = z.object({
  name: z.string(),
  kind: z.enum(channelKinds),
  host: z.string().nullable().describe('Host of the address; null where a file or the environment has the address'),
  severity: z.enum(severities).describe('The least severity that is told here'),
  perMinute: z.int().describe('The most messages in a minute'),
  contacts: z.array(z.string()).describe('Contacts of deployment files that lead here, beside the name of the channel'),
  waiting: z.int().describe('Notices that wait'),
  attempts: z.int().describe('Attempts in vain for the message that is under way'),
  nextAttemptAt: z.string().nullable().describe('When a message that nobody took is sent again'),
  lastSuccessAt: z.string().nullable(),
  lastFailure: z.object({ at: z.string(), reason: z.string() }).nullable(),
  dropped: z
    .object({ notices: z.int(), at: z.string(), reason: z.string() })
    .nullable()
    .describe('Notices that were never told, and when and why that happened last'),
});
export type ChannelItem = z.infer<typeof ChannelItem>;

export const ChannelList = listOf(ChannelItem).extend({
  lookedAt: z.string().nullable().describe('Up to when the notifier has looked; null before it has begun'),
});
export type ChannelList = z.infer<typeof ChannelList>;

export const ChannelTest = z.strictObject({ channel: z.string().min(1).max(63).describe('Name of the channel') });

export const ChannelTested = z.object({
  channel: z.string(),
  delivered: z.boolean().describe('Whether the receiver took the message'),
  reason: z.string().nullable().describe('Why it did not'),
});
export type ChannelTested = z.infer<typeof ChannelTested>;
