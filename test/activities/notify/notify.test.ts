/**
 * The notifier with real receivers: what is news, what a death in any phase loses and repeats, and what holds up what.
 *
 * Seen to fail: messages that are sent before they are in S3 (other ids when they are repeated); an operation noted as seen
 * without its notice; a channel that hangs and is awaited; a record that comes late and is not waited for; a ledger that two
 * notifiers write.
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { SluiceError } from '../../../src/domain/errors/errors.ts';
import { notificationLedgerKey, textKey } from '../../../src/domain/identity/storage-keys.ts';
import { leaveRefusal } from '../../../src/records/notifications/refusals.ts';
import type { OperationRecord } from '../../../src/domain/operation/operation.ts';
import { bodiesOf, eventsOf, hookAt, startReceiver, wordsOf, type Receiver } from '../../fakes/receiver.ts';
import { endedOperation } from '../../support/notices.ts';
import { FILE, Stage, until, type Fate } from './stage.ts';

let receiver: Receiver;
let other: Receiver;
let stage: Stage;

beforeEach(async () => {
  [receiver, other] = [await startReceiver(), await startReceiver()];
});
afterEach(async () => {
  await stage.close();
  await Promise.all([receiver.close(), other.close()]);
});

const open = async (more: Readonly<Record<string, unknown>> = {}): Promise<void> => {
  const contacts = { '#ads-streaming': 'hook' };
  stage = await Stage.open({ channels: { hook: hookAt(receiver), other: hookAt(other) }, contacts, ...more });
};
/** Runs until the notifier has looked once and written its ledger. */
const begun = async (): Promise<void> => {
  stage.begin();
  await until('the first ledger', () => stage.ledger() !== null);
};
const now = (): string => new Date().toISOString();
const failedDeploy = (job: string): OperationRecord => endedOperation({ job, id: randomUUID(), endedAt: now() });
const told = (count: number): Promise<void> => until(`${count} events`, () => eventsOf(receiver).length >= count);

describe('news', () => {
  test('goes to the contacts of the deployment file, with its end; what was so before does not', async () => {
    await open();
    stage.fail('old', { stateSince: '2026-01-01T00:00:00.000Z' });
    stage.put('clicks');
    await begun();
    stage.fail('clicks');
    await told(1);
    expect(bodiesOf(receiver.received)).toMatchObject([
      {
        title: 'clicks failed and needs a person',
        links: [{ name: 'Job' }, { url: 'https://wiki.example.com/clicks' }],
      },
    ]);
    stage.put('clicks');
    stage.put('old');
    await told(2);
    expect(wordsOf(receiver)).toEqual(['clicks failed opened', 'clicks failed closed']);
    expect(other.received).toEqual([]);
  });

  test('of operations comes from the audit log, once', async () => {
    await open();
    stage.put('clicks');
    await begun();
    await stage.end(failedDeploy('clicks'));
    await told(1);
    stage.fail('clicks');
    await told(2);
    expect(wordsOf(receiver)).toEqual(['clicks operationFailed happened', 'clicks failed opened']);
  });

  test('of a record that comes late is told when it comes', async () => {
    await open();
    stage.put('clicks');
    await begun();
    const record = failedDeploy('clicks');
    await stage.end(record, { isWritten: false });
    await until('the record to be missed', () => Object.keys(stage.ledger()?.missing ?? {}).length === 1);
    await stage.write(record);
    await told(1);
    expect(wordsOf(receiver)).toEqual(['clicks operationFailed happened']);
    await until('the record to be missed no more', () => Object.keys(stage.ledger()?.missing ?? {}).length === 0);
  });

  test('of a refused release comes from the watch of the releases', async () => {
    await open({ routes: [{ channels: ['other'] }] });
    await begun();
    const refusal = {
      version: 1,
      job: 'clicks',
      release: 'clicks/1.5.0',
      environment: 'prod',
      publishedAt: now(),
      at: now(),
      detail: 'clicks has a hotfix',
    } as const;
    await leaveRefusal(stage.world.s3, 'test', refusal);
    await until('the event', () => wordsOf(other).length > 0);
    expect(wordsOf(other)).toEqual(['clicks autoDeployRefused happened']);
    await until('the refusal to be removed', () => stage.world.keys('notifications/test/refused/').length === 0);
    await leaveRefusal(stage.world.s3, 'test', refusal);
    await until('the same once more', () => stage.world.keys('notifications/test/refused/').length === 0);
    expect(wordsOf(other)).toHaveLength(1);
  });

  test('of a problem whose workflow was closed while nobody looked is its end', async () => {
    await open();
    stage.put('clicks');
    const first = stage.begin();
    await until('the first ledger', () => stage.ledger() !== null);
    stage.fail('clicks');
    await told(1);
    await until('the delivery to be noted', () => stage.ledger()?.channels['hook']?.lastSuccessAt != null);
    await first.stop();
    stage.gateway.jobs.delete('clicks');
    stage.begin();
    await told(2);
    expect(wordsOf(receiver)).toEqual(['clicks failed opened', 'clicks failed closed']);
  });
});

test('a storm of 500 failures is told in a few messages, which name every job', async () => {
  await open();
  for (let number = 0; number < 500; number += 1) stage.put(`job-${number}`);
  await begun();
  for (let number = 0; number < 500; number += 1) stage.fail(`job-${number}`);
  await until('all', () => bodiesOf(receiver.received).reduce((sum, { count }) => sum + count, 0) >= 500);
  expect(receiver.received.length).toBeLessThan(20);
  expect(bodiesOf(receiver.received).reduce((sum, { count }) => sum + count, 0)).toBe(500);
  expect(bodiesOf(receiver.received).at(-1)?.title).toMatch(/^\d+ jobs failed and need a person on yarn-a/);
}, 60_000);

describe('one channel', () => {
  test.each(['hangs', 500] as const)('that answers with %s holds up no other', async (answer) => {
    await open({ routes: [{ channels: ['other'] }] });
    receiver.answer = answer;
    stage.put('clicks');
    stage.put('views');
    await begun();
    stage.fail('clicks');
    await until('the first', () => wordsOf(other).length === 1);
    stage.fail('views');
    await until('the second', () => wordsOf(other).length === 2);
    expect(new Set(receiver.received.map(({ headers }) => headers['sluice-message-id'])).size).toBeLessThanOrEqual(1);
    if (answer === 500)
      await until(
        'the failure to be noted',
        () => stage.ledger()?.channels['hook']?.lastFailure?.reason === 'the receiver answered 500',
      );
    expect(stage.ledger()?.channels['other']?.lastFailure).toBeNull();
  });
});

describe('without S3', () => {
  test('nothing is told, and all of it later', async () => {
    await open();
    stage.put('clicks');
    await begun();
    stage.world.s3.unavailable();
    stage.fail('clicks');
    await sleep(200);
    expect(receiver.received).toEqual([]);
    stage.world.s3.healthy();
    await told(1);
    expect(wordsOf(receiver)).toEqual(['clicks failed opened']);
  });

  test('nothing is sent that is not written down, because it would be sent under another name later', async () => {
    await open();
    stage.put('clicks');
    await begun();
    const { s3 } = stage.world;
    const put = s3.putIfMatch.bind(s3);
    s3.putIfMatch = () => Promise.reject(new SluiceError('StorageUnavailable', 'no answer'));
    stage.fail('clicks');
    await sleep(200);
    expect(receiver.received).toEqual([]);
    s3.putIfMatch = put;
    await told(1);
  });

  test('a deployment file that cannot be read keeps no other job from being told', async () => {
    await open();
    for (const job of ['clicks', 'views']) stage.put(job);
    await begun();
    const get = stage.world.s3.get.bind(stage.world.s3);
    let isAway = true;
    stage.world.s3.get = async (key) => {
      if (isAway && key === textKey(FILE)) throw new Error('no answer');
      return await get(key);
    };
    // A notifier reads each file once, so that only a new one asks again.
    await stage.close();
    stage.begin();
    stage.fail('clicks');
    await sleep(100);
    expect(receiver.received).toEqual([]);
    isAway = false;
    await told(1);
  });
});

test('of two notifiers one goes on', async () => {
  await open();
  stage.put('clicks');
  const first = stage.begin();
  await until('the first ledger', () => stage.ledger() !== null);
  const second = stage.begin();
  stage.fail('clicks');
  await told(1);
  const ended = await Promise.race([first.ended, second.ended]);
  expect(ended).toMatchObject({ type: 'Conflict' });
  stage.put('clicks');
  await until('the end', () => wordsOf(receiver).includes('clicks failed closed'));
  expect(new Set(eventsOf(receiver).map(({ id }) => id)).size).toBe(2);
});

/** Every call to S3 for the ledger, and every message, by its number. */
const calls = [`put ${notificationLedgerKey('test')}`, `get ${notificationLedgerKey('test')}`, 'send hook'];
const deaths = calls.flatMap((call) =>
  [1, 2, 3].flatMap((number) => (['before', 'after'] as const).map((when) => [when, number, call] as const)),
);

describe('a worker that dies', () => {
  test.each(deaths)(
    '%s call %i of "%s" loses no event, and what it repeats has the same ids',
    async (when, number, call) => {
      await open();
      for (const job of ['clicks', 'views']) stage.put(job);
      await begun();
      await stage.close();
      let count = 0;
      const fate: Fate = (made) => (made === call && (count += 1) === number ? when : null);
      const mortal = stage.begin(fate);
      stage.fail('clicks');
      await stage.end(failedDeploy('views'));
      await until('its death, or the end of its work', () => mortal.isDead() || eventsOf(receiver).length >= 2);
      await mortal.stop();
      stage.begin();
      await until('both', () => new Set(wordsOf(receiver)).size >= 2);
      stage.put('clicks');
      await until('the end', () => new Set(wordsOf(receiver)).size >= 3);
      const ids = eventsOf(receiver).map(({ id }) => id);
      expect(new Set(ids).size).toBe(3);
      expect(ids.length).toBeLessThanOrEqual(5);
      expect(new Set(wordsOf(receiver))).toEqual(
        new Set(['clicks failed opened', 'views operationFailed happened', 'clicks failed closed']),
      );
      const messages = bodiesOf(receiver.received);
      for (const { id, events } of messages) expect(messages.find((one) => one.id === id)?.events).toEqual(events);
    },
  );
});
