/**
 * The channels as the API shows them, test messages, and what the doctor says.
 *
 * Seen to fail: an address with its path in the list; a test of a channel that is not configured; a failure that the doctor
 * keeps although a later message was taken.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkNotifications } from '../../../../src/api/doctor/notification-checks.ts';
import { ChannelList, ChannelTested } from '../../../../src/api/notification-contract.ts';
import { notificationLedgerKey } from '../../../../src/domain/identity/storage-keys.ts';
import type { Delivery } from '../../../../src/domain/notification/channel-state.ts';
import { ChannelState } from '../../../../src/domain/notification/channel-state.ts';
import { newLedger, type Ledger } from '../../../../src/domain/notification/ledger.ts';
import { LedgerStore } from '../../../../src/records/notifications/ledger-store.ts';
import { createFakeS3 } from '../../../fakes/s3.ts';
import { notice, settingsOf } from '../../../support/notices.ts';
import { notificationsOf, startApp, type App } from '../../start-app.ts';

const CANARY = 'canary-5d21';
const settings = {
  channels: {
    hook: { kind: 'webhook', url: `https://hooks.example.com/${CANARY}`, secretFile: '/run/secrets/hook' },
    slack: { kind: 'slack', urlFile: '/run/secrets/slack' },
  },
  contacts: { '#ads-streaming': 'slack' },
};

let app: App;
let answer: Delivery;
const tested: string[] = [];
beforeEach(async () => {
  answer = { kind: 'delivered' };
  tested.length = 0;
  const test = (channel: string): Promise<Delivery> => {
    tested.push(channel);
    return Promise.resolve(answer);
  };
  app = await startApp({ notifications: { ...notificationsOf(settings), test } });
});
afterEach(async () => await app.stop());

const listed = async (): Promise<ChannelList> =>
  ChannelList.parse(JSON.parse((await app.send('/api/v1/notifications')).text));
const save = async (more: Partial<Ledger>, lookedAt = Date.now()): Promise<void> =>
  await new LedgerStore(app.s3, 'sluice').save({ ...newLedger(lookedAt), ...more });

describe('the channels', () => {
  it('are listed without their secrets, also before the notifier has begun', async () => {
    const { items, lookedAt } = await listed();
    expect(lookedAt).toBeNull();
    expect(items).toMatchObject([
      { name: 'hook', kind: 'webhook', host: 'hooks.example.com', severity: 'info', contacts: [], waiting: 0 },
      { name: 'slack', kind: 'slack', host: null, contacts: ['#ads-streaming'], lastSuccessAt: null },
    ]);
    expect(JSON.stringify(items)).not.toContain(CANARY);
  });

  it('show how their last deliveries went', async () => {
    const at = new Date().toISOString();
    const sending = {
      message: { id: 'm', at, notices: [notice(), notice({ id: 'two' })], key: null },
      attempts: 3,
      since: Date.now(),
      nextAt: Date.now() + 9_000,
    };
    const hook = ChannelState.parse({
      sending,
      waiting: [{ notice: notice(), queuedAt: 1 }],
      lastFailure: { at, reason: 'the receiver answered 503' },
      dropped: { notices: 7, at, reason: 'the receiver answered 503' },
    });
    await save({ channels: { hook } });
    const { items, lookedAt } = await listed();
    expect(lookedAt).not.toBeNull();
    expect(items[0]).toMatchObject({
      waiting: 3,
      attempts: 3,
      nextAttemptAt: new Date(sending.nextAt).toISOString(),
      lastFailure: { reason: 'the receiver answered 503' },
      dropped: { notices: 7 },
    });
  });

  it('are none where none is configured', async () => {
    const other = await startApp();
    const { text } = await other.send('/api/v1/notifications');
    expect(JSON.parse(text)).toEqual({ items: [], nextCursor: null, lookedAt: null });
    await other.stop();
  });

  it('of a ledger that cannot be read are a problem', async () => {
    await app.s3.put(notificationLedgerKey('sluice'), '{"version":2}');
    const { status, body } = await app.send('/api/v1/notifications');
    expect([status, body.code]).toEqual([500, 'RecordInvalid']);
  });
});

describe('a test message', () => {
  const test = async (channel: unknown) => await app.post('/api/v1/notifications/test', { channel });
  it('says whether the receiver took it', async () => {
    expect(ChannelTested.parse(JSON.parse((await test('slack')).text))).toEqual({
      channel: 'slack',
      delivered: true,
      reason: null,
    });
    answer = { kind: 'failed', reason: 'the receiver answered 404', retryAfterMs: null, isFinal: false };
    const { status, text } = await test('slack');
    expect([status, JSON.parse(text)]).toEqual([
      200,
      { channel: 'slack', delivered: false, reason: 'the receiver answered 404' },
    ]);
    expect(tested).toEqual(['slack', 'slack']);
  });
  it('goes to no channel that is not configured', async () => {
    expect(await test('pager')).toMatchObject({ status: 404, body: { code: 'NotFound' } });
    expect(await test('__proto__')).toMatchObject({ status: 404 });
    expect(await test(7)).toMatchObject({ status: 422, body: { code: 'InvalidRequest' } });
    expect(tested).toEqual([]);
  });
});

describe('the doctor', () => {
  const notified = { settings: settingsOf(), installation: 'sluice' };
  const found = async () =>
    (await checkNotifications(app.s3, notified)).map(
      ({ level, subject, detail }) => `${level} ${subject ?? ''} ${detail}`,
    );
  const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

  it('misses a notifier that never began, or looks no more', async () => {
    expect(await found()).toEqual(['broken  the notifier has never begun']);
    await save({}, Date.now() - 600_000);
    expect(await found()).toEqual([expect.stringMatching(/^broken {2}the notifier looked last at/)]);
  });
  it('says nothing where no channel is configured', async () => {
    const none = { settings: notificationsOf({}).settings, installation: 'sluice' };
    expect(await checkNotifications(createFakeS3(), none)).toEqual([]);
  });
  it('names channels that take no message, and what was never told', async () => {
    const lastFailure = { at: ago(60_000), reason: 'no answer within 10 s' };
    const channel = (more: unknown) => ChannelState.parse(more);
    await save({
      channels: {
        slack: channel({ lastFailure }),
        hook: channel({ lastFailure, lastSuccessAt: ago(1_000) }),
        pager: channel({ dropped: { notices: 3, at: ago(1_000), reason: 'the receiver answered 403' } }),
      },
    });
    expect((await found()).slice(1)).toEqual([
      `warning slack took no message at ${lastFailure.at}: no answer within 10 s`,
      expect.stringMatching(/^warning pager 3 notices were never told, the last at .*: the receiver answered 403$/),
    ]);
  });
});
