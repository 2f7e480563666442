/** Sends messages by the configured channels: Slack, PagerDuty and signed webhooks. */
import { readFile } from 'node:fs/promises';
import { messageOf } from '../../domain/errors/message-of.ts';
import type { Delivery, Message } from '../../domain/notification/channel-state.ts';
import {
  secretNamesOf,
  usualUrlOf,
  type ChannelSecrets,
  type ChannelSettings,
  type NotificationSettings,
} from '../../domain/notification/settings.ts';
import { pagerDutyBody } from '../../domain/notification/shapes/pagerduty.ts';
import { slackBody } from '../../domain/notification/shapes/slack.ts';
import { webhookBody } from '../../domain/notification/shapes/webhook.ts';
import { worded, type Worded } from '../../domain/notification/words.ts';
import { clip } from '../../domain/values/clip.ts';
import { post, type Resolve } from './post.ts';
import { signatureOf } from './signature.ts';

interface Parts {
  readonly settings: Pick<NotificationSettings, 'channels'>;
  readonly installation: string;
  readonly publicUrl: string | null;
  /** By channel. */
  readonly secrets: Readonly<Record<string, ChannelSecrets>>;
  readonly resolve?: Resolve;
  readonly deadlineMs?: number;
}

export interface Channels {
  send(channel: string, message: Message): Promise<Delivery>;
  /** Sends a message that says only that it is a test. */
  test(channel: string, id: string): Promise<Delivery>;
}

/** The receiver will never take the message: it is wrong, or too long. */
const FINAL: ReadonlySet<number> = new Set([400, 413, 422]);
const MOST_REASON = 300;

export function createChannels(parts: Parts): Channels {
  const deliver = async (name: string, message: Worded): Promise<Delivery> => {
    const settings = parts.settings.channels[name];
    if (settings === undefined) return failed(`there is no channel ${name} in the configuration of this worker`);
    const hidden: string[] = [];
    try {
      const { url, secrets } = await accessOf(name, settings, parts.secrets[name] ?? {});
      hidden.push(...partsOf(url), ...secrets);
      const ca = settings.caFile === undefined ? undefined : await readFile(settings.caFile, 'utf8');
      const { body, headers } = requestOf(message, settings, secrets, parts);
      const { allowPrivate } = settings;
      const { resolve, deadlineMs } = parts;
      const { status, retryAfterMs } = await post({ url, headers, body, allowPrivate, ca, resolve, deadlineMs });
      if (status >= 200 && status < 300) return { kind: 'delivered' };
      const redirected = status >= 300 && status < 400 ? ', and redirects are not followed' : '';
      return { ...failed(`the receiver answered ${status}${redirected}`), retryAfterMs, isFinal: FINAL.has(status) };
    } catch (failure) {
      return failed(withoutSecrets(messageOf(failure), hidden));
    }
  };
  return {
    send: (name, message) => deliver(name, worded(message, parts.publicUrl)),
    async test(name, id) {
      const message = testMessage(name, id, parts);
      const delivery = await deliver(name, message);
      // The alert of a test is over at once.
      const isAlert = parts.settings.channels[name]?.kind === 'pagerduty' && delivery.kind === 'delivered';
      return isAlert ? await deliver(name, { ...message, status: 'closed' }) : delivery;
    },
  };
}

const failed = (reason: string) =>
  ({ kind: 'failed', reason: clip(reason, MOST_REASON), retryAfterMs: null, isFinal: false }) as const;

/** Address and secrets, read anew for each message, so that a changed file needs no restart. */
async function accessOf(
  name: string,
  { kind, url, urlFile, secretFile }: ChannelSettings,
  given: ChannelSecrets,
): Promise<{ readonly url: string; readonly secrets: readonly string[] }> {
  const address = given.url ?? url ?? (urlFile === undefined ? usualUrlOf(kind) : await lineOf(urlFile));
  if (address === null || address === '')
    throw new Error(`channel ${name} has no address: set urlFile, or ${secretNamesOf(name).url}`);
  const text = given.secret ?? (secretFile === undefined ? '' : await readFile(secretFile, 'utf8'));
  const secrets = text.split('\n').map((line) => line.trim()).filter((line) => line !== ''); // prettier-ignore
  if (secrets.length === 0 && kind !== 'slack')
    throw new Error(`channel ${name} has no secret: set secretFile, or ${secretNamesOf(name).secret}`);
  return { url: address, secrets };
}

const lineOf = async (file: string): Promise<string> => (await readFile(file, 'utf8')).trim();

function requestOf(
  message: Worded,
  { kind }: ChannelSettings,
  secrets: readonly string[],
  { installation, publicUrl }: Parts,
): { readonly body: string; readonly headers: Readonly<Record<string, string>> } {
  const json = { 'content-type': 'application/json', 'user-agent': 'Sluice' };
  switch (kind) {
    case 'slack':
      return { body: JSON.stringify(slackBody(message, installation)), headers: json };
    case 'pagerduty':
      return { body: JSON.stringify(pagerDutyBody(message, installation, secrets[0] ?? '')), headers: json };
    case 'webhook': {
      const body = JSON.stringify(webhookBody(message, installation, publicUrl));
      const seconds = Math.floor(Date.now() / 1_000);
      const signed = { 'sluice-signature': signatureOf(body, secrets, seconds), 'sluice-message-id': message.id };
      return { body, headers: { ...json, ...signed } };
    }
  }
}

const testMessage = (name: string, id: string, { installation, publicUrl }: Parts): Worded => ({
  id,
  at: new Date().toISOString(),
  key: null,
  status: 'happened',
  severity: 'info',
  title: `Test message of Sluice ${installation}`,
  lines: [`Somebody asked for it, to see whether channel ${name} works. Nothing has happened to any job.`],
  links: publicUrl === null ? [] : [{ name: 'Console', url: publicUrl }],
  notices: [],
});

/** Paths, queries and passwords of an address are secrets; its host is none. */
function partsOf(address: string): string[] {
  if (!URL.canParse(address)) return [address];
  const { href, pathname, search, username, password } = new URL(address);
  return [address, href, pathname + search, pathname, search, username, password];
}

const withoutSecrets = (text: string, secrets: readonly string[]): string =>
  secrets
    .filter((secret) => secret.length > 1)
    .toSorted((a, b) => b.length - a.length)
    .reduce((shown, secret) => shown.replaceAll(secret, '******'), text);
