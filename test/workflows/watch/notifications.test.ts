/**
 * Notifications on a real Temporal, with its real list of jobs and a real receiver: what an operator hears of a job that
 * fails, is restarted, and fails for good; and a worker that takes over from another.
 *
 * Seen to fail: with jobs that are judged while a restart holds them, the restart is told as an end; with the client that
 * lets closed runs answer, a finished run speaks for its job.
 */
import { historyToJSON } from '@temporalio/common/lib/proto-utils.js';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createChannels } from '../../../src/clients/channels/channels.ts';
import { notificationWatchIdOf } from '../../../src/domain/identity/workflow-ids.ts';
import { NotificationSettings } from '../../../src/domain/notification/settings.ts';
import type { Fact } from '../../../src/domain/watch/facts.ts';
import { createNotificationTests } from '../../../src/temporal/notification-tests.ts';
import { observedSignal } from '../../../src/workflows/messages.ts';
import { eventsOf, hookAt, startReceiver, wordsOf, type Receiver } from '../../fakes/receiver.ts';
import { quickNotifier } from '../../world/patience.ts';
import { seen, type Circumstances, type Driver } from '../harness.ts';
import { useStage } from '../use-stage.ts';

const RELEASE = 'clicks/2.0.0';
const CANARY = 'canary-81c4';
const stage = useStage({ releases: [] });
let receiver: Receiver;
beforeEach(async () => void (receiver = await startReceiver()));
afterEach(() => receiver.close());

function circumstances(more: Partial<typeof quickNotifier> = {}): Circumstances {
  const settings = NotificationSettings.parse({
    channels: {
      hook: hookAt(receiver, { url: `${receiver.url}/${CANARY}` }),
      other: { kind: 'webhook', url: 'https://127.0.0.1:1/', allowPrivate: true },
    },
    contacts: { '#ads-streaming': 'hook' },
  });
  const secrets = { hook: { secret: CANARY }, other: { secret: CANARY } };
  const channels = createChannels({ settings, installation: 'test', publicUrl: null, secrets });
  return { taskQueue: `notify-${stage.job}`, notifier: { settings, channels, pace: { ...quickNotifier, ...more } } };
}

async function deployed(driver: Driver, restart = 'backoff: {initial: 1s, max: 1s}'): Promise<void> {
  const owner = '{team: ads-streaming, contacts: ["#ads-streaming"]}';
  stage.world.publish(RELEASE, [stage.job], { recovery: `{restart: {${restart}}}`, owner });
  await driver.signal('deploy', { id: 'first', actor: 'ci', release: RELEASE });
  expect(await driver.ended('first')).toMatchObject({ outcome: 'succeeded' });
}

/** The JobManager dies, as YARN tells it and the watcher passes it on. */
async function dies(driver: Driver): Promise<void> {
  const { epoch, applicationId } = (await driver.view()).deployment!;
  await stage.yarn.end(applicationId, { state: 'FAILED', diagnostics: 'exited with 137' });
  const ended: Fact['seen'] = { kind: 'ended', how: 'failed', detail: 'it failed', cause: null };
  await driver.handle.signal(observedSignal, { epoch, applicationId, at: '2026-01-01T00:00:00Z', seen: ended });
}

const told = (...words: string[]): Promise<void> =>
  seen(words.join(', '), () => words.every((word) => wordsOf(receiver).includes(`${stage.job} ${word}`)));

describe('people hear', () => {
  test('of a job that fails, is restarted, fails for good, and is mended; each once', async () => {
    await stage.story(async (driver) => {
      await driver.notify();
      await seen('its ledger', () => stage.world.keys('notifications/').length > 0);
      await deployed(driver, 'maxAttempts: 1, backoff: {initial: 1s, max: 1s}');
      await dies(driver);
      await told('instanceFailed happened', 'restarted happened');
      await dies(driver);
      await told('failed opened');
      await driver.run('resume', { id: 'mended', actor: 'ann' });
      await told('failed closed');
      const ids = eventsOf(receiver).map(({ id }) => id);
      expect(new Set(ids).size).toBe(ids.length);
      expect(wordsOf(receiver).filter((words) => words.includes('perationFailed'))).toEqual([]);
    }, circumstances());
  });

  test('of what happens while one worker takes over from another, over and over', async () => {
    await stage.story(
      async (driver) => {
        await driver.notify();
        await seen('its ledger', () => stage.world.keys('notifications/').length > 0);
        await deployed(driver, 'enabled: false');
      },
      circumstances({ turnAfterMs: 400 }),
    );
    await stage.story(
      async (driver) => {
        stage.world.publish('clicks/broken', [stage.job], {
          owner: '{team: ads-streaming, contacts: ["#ads-streaming"]}',
        });
        stage.world.behaviour.set('clicks/broken', 'failsInMain');
        expect(await driver.run('deploy', { id: 'broken', actor: 'ci', release: 'clicks/broken' })).toMatchObject({
          outcome: 'rolledBack',
        });
        await told('operationFailed happened');
        await dies(driver);
        await told('failed opened');
      },
      circumstances({ turnAfterMs: 400 }),
    );
    const ids = eventsOf(receiver).map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
  });
});

test('a test message is sent by a worker, which says whether it was taken, and no secret is in any history', async () => {
  await stage.story(async (driver) => {
    const send = createNotificationTests(driver.client, driver.taskQueue);
    await driver.notify();
    await seen('its ledger', () => stage.world.keys('notifications/').length > 0);
    expect(await send('hook', 'one')).toEqual({ kind: 'delivered' });
    expect(receiver.received).toMatchObject([
      { body: { id: 'one', events: [], title: 'Test message of Sluice test' } },
    ]);
    expect(await send('other', 'two')).toMatchObject({
      kind: 'failed',
      reason: expect.stringContaining('ECONNREFUSED') as string,
    });
    expect(receiver.received[0]?.path).toBe(`/${CANARY}`);
    const texts = [
      ...(await historiesOf(driver)),
      ...stage.world.keys('notifications/').map((key) => JSON.stringify(stage.world.json(key))),
    ];
    expect(texts.length).toBeGreaterThan(3);
    for (const text of texts) expect(text).not.toContain(CANARY);
  }, circumstances());
});

/** Every history of this server's namespace, with its payloads in plain text. */
async function historiesOf({ client }: Driver): Promise<string[]> {
  const texts: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list()) {
    const json = historyToJSON(await client.workflow.getHandle(workflowId, runId).fetchHistory());
    texts.push(
      json.replaceAll(/"data": ?"([A-Za-z0-9+/=]+)"/g, (_data, text: string) => Buffer.from(text, 'base64').toString()),
    );
  }
  return texts;
}

test('a worker without channels ends the watch, which one with channels begins again', async () => {
  await stage.story(async (driver) => {
    const watch = await driver.notify();
    expect(watch.workflowId).toBe(notificationWatchIdOf('test'));
    await watch.result();
    expect((await watch.describe()).status.name).toBe('COMPLETED');
  });
});
