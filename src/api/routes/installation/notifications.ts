/** Routes of notifications: the channels with their last deliveries, and a test message. */
import { randomUUID } from 'node:crypto';
import { emptyChannel, type ChannelState } from '../../../domain/notification/channel-state.ts';
import { leastSeverityOf, type NotificationSettings } from '../../../domain/notification/settings.ts';
import { readLedger } from '../../../records/notifications/ledger-store.ts';
import type { RouteDependencies } from '../../dependencies.ts';
import { invalidInput, Problem } from '../../http/problem.ts';
import { ok, route, type Route } from '../../http/route.ts';
import { ChannelList, ChannelTest, ChannelTested, type ChannelItem } from '../../notification-contract.ts';

const access = { permission: 'notifications', of: 'installation' } as const;

export const notificationRoutes = ({ records, notifications }: RouteDependencies): Route[] => [
  route({
    method: 'get',
    path: '/notifications',
    operationId: 'listChannels',
    access,
    tag: 'platform',
    summary: 'Channels by which people are notified, with their last deliveries',
    answers: { 200: { description: 'All of them, by name', schema: ChannelList } },
    problems: ['RecordInvalid', 'StorageUnavailable'],
    async handle() {
      const { settings, installation } = notifications;
      const names = Object.keys(settings.channels).sort();
      const ledger = names.length === 0 ? null : await readLedger(records.bucket, installation);
      const items = names.map((name) => itemOf(name, settings, ledger?.channels[name] ?? emptyChannel));
      return ok({ items, nextCursor: null, lookedAt: ledger?.auditedUntil ?? null });
    },
  }),
  route({
    method: 'post',
    path: '/notifications/test',
    operationId: 'testChannel',
    access,
    about: 'channel',
    tag: 'platform',
    summary: 'Send a test message by a channel, from a worker',
    body: { schema: ChannelTest },
    answers: { 200: { description: 'Whether the receiver took it', schema: ChannelTested } },
    problems: ['NotFound', 'TemporalUnavailable', 'OperationTimedOut'],
    async handle({ body }) {
      const parsed = ChannelTest.safeParse(body);
      if (!parsed.success) throw invalidInput('InvalidRequest', 'The request is wrong', parsed.error.issues);
      const { channel } = parsed.data;
      if (!Object.hasOwn(notifications.settings.channels, channel))
        throw new Problem('NotFound', `There is no channel ${channel} in notifications.channels of the configuration`);
      const delivery = await notifications.test(channel, randomUUID());
      const reason = delivery.kind === 'delivered' ? null : delivery.reason;
      return ok({ channel, delivered: reason === null, reason });
    },
  }),
];

function itemOf(name: string, { channels, contacts }: NotificationSettings, state: ChannelState): ChannelItem {
  const settings = channels[name];
  if (settings === undefined) throw new Error(`${name} is no channel`);
  const { kind, url, perMinute } = settings;
  const { waiting, sending, lastSuccessAt, lastFailure, dropped } = state;
  const isAgain = sending !== null && sending.attempts > 0;
  return {
    name,
    kind,
    host: url === undefined ? null : new URL(url).host,
    severity: leastSeverityOf(settings),
    perMinute,
    contacts: Object.entries(contacts).flatMap(([contact, channel]) => (channel === name ? [contact] : [])),
    waiting: waiting.length + (sending?.message.notices.length ?? 0),
    attempts: sending?.attempts ?? 0,
    nextAttemptAt: isAgain ? new Date(sending.nextAt).toISOString() : null,
    lastSuccessAt,
    lastFailure,
    dropped,
  };
}
