/**
 * Each kind of channel against a real server: what arrives, what a failure says, and that no secret shows in it.
 *
 * Seen to fail: a reason that quotes the address; a signature of another body; a secret that is read once; a status that is
 * taken for a delivery.
 */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChannels } from '../../../src/clients/channels/channels.ts';
import { NotificationSettings, type ChannelSecrets } from '../../../src/domain/notification/settings.ts';
import { WebhookBody } from '../../../src/domain/notification/shapes/webhook.ts';
import { startReceiver, type Receiver } from '../../fakes/receiver.ts';
import { NOON, notice } from '../../support/notices.ts';

const CANARY = 'canary-7f3a91';
const message = { id: 'm-1', at: NOON, notices: [notice()], key: 'clicks-prod/failed' };

let receiver: Receiver;
let folder: string;
beforeEach(async () => {
  receiver = await startReceiver();
  folder = mkdtempSync(join(tmpdir(), 'sluice-channels-'));
});
afterEach(() => receiver.close());

const secretFile = (name: string, text: string): string => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

function channelsWith(channel: Readonly<Record<string, unknown>>, secrets: ChannelSecrets = {}, deadlineMs?: number) {
  const settings = NotificationSettings.parse({ channels: { it: { allowPrivate: true, ...channel } } });
  return createChannels({
    settings,
    installation: 'sluice',
    publicUrl: 'https://sluice.example.com',
    secrets: { it: secrets },
    ...(deadlineMs === undefined ? {} : { deadlineMs }),
  });
}

describe('a webhook', () => {
  const hook = (more: Readonly<Record<string, unknown>> = {}) => ({
    kind: 'webhook',
    url: `${receiver.url}/hook`,
    ...more,
  });

  test('gets a body of its schema, with a signature that the example in the docs accepts', async () => {
    const keys = secretFile('keys', 'first-key\nsecond-key\n');
    await expect(channelsWith(hook({ secretFile: keys })).send('it', message)).resolves.toEqual({ kind: 'delivered' });
    const [got] = receiver.received;
    expect(WebhookBody.parse(got?.body)).toMatchObject({ id: 'm-1', events: [{ job: 'clicks-prod', kind: 'failed' }] });
    expect(got?.headers).toMatchObject({ 'sluice-message-id': 'm-1', 'content-type': 'application/json' });
    const page = readFileSync(new URL('../../../docs/notifications.md', import.meta.url), 'utf8');
    const code = /```js\n(\/\/ verify[\s\S]*?)```/.exec(page)?.[1] ?? '';
    expect(code.trim().split('\n').length).toBeLessThanOrEqual(12);
    const { isFromSluice } = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
      isFromSluice: (body: string, header: string, secret: string) => boolean;
    };
    const signature = String(got?.headers['sluice-signature']);
    const text = got?.text ?? '';
    expect([isFromSluice(text, signature, 'first-key'), isFromSluice(text, signature, 'second-key')]).toEqual([
      true,
      true,
    ]);
    expect(isFromSluice(text, signature, 'another-key')).toBe(false);
    expect(isFromSluice(`${text} `, signature, 'first-key')).toBe(false);
    const old = signature.replace(/t=\d+/, `t=${Math.floor(Date.now() / 1_000) - 3_600}`);
    expect(isFromSluice(text, old, 'first-key')).toBe(false);
  });

  test('gets the key of a file as it is now', async () => {
    const keys = secretFile('keys', 'first-key');
    const channels = channelsWith(hook({ secretFile: keys }));
    await channels.send('it', message);
    writeFileSync(keys, 'other-key');
    await channels.send('it', message);
    const [one, two] = receiver.received.map(({ headers }) => String(headers['sluice-signature']).split('v1=')[1]);
    expect(one).not.toBe(two);
  });

  test('without a key is not sent', async () => {
    const delivery = await channelsWith(hook()).send('it', message);
    expect(delivery).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('SLUICE_CHANNEL_IT_SECRET') as string,
    });
    expect(receiver.received).toEqual([]);
  });
});

describe('Slack', () => {
  test('gets its form at the address of the file', async () => {
    const urlFile = secretFile('url', `${receiver.url}/services/${CANARY}\n`);
    await expect(channelsWith({ kind: 'slack', urlFile }).send('it', message)).resolves.toEqual({ kind: 'delivered' });
    expect(receiver.received).toMatchObject([
      { path: `/services/${CANARY}`, body: { text: ':red_circle: clicks-prod failed and needs a person' } },
    ]);
  });
  test('gets it at the address of the environment, which wins', async () => {
    const urlFile = secretFile('url', 'https://192.0.2.1/');
    const channels = channelsWith({ kind: 'slack', urlFile }, { url: `${receiver.url}/services/environment` });
    await channels.send('it', message);
    expect(receiver.received).toMatchObject([{ path: '/services/environment' }]);
  });
});

describe('PagerDuty', () => {
  test('gets the key of the integration, and a test that is over at once', async () => {
    receiver.answer = 202;
    const channels = channelsWith({
      kind: 'pagerduty',
      url: receiver.url,
      secretFile: secretFile('key', 'routing-key\n'),
    });
    await channels.send('it', message);
    await expect(channels.test('it', 'test-1')).resolves.toEqual({ kind: 'delivered' });
    const bodies = receiver.received.map(({ body }) => body);
    expect(bodies).toMatchObject([
      { routing_key: 'routing-key', event_action: 'trigger', dedup_key: 'sluice/sluice/clicks-prod/failed' },
      { event_action: 'trigger', dedup_key: 'sluice/sluice/test-1', payload: { severity: 'info' } },
      { event_action: 'resolve', dedup_key: 'sluice/sluice/test-1' },
    ]);
  });
});

describe('a failure', () => {
  const failing = () =>
    channelsWith({ kind: 'slack', urlFile: secretFile('url', `${receiver.url}/services/${CANARY}`) }, {}, 300).send(
      'it',
      message,
    );

  test.each<[string, number | 'hangs' | 'cuts', boolean, string]>([
    ['500', 500, false, 'the receiver answered 500'],
    ['429', 429, false, 'the receiver answered 429'],
    ['404', 404, false, 'the receiver answered 404'],
    ['400', 400, true, 'the receiver answered 400'],
    ['a redirect', 302, false, 'the receiver answered 302, and redirects are not followed'],
    ['silence', 'hangs', false, 'no answer within 0.3 s'],
    ['a cut connection', 'cuts', false, ''],
  ])('by %s says so and no more', async (_what, answer, isFinal, reason) => {
    receiver.answer = answer;
    receiver.headers = { location: `${receiver.url}/${CANARY}`, 'retry-after': '9' };
    receiver.says = `the receiver says ${CANARY}`;
    const delivery = await failing();
    expect(delivery).toMatchObject({ kind: 'failed', isFinal });
    if (reason !== '') expect(delivery).toMatchObject({ reason });
    expect(JSON.stringify(delivery)).not.toContain(CANARY);
    if (typeof answer === 'number') expect(delivery).toMatchObject({ retryAfterMs: 9_000 });
  });

  test('shows no secret, whatever the file holds', async () => {
    const reasonOf = async (text: string) => {
      const delivery = await channelsWith({ kind: 'slack', urlFile: secretFile('url', text) }).send('it', message);
      return delivery.kind === 'failed' ? delivery.reason : '';
    };
    await receiver.close();
    for (const text of [
      CANARY,
      `${receiver.url}/${CANARY}`,
      `https://${CANARY}@127.0.0.1:1/`,
      `ftp://127.0.0.1/${CANARY}`,
      `https://127.0.0.1:1/?token=${CANARY}`,
    ]) {
      const reason = await reasonOf(text);
      expect(reason).not.toBe('');
      expect(reason).not.toContain(CANARY);
    }
    receiver = await startReceiver();
  });

  test('shows none that the system itself quotes', async () => {
    const urlFile = secretFile('url', `https://hooks.example.com/services/${CANARY}`);
    const settings = NotificationSettings.parse({ channels: { it: { kind: 'slack', urlFile } } });
    const channels = createChannels({
      settings,
      installation: 'sluice',
      publicUrl: null,
      secrets: {},
      resolve: (name) => Promise.reject(new Error(`cannot resolve ${name} of https://${name}/services/${CANARY}`)),
    });
    expect(await channels.send('it', message)).toMatchObject({
      kind: 'failed',
      reason: 'cannot resolve hooks.example.com of ******',
    });
  });

  test('names a file that is not there, and a channel that is not configured', async () => {
    const channels = channelsWith({ kind: 'slack', urlFile: join(folder, 'nowhere') });
    expect(await channels.send('it', message)).toMatchObject({ reason: expect.stringContaining('ENOENT') as string });
    expect(await channels.test('other', 't')).toMatchObject({
      reason: expect.stringContaining('no channel other') as string,
    });
  });
});
