/** Checks that people can be notified: the notifier looks, and each channel takes messages. */
import type { S3Client } from '../../clients/s3/s3.ts';
import { emptyChannel, type ChannelState } from '../../domain/notification/channel-state.ts';
import type { NotificationSettings } from '../../domain/notification/settings.ts';
import { readLedger } from '../../records/notifications/ledger-store.ts';
import { broken, fine, warning, type Finding } from '../checkups.ts';

/** The notifier notes once a minute how far it has looked. */
const LOOKED_WITHIN_MS = 300_000;
/** People hear so long of notices that were never told. */
const TOLD_OF_DROPPED_MS = 7 * 86_400_000;

export interface Notified {
  readonly settings: NotificationSettings;
  readonly installation: string;
}

/** Nothing where no channel is configured. */
export async function checkNotifications(
  s3: Pick<S3Client, 'get'>,
  { settings, installation }: Notified,
): Promise<readonly Finding[]> {
  const names = Object.keys(settings.channels);
  if (names.length === 0) return [];
  const ledger = await readLedger(s3, installation);
  if (ledger === null) return [broken('notifications', null, 'the notifier has never begun')];
  const looked = `the notifier looked last at ${ledger.auditedUntil}`;
  const isLate = Date.now() - Date.parse(ledger.auditedUntil) > LOOKED_WITHIN_MS;
  return [
    isLate ? broken('notifications', null, looked) : fine('notifications', looked),
    ...names.flatMap((name) => findingsOf(name, ledger.channels[name] ?? emptyChannel)),
  ];
}

function findingsOf(name: string, { lastSuccessAt, lastFailure, dropped }: ChannelState): readonly Finding[] {
  const isFailing = lastFailure !== null && (lastSuccessAt === null || lastFailure.at > lastSuccessAt);
  const isDropped = dropped !== null && Date.now() - Date.parse(dropped.at) < TOLD_OF_DROPPED_MS;
  return [
    ...(isFailing
      ? [warning('notifications', name, `took no message at ${lastFailure.at}: ${lastFailure.reason}`)]
      : []),
    ...(isDropped
      ? [
          warning(
            'notifications',
            name,
            `${dropped.notices} notices were never told, the last at ${dropped.at}: ${dropped.reason}`,
          ),
        ]
      : []),
  ];
}
