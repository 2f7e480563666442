/** The part of the configuration that says by which channels people are notified, and of what. */
import { z } from 'zod';
import { lowerCaseName, pattern, text, wholeNumber } from '../input/field-schemas.ts';
import { isLoopback } from '../values/loopback.ts';
import { eventKinds, severities, type Severity } from './events.ts';

export const channelKinds = ['slack', 'pagerduty', 'webhook'] as const;
export type ChannelKind = (typeof channelKinds)[number];

/** The address of PagerDuty's Events API v2 (https://developer.pagerduty.com/docs/events-api-v2/overview/). */
const PAGERDUTY = 'https://events.pagerduty.com/v2/enqueue';

const ChannelName = lowerCaseName('the name of a channel');
const absolutePath = z.string().startsWith('/', 'must be an absolute path');

const Channel = z
  .strictObject({
    kind: z.enum(channelKinds),
    url: z.url({ protocol: /^https?$/, error: 'must be an https:// address' }).optional(),
    /** A file with the address, for an address that is a secret. */
    urlFile: absolutePath.optional(),
    /** A file with the secret: of a webhook the keys that sign, one a line; of PagerDuty the integration key. */
    secretFile: absolutePath.optional(),
    /** Certificates, as PEM, of the authorities that may have signed the receiver's. */
    caFile: absolutePath.optional(),
    /** Whether the receiver may be at an address that is not of the public internet. */
    allowPrivate: z.boolean().default(false),
    /** The most messages in a minute; what is beyond is told together. */
    perMinute: wholeNumber(1, 600).default(20),
    /** The least severity that is told here. */
    severity: z.enum(severities).optional(),
  })
  .superRefine((channel, context) => {
    const { kind, url, urlFile, secretFile } = channel;
    const wrong = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
    if (url !== undefined && urlFile !== undefined) wrong('urlFile', 'goes without url: name one of them');
    if (kind === 'slack' && url !== undefined)
      wrong('url', 'is a secret of Slack: put it into a file and name that with urlFile');
    if (kind === 'slack' && secretFile !== undefined)
      wrong('secretFile', 'has no use for Slack, whose secret is the address');
    if (url !== undefined && !isTaken(new URL(url), channel.allowPrivate))
      wrong('url', 'must be an https:// address; http:// only on loopback, with allowPrivate: true');
    if (url !== undefined && (new URL(url).username !== '' || new URL(url).password !== ''))
      wrong('url', 'must hold no password');
  });
export type ChannelSettings = z.output<typeof Channel>;

/** Messages go over https. Plain http is for a receiver on this machine, where the configuration allows such addresses. */
export const isTaken = ({ protocol, hostname }: URL, allowPrivate: boolean): boolean =>
  protocol === 'https:' || (protocol === 'http:' && allowPrivate && isLoopback(hostname));

/** Secrets of a channel that the environment gives. */
export interface ChannelSecrets {
  readonly url?: string | undefined;
  readonly secret?: string | undefined;
}

/** The variables of the environment that give the secrets of a channel. */
export function secretNamesOf(channel: string): { readonly url: string; readonly secret: string } {
  const name = `SLUICE_CHANNEL_${channel.toUpperCase().replaceAll('-', '_')}`;
  return { url: `${name}_URL`, secret: `${name}_SECRET` };
}

/** The address that needs no configuration. */
export const usualUrlOf = (kind: ChannelKind): string | null => (kind === 'pagerduty' ? PAGERDUTY : null);

/** The least severity of a channel that names none: PagerDuty wakes people. */
export const leastSeverityOf = ({ kind, severity }: Pick<ChannelSettings, 'kind' | 'severity'>): Severity =>
  severity ?? (kind === 'pagerduty' ? 'critical' : 'info');

const NamePattern = pattern(/^[^\s]{1,100}$/, 'must be a name in which * stands for any characters');

const Route = z.strictObject({
  teams: z.array(NamePattern).min(1).optional(),
  environments: z.array(NamePattern).min(1).optional(),
  /** Kinds of events; absent for the usual ones. */
  events: z.array(z.enum(eventKinds)).min(1).optional(),
  severity: z.enum(severities).optional(),
  channels: z.array(ChannelName).min(1),
});
export type Route = z.output<typeof Route>;

export const NotificationSettings = z
  .strictObject({
    channels: z.record(ChannelName, Channel).default({}),
    routes: z.array(Route).max(200).default([]),
    /** Channels by the contacts of deployment files (`owner.contacts`); a contact may also be the name of a channel. */
    contacts: z.record(text(200), ChannelName).default({}),
    /** Names of callers that are programs, such as tokens of CI: their failed operations are told. */
    programs: z.array(NamePattern).max(100).default(['ci', 'ci-*', '*-ci']),
  })
  .superRefine(({ channels, routes, contacts }, context) => {
    const check = (name: string, path: (string | number)[]): void => {
      if (!Object.hasOwn(channels, name))
        context.addIssue({ code: 'custom', path, message: `there is no channel ${name} in notifications.channels` });
    };
    for (const [index, route] of routes.entries())
      for (const [place, name] of route.channels.entries()) check(name, ['routes', index, 'channels', place]);
    for (const [contact, name] of Object.entries(contacts)) check(name, ['contacts', contact]);
  });
export type NotificationSettings = z.output<typeof NotificationSettings>;
